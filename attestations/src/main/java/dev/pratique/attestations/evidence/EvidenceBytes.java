package dev.pratique.attestations.evidence;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import java.util.Map;
import java.util.Optional;

/**
 * One piece of evidence as it was found beside an image, unread: this is what is kept, so that a new policy can judge it
 * again without the network.
 *
 * @param mediaType of the layer that held it, one that {@link Kind#of} knows: it says how to read the bytes, and must agree
 *     with what they say of themselves
 * @param bytes exactly as found; not to be changed
 * @param annotations of the layer that held it
 * @param manifest the manifest it came from
 * @param source where that manifest was found, for people: a tag, or "referrer"
 */
public record EvidenceBytes(
        String mediaType, byte[] bytes, Map<String, String> annotations, Digest manifest, String source) {

    /** The forms of evidence that can be read. */
    public enum Kind {
        /** cosign's simple-signing payload; the signature is in the layer's annotation. */
        SIMPLE_SIGNING,
        /** A DSSE envelope as cosign's {@code .att} holds it. */
        DSSE_ENVELOPE,
        /** A Sigstore bundle. */
        SIGSTORE_BUNDLE;

        /** What a layer of this type holds; empty for what is not evidence, or none that is read. */
        public static Optional<Kind> of(String mediaType) {
            if (mediaType.equals(MediaType.SIMPLE_SIGNING)) {
                return Optional.of(SIMPLE_SIGNING);
            }
            if (mediaType.equals(MediaType.DSSE_ENVELOPE)) {
                return Optional.of(DSSE_ENVELOPE);
            }
            return MediaType.isBundle(mediaType) ? Optional.of(SIGSTORE_BUNDLE) : Optional.empty();
        }
    }

    /** @throws IllegalArgumentException for a media type of no kind: whoever finds evidence asks {@link Kind#of} first */
    public EvidenceBytes {
        if (Kind.of(mediaType).isEmpty()) {
            throw new IllegalArgumentException(mediaType + " is no evidence that is read");
        }
        annotations = Map.copyOf(annotations);
    }

    /** How to read the bytes. */
    public Kind kind() {
        return Kind.of(mediaType).orElseThrow();
    }

    /** Where it was found, for people. */
    public String where() {
        return source + " (" + manifest.brief() + ")";
    }
}
