package dev.pratique.attestations.verify;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Digest.Algorithm;
import dev.pratique.attestations.key.Hash;
import java.security.MessageDigest;
import java.util.HexFormat;
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

    /** Every digest that is known of it, at least one. */
    List<Digest> digests() {
        return digests;
    }

    Optional<byte[]> bytes() {
        return bytes.map(byte[]::clone);
    }

    /** Whether it is known to have another digest of this kind. */
    boolean differs(Hash hash, byte[] digest) {
        Optional<byte[]> own = bytes.map(hash::of)
                .or(() -> digests.stream()
                        .filter(known -> known.hex().length() == 2 * digest.length)
                        .map(known -> HexFormat.of().parseHex(known.hex()))
                        .findFirst());
        return own.isPresent() && !MessageDigest.isEqual(own.get(), digest);
    }

    boolean is(Digest digest) {
        return digests.contains(digest);
    }

    @Override
    public String toString() {
        return digests.get(0).toString();
    }
}
