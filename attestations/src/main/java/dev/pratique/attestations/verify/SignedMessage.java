package dev.pratique.attestations.verify;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.transparency.LoggedSignature;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a signature is over: bytes that are at hand, or an artifact of which only digests are. */
final class SignedMessage {
    private final Optional<byte[]> bytes;
    private final List<Digest> digests;

    private SignedMessage(Optional<byte[]> bytes, List<Digest> digests) {
        this.bytes = bytes;
        this.digests = digests;
    }

    static SignedMessage of(byte[] bytes) {
        return new SignedMessage(Optional.of(bytes), List.of());
    }

    static SignedMessage of(Subject subject) {
        return new SignedMessage(subject.bytes(), subject.digests());
    }

    Optional<byte[]> bytes() {
        return bytes;
    }

    /** Of bytes that are not at hand. */
    List<Digest> digests() {
        return digests;
    }

    /** As log entries must be about it, where its bytes are not at hand. */
    LoggedSignature logged(byte[] signature, byte[] verifier) {
        Digest digest = digests.get(0);
        Hash hash = digest.algorithm() == Digest.Algorithm.SHA512 ? Hash.SHA_512 : Hash.SHA_256;
        return LoggedSignature.ofDigest(hash, HexFormat.of().parseHex(digest.hex()), signature, verifier);
    }

    int length() {
        return bytes.map(known -> known.length).orElse(0);
    }

    /** Whether this key signed it in this way; where only other digests are known than the way needs, it did not. */
    Verified signedBy(VerificationKey key, SignatureAlgorithm algorithm, byte[] signature)
            throws MalformedEvidenceException {
        if (bytes.isPresent()) {
            return key.verify(algorithm, bytes.get(), signature);
        }
        Optional<Digest> digest = digests.stream()
                .filter(known -> known.hex().length() == 2 * algorithm.hash().bytes())
                .findFirst();
        // RFC 8032 section 5.1: pure Ed25519 signs the message itself, so nothing less than the message can be checked.
        if (digest.isEmpty() || algorithm.scheme() == Scheme.ED25519) {
            return Verified.NOT_BY_THIS_KEY;
        }
        return key.verifyDigest(algorithm, HexFormat.of().parseHex(digest.get().hex()), signature);
    }
}
