package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.transparency.LoggedSignature;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a signature is over: bytes that are at hand, or an artifact of which only digests are. Hashed once. For one thread. */
final class SignedMessage {
    private final Optional<byte[]> bytes;
    private final List<Digest> digests;
    private final Map<Hash, byte[]> hashed = new EnumMap<>(Hash.class);

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

    /** As log entries must be about it, where its bytes are not at hand. */
    LoggedSignature logged(byte[] signature, byte[] verifier) {
        Digest digest = digests.get(0);
        Hash hash = digest.algorithm() == Digest.Algorithm.SHA512 ? Hash.SHA_512 : Hash.SHA_256;
        return LoggedSignature.ofDigest(hash, HexFormat.of().parseHex(digest.hex()), signature, verifier);
    }

    /** What it costs to hash it once, in checks of P-256 signatures. */
    int hashing() {
        return bytes.map(known -> known.length).orElse(0) / EvidenceLimits.BYTES_PER_CHECK;
    }

    /**
     * What {@link #signedBy} is going to cost, in checks of P-256 signatures: nothing for a signature that no such key makes,
     * and of several keys that sign its hash only the first pays for that.
     */
    int cost(VerificationKey key, SignatureAlgorithm algorithm, byte[] signature) {
        if (!key.couldHaveMade(signature)) {
            return 0;
        }
        return key.cost() + (hashed.containsKey(algorithm.hash()) && !signsItself(algorithm) ? 0 : hashing());
    }

    // RFC 8032 section 5.1: pure Ed25519 signs the message itself, behind what the signature begins with.
    private static boolean signsItself(SignatureAlgorithm algorithm) {
        return algorithm.scheme() == Scheme.ED25519;
    }

    /** Whether this key signed it in this way; where only other digests are known than the way needs, it did not. */
    Verified signedBy(VerificationKey key, SignatureAlgorithm algorithm, byte[] signature)
            throws MalformedEvidenceException {
        if (bytes.isPresent()) {
            // Of what no such key makes, the key says what it is without a look at the message.
            return signsItself(algorithm) || !key.couldHaveMade(signature)
                    ? key.verify(algorithm, bytes.get(), signature)
                    : key.verifyDigest(
                            algorithm,
                            hashed.computeIfAbsent(algorithm.hash(), hash -> hash.of(bytes.get())),
                            signature);
        }
        Optional<Digest> digest = digests.stream()
                .filter(known -> known.hex().length() == 2 * algorithm.hash().bytes())
                .findFirst();
        // Nothing less than the message can be checked where it is the message that is signed.
        if (digest.isEmpty() || signsItself(algorithm)) {
            return Verified.NOT_BY_THIS_KEY;
        }
        return key.verifyDigest(algorithm, HexFormat.of().parseHex(digest.get().hex()), signature);
    }
}
