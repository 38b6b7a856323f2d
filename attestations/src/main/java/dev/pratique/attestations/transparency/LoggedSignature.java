package dev.pratique.attestations.transparency;

import dev.pratique.attestations.key.Hash;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a log entry must be about: these signed bytes, this signature, and this key or certificate. Thread safe; bytes are
 * hashed once for each algorithm, however many entries there are.
 */
public final class LoggedSignature {
    private final Optional<byte[]> message;
    private final Map<Hash, byte[]> digests = new ConcurrentHashMap<>();
    private final Optional<Envelope> envelope;
    private final byte[] signature;
    private final List<byte[]> verifiers;

    /** A DSSE envelope, of which entries have parts; its text where it is known, because an old kind has nothing else. */
    private record Envelope(String payloadType, byte[] payload, Map<Hash, byte[]> digests, Optional<byte[]> text) {}

    private LoggedSignature(
            Optional<byte[]> message, Optional<Envelope> envelope, byte[] signature, List<byte[]> verifiers) {
        this.message = message;
        this.envelope = envelope;
        this.signature = signature;
        this.verifiers = List.copyOf(verifiers);
    }

    /**
     * A signature of bytes that are known: an artifact, or the payload of a simple signature.
     *
     * @param verifier DER of the leaf certificate that came with it, or of the SubjectPublicKeyInfo of the key that holds
     */
    public static LoggedSignature ofMessage(byte[] message, byte[] signature, byte[] verifier) {
        return new LoggedSignature(Optional.of(message), Optional.empty(), signature, List.of(verifier));
    }

    /** A signature of bytes of which only this digest is known. */
    public static LoggedSignature ofDigest(Hash algorithm, byte[] digest, byte[] signature, byte[] verifier) {
        LoggedSignature known = new LoggedSignature(Optional.empty(), Optional.empty(), signature, List.of(verifier));
        known.digests.put(algorithm, digest);
        return known;
    }

    /**
     * A signature of a DSSE envelope.
     *
     * @param payload decoded
     * @param pae its pre-authentication encoding (DSSE protocol.md), which is what is signed
     * @param text of the whole envelope as it was made, empty where that is not known (in a bundle it is not): the oldest
     *     kind of entry names nothing but its digest
     */
    public static LoggedSignature ofEnvelope(
            String payloadType, byte[] payload, byte[] pae, Optional<byte[]> text, byte[] signature, byte[] verifier) {
        Envelope envelope = new Envelope(payloadType, payload, new ConcurrentHashMap<>(), text);
        return new LoggedSignature(Optional.of(pae), Optional.of(envelope), signature, List.of(verifier));
    }

    /** The same, of which an entry may as well name this other form of the key that holds: a certificate of it. */
    public LoggedSignature orBy(byte[] certificate) {
        List<byte[]> either = new ArrayList<>(verifiers);
        either.add(certificate);
        LoggedSignature same = new LoggedSignature(message, envelope, signature, either);
        same.digests.putAll(digests);
        return same;
    }

    byte[] signature() {
        return signature;
    }

    /** Whether this is the key or the certificate by which it holds. */
    boolean isBy(byte[] verifier) {
        return verifiers.stream().anyMatch(one -> MessageDigest.isEqual(one, verifier));
    }

    /** Of the signed bytes, where they or just that digest are known. */
    Optional<byte[]> digest(Hash algorithm) {
        return message.map(bytes -> digests.computeIfAbsent(algorithm, hash -> hash.of(bytes)))
                .or(() -> Optional.ofNullable(digests.get(algorithm)));
    }

    /** Of the envelope's payload. */
    Optional<byte[]> payloadDigest(Hash algorithm) {
        return envelope.map(dsse -> dsse.digests.computeIfAbsent(algorithm, hash -> hash.of(dsse.payload)));
    }

    Optional<String> payloadType() {
        return envelope.map(Envelope::payloadType);
    }

    /** Of the envelope's own text. */
    Optional<byte[]> envelopeDigest(Hash algorithm) {
        return envelope.flatMap(Envelope::text).map(algorithm::of);
    }
}
