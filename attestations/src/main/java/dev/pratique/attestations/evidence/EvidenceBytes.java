package dev.pratique.attestations.evidence;

import dev.pratique.attestations.image.Digest;
import java.util.Map;

/**
 * One piece of evidence as it was found beside an image, unread: this is what is kept, so that a new policy can judge it
 * again without the network.
 *
 * @param kind how to read the bytes, from the layer's media type
 * @param bytes exactly as found; not to be changed
 * @param annotations of the layer that held it
 * @param manifest the manifest it came from
 * @param source where that manifest was found, for people: a tag, or "referrer"
 */
public record EvidenceBytes(Kind kind, byte[] bytes, Map<String, String> annotations, Digest manifest, String source) {

    /** The forms of evidence that can be read. */
    public enum Kind {
        /** cosign's simple-signing payload; the signature is in the layer's annotation. */
        SIMPLE_SIGNING,
        /** A DSSE envelope as cosign's {@code .att} holds it. */
        DSSE_ENVELOPE,
        /** A Sigstore bundle. */
        SIGSTORE_BUNDLE
    }

    public EvidenceBytes {
        annotations = Map.copyOf(annotations);
    }

    /** Where it was found, for people. */
    public String where() {
        return source + " (" + manifest.brief() + ")";
    }
}
