package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Evidence ready to be stored beside an image: first the blobs, then the manifest that lists them.
 *
 * @param subject the image that it is about
 * @param tag the tag that cosign's older layouts find it by; empty for a referrer, which is found by its subject
 * @param listing how a list of referrers describes the manifest; of the manifest's own type, digest and size
 */
public record EvidenceArtifact(
        Digest subject, List<Blob> blobs, byte[] manifest, Optional<Reference.Tag> tag, Descriptor listing) {

    /** Content to store, by its digest. */
    public record Blob(Digest digest, byte[] bytes) {
        public static Blob of(byte[] bytes) {
            return new Blob(Digest.sha256(bytes), bytes);
        }
    }

    public EvidenceArtifact {
        blobs = List.copyOf(blobs);
    }

    static EvidenceArtifact tagged(
            Digest subject, List<Blob> blobs, byte[] manifest, String mediaType, Reference.Tag tag) {
        return new EvidenceArtifact(subject, blobs, manifest, Optional.of(tag), Descriptor.of(mediaType, manifest));
    }

    static EvidenceArtifact referrer(
            Digest subject, List<Blob> blobs, byte[] manifest, String artifactType, Map<String, String> annotations) {
        Descriptor listing = new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.sha256(manifest),
                manifest.length,
                List.of(),
                annotations,
                null,
                artifactType);
        return new EvidenceArtifact(subject, blobs, manifest, Optional.empty(), listing);
    }

    /** Digest of the manifest. */
    public Digest digest() {
        return listing.digest();
    }

    /** Media type of the manifest. */
    public String mediaType() {
        return listing.mediaType();
    }
}
