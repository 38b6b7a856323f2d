package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue.JsonNull;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.statement.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The payloads that are signed, in the shape in which cosign writes them. */
public final class Statements {
    private Statements() {}

    /**
     * "This image is signed" as an in-toto Statement v1 of type {@code https://sigstore.dev/cosign/sign/v1}.
     *
     * @param annotations the signer's own, may be empty
     */
    public static byte[] cosignSign(Digest subject, Map<String, String> annotations) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("digest", digestSet(subject));
        about.put("annotations", new TreeMap<>(annotations));
        return statement(about, Statement.COSIGN_SIGN, Map.of());
    }

    /**
     * A statement about an image (in-toto attestation framework, spec/v1/statement.md).
     *
     * @param repository becomes the subject's name, which nobody should rely on
     * @param predicateType a URI
     */
    public static byte[] about(Repository repository, Digest subject, String predicateType, JsonObject predicate) {
        return about(Optional.of(repository.toString()), subject, predicateType, predicate);
    }

    /**
     * A statement about anything that has a digest.
     *
     * @param name the subject's, where it has one
     * @param predicateType a URI
     */
    public static byte[] about(Optional<String> name, Digest subject, String predicateType, JsonObject predicate) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("name", name.orElse(null));
        about.put("digest", digestSet(subject));
        return statement(about, predicateType, predicate);
    }

    /**
     * The payload of cosign's older signatures (cosign SIGNATURE_SPEC.md, "Simple Signing").
     *
     * @param annotations the signer's own, may be empty
     */
    public static byte[] simpleSigning(Repository repository, Digest subject, Map<String, String> annotations) {
        Map<String, Object> critical = new LinkedHashMap<>();
        critical.put("identity", Map.of("docker-reference", repository.toString()));
        critical.put("image", Map.of("docker-manifest-digest", subject.toString()));
        critical.put("type", "cosign container image signature");
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("critical", critical);
        payload.put("optional", annotations.isEmpty() ? new JsonNull() : new TreeMap<>(annotations));
        return JsonWriter.bytes(payload);
    }

    private static byte[] statement(Map<String, Object> subject, String predicateType, Object predicate) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("_type", Statement.TYPE_V1);
        statement.put("subject", List.of(subject));
        statement.put("predicateType", predicateType);
        statement.put("predicate", predicate);
        return JsonWriter.bytes(statement);
    }

    private static Map<String, Object> digestSet(Digest digest) {
        return Map.of(digest.algorithm().prefix(), digest.hex());
    }
}
