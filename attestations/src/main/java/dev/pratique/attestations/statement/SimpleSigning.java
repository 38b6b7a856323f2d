package dev.pratique.attestations.statement;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.util.Map;

/**
 * What a simple-signing payload claims (containers/image, docs/containers-signature.5.md; cosign SIGNATURE_SPEC.md). The
 * docker-reference is not judged: it does not bind a tag and cosign leaves it empty or repository-only.
 *
 * @param manifestDigest {@code critical.image.docker-manifest-digest}
 * @param annotations those members of {@code optional} that are text
 */
public record SimpleSigning(Digest manifestDigest, Map<String, String> annotations) {
    private static final int MAX_BYTES = 64 << 10;
    /** cosign's users write a handful. */
    private static final int MAX_ANNOTATIONS = 256;

    public SimpleSigning {
        annotations = Map.copyOf(annotations);
    }

    public static SimpleSigning parse(byte[] payload) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(payload, "payload", MAX_BYTES);
        JsonObject critical = json.getObject("critical");
        // cosign 2 and 3 write one of these two; anything else is another kind of statement by the same key.
        String type = critical.getString("type");
        if (!type.equals("cosign container image signature") && !type.equals("atomic container signature")) {
            throw new MalformedEvidenceException("critical.type is not that of an image signature");
        }
        JsonObject image = critical.getObject("image");
        Map<String, String> annotations = json.find("optional")
                .filter(JsonObject.class::isInstance)
                .map(object -> ((JsonObject) object).stringMembers(MAX_ANNOTATIONS))
                .orElse(Map.of());
        return new SimpleSigning(Digest.parse(image.getString("docker-manifest-digest")), annotations);
    }
}
