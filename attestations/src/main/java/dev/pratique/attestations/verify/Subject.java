package dev.pratique.attestations.verify;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Digest.Algorithm;
import java.util.List;
import java.util.Optional;

/** What evidence must be about: an image, known by its digest, or a plain artifact. */
public final class Subject {
    private final List<Digest> digests;
    private final Optional<byte[]> bytes;

    private Subject(List<Digest> digests, Optional<byte[]> bytes) {
        this.digests = List.copyOf(digests);
        this.bytes = bytes;
    }

    /** Of which only this digest is known. */
    public static Subject of(Digest digest) {
        return new Subject(List.of(digest), Optional.empty());
    }

    /** Of which all is known. */
    public static Subject of(byte[] artifact) {
        return new Subject(
                List.of(Digest.sha256(artifact), Digest.of(Algorithm.SHA512, artifact)), Optional.of(artifact.clone()));
    }

    /**
     * An image, known by the digest that was asked for: what is about another digest of it is not about this.
     *
     * @param manifest what has that digest, the image's manifest or index
     * @throws IllegalArgumentException where it has another
     */
    public static Subject of(Digest asked, byte[] manifest) {
        if (!asked.matches(manifest)) {
            throw new IllegalArgumentException("these are not the bytes of " + asked);
        }
        return new Subject(List.of(asked), Optional.of(manifest.clone()));
    }

    /** Every digest by which it is known, at least one. */
    List<Digest> digests() {
        return digests;
    }

    Optional<byte[]> bytes() {
        return bytes.map(byte[]::clone);
    }

    boolean is(Digest digest) {
        return digests.contains(digest);
    }

    @Override
    public String toString() {
        return digests.get(0).toString();
    }
}
