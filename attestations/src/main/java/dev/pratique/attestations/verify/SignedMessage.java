package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.transparency.LoggedSignature;
import java.security.MessageDigest;
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

    /** Whether it is what is asked about, itself, and so the message of any number of pieces. */
    boolean isSubject() {
        return !digests.isEmpty();
    }

    Optional<byte[]> bytes() {
        return bytes;
    }

    /** As log entries must be about it, where its bytes are not at hand. */
    LoggedSignature logged(byte[] signature, byte[] verifier) {
        Digest digest = digests.get(0);
        return LoggedSignature.ofDigest(hashOf(digest), HexFormat.of().parseHex(digest.hex()), signature, verifier);
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

    /** Whether it is known to have another digest of this kind. */
    boolean differs(Hash hash, byte[] digest) {
        return hashed(hash).filter(own -> !MessageDigest.isEqual(own, digest)).isPresent();
    }

    /**
     * Whether this key signed it in this way.
     *
     * @throws UnprovenException NOT_JUDGED where the way needs more of it than is known
     */
    Verified signedBy(VerificationKey key, SignatureAlgorithm algorithm, byte[] signature)
            throws MalformedEvidenceException, UnprovenException {
        if (!key.couldHaveMade(signature)) {
            // The key says whether it is malformed or another's, without a look at the message: it is never this key's.
            var unused = key.verify(algorithm, new byte[0], signature);
            return Verified.NOT_BY_THIS_KEY;
        }
        if (signsItself(algorithm)) {
            return key.verify(algorithm, bytes.orElseThrow(() -> unknown("the file itself")), signature);
        }
        byte[] digest = hashed(algorithm.hash()).orElseThrow(() -> unknown(name(algorithm.hash()) + " of the file"));
        return key.verifyDigest(algorithm, digest, signature);
    }

    private Optional<byte[]> hashed(Hash hash) {
        return bytes.isPresent()
                ? Optional.of(hashed.computeIfAbsent(hash, missing -> missing.of(bytes.get())))
                : digests.stream()
                        .filter(known -> hashOf(known) == hash)
                        .map(known -> HexFormat.of().parseHex(known.hex()))
                        .findFirst();
    }

    // Only of a file can this be: an image's bytes are at hand wherever its evidence is judged.
    private UnprovenException unknown(String needed) {
        return new UnprovenException(
                Rejection.NOT_JUDGED,
                "it signs " + needed + ", of which only " + name(hashOf(digests.get(0))) + " is known: name the file");
    }

    private static String name(Hash hash) {
        return hash.name().replace('_', '-');
    }

    private static Hash hashOf(Digest digest) {
        return digest.algorithm() == Digest.Algorithm.SHA512 ? Hash.SHA_512 : Hash.SHA_256;
    }
}
