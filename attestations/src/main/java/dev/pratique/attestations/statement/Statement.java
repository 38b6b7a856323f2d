package dev.pratique.attestations.statement;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An in-toto statement (in-toto attestation framework, spec/v1/statement.md; v0.1 has the same members).
 *
 * @param predicateType a URI that says what the predicate means
 * @param subjects the digests of each subject, by algorithm
 * @param predicate empty where the statement has none
 */
public record Statement(String predicateType, List<Map<String, String>> subjects, JsonObject predicate) {
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
    public static final String TYPE_V1 = "https://in-toto.io/Statement/v1";
    public static final String TYPE_V01 = "https://in-toto.io/Statement/v0.1";
    /** "This image is signed", as cosign v3 writes it. */
    public static final String COSIGN_SIGN = "https://sigstore.dev/cosign/sign/v1";

    private static final int MAX_SUBJECTS = 1024;
    private static final int MAX_BYTES = 16 << 20;

    public Statement {
        subjects = List.copyOf(subjects);
    }

    public static Statement parse(byte[] payload) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseSignedObject(payload, "statement", MAX_BYTES);
        String type = json.getString("_type");
        if (!type.equals(TYPE_V1) && !type.equals(TYPE_V01)) {
            throw new MalformedEvidenceException("_type is not an in-toto Statement of v0.1 or v1");
        }
        List<Map<String, String>> subjects = new ArrayList<>();
        for (JsonValue subject : json.arrayOrEmpty("subject", MAX_SUBJECTS)) {
            Map<String, String> digest = subject.asObject("subject").stringsOrEmpty("digest", 16);
            if (digest.isEmpty()) {
                // statement.md: each element MUST have a digest.
                throw new MalformedEvidenceException("a subject has no digest");
            }
            subjects.add(digest);
        }
        if (subjects.isEmpty()) {
            throw new MalformedEvidenceException("the statement has no subject");
        }
        String predicateType = json.getString("predicateType");
        if (predicateType.isEmpty()) {
            throw new MalformedEvidenceException("predicateType is empty");
        }
        JsonObject predicate = json.findObject("predicate").orElse(NO_PREDICATE);
        return new Statement(predicateType, subjects, predicate);
    }

    private static final JsonObject NO_PREDICATE = JsonObject.empty();

    /**
     * Whether a subject is this digest: the same algorithm and the same lower-case hex (in-toto digest_set.md: "lower-case
     * hex"); another algorithm's name beside the same hex says nothing.
     */
    public boolean isAbout(Digest digest) {
        return subjects.stream()
                .anyMatch(subject ->
                        digest.hex().equals(subject.get(digest.algorithm().prefix())));
    }
}
