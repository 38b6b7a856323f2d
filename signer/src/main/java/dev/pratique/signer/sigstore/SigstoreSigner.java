package dev.pratique.signer.sigstore;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.SignedMessage;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.sign.TransparencyLogEntry;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.signer.Failure;
import dev.pratique.signer.sigstore.Credentials.Credential;
import dev.pratique.signer.sigstore.LogClient.TakenBefore;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Signs statements and messages, and gathers what stands beside the signature: a certificate, entries of logs, timestamps, as
 * it is set up. What others had a part in leaves it only after this program's own verifier has accepted it. Blocking; may be
 * asked from several threads at once.
 */
public final class SigstoreSigner {
    private final Credentials credentials;
    private final Optional<Witnesses> witnesses;

    /**
     * Who sees a signature.
     *
     * @param root by which their answers are proved
     */
    public record Witnesses(
            Quorum<LogClient> logs, Quorum<TimestampClient> authorities, TrustedRoot root, InstantSource clock) {
        /** Whether one of them says when it saw it: Rekor v2 does not. */
        public boolean sayTimes() {
            return authorities.needed() > 0
                    || logs.needed() > 0 && logs.services().stream().allMatch(RekorV1.class::isInstance);
        }
    }

    private SigstoreSigner(Credentials credentials, Optional<Witnesses> witnesses) {
        this.credentials = credentials;
        this.witnesses = witnesses;
    }

    /** With a key that its verifiers have, and nothing else. */
    public static SigstoreSigner withKey(Signer key) {
        return withKey(key, List.of(), Optional.empty());
    }

    /**
     * With a key of the signer's own.
     *
     * @param chain the key's certificate first; empty where its verifiers have the key
     * @param witnesses who is to see its signatures; empty where nobody is
     */
    public static SigstoreSigner withKey(Signer key, List<Certificate> chain, Optional<Witnesses> witnesses) {
        return new SigstoreSigner(new LastingKey(key, chain), witnesses);
    }

    /**
     * Without a key of the signer's own: whoever a token names, with a key for the moment.
     *
     * @param tell is told as whom will be signed, and which log shows that, before anybody else is; and what is certified
     * @throws Failure where there is no token
     */
    public static SigstoreSigner keyless(
            IdentityTokens tokens, Fulcio fulcio, Witnesses witnesses, Consumer<String> tell) throws Failure {
        return new SigstoreSigner(new CertifiedIdentity(tokens, fulcio, witnesses, tell), Optional.of(witnesses));
    }

    /**
     * Without a key of the signer's own, and without telling anybody: a token is looked for, and what is signed is of no use.
     *
     * @param tell is told as whom would be signed
     */
    public static SigstoreSigner rehearsal(IdentityTokens tokens, Consumer<String> tell) throws Failure {
        tell.accept("would be signing as " + tokens.find());
        return new SigstoreSigner(new LastingKey(CertifiedIdentity.ephemeral(), List.of()), Optional.empty());
    }

    /** A signed statement and what stands beside its signature. */
    public record SignedStatement(SignedEnvelope envelope, SigningMaterial material) {
        /** A Sigstore bundle of both. */
        public byte[] bundle() {
            return envelope.bundle(material);
        }
    }

    /** A signature of a message and what stands beside it. */
    public record SignedBytes(SignedMessage message, SigningMaterial material) {
        /** A Sigstore bundle of both. */
        public byte[] bundle() {
            return message.bundle(material);
        }
    }

    /**
     * Signs an in-toto statement.
     *
     * @param subject that it is about
     * @param statement the exact bytes that the envelope carries
     */
    public SignedStatement sign(Digest subject, byte[] statement) throws Failure {
        Credential credential = credentials.now();
        try {
            Signer signer = credential.signer();
            Seen<SignedEnvelope> made = seen(
                    credential,
                    () -> SignedEnvelope.sign(statement, signer),
                    envelope -> LogUpload.of(envelope, credential.material(), signer.algorithm(), signer.publicKey()));
            SignedStatement signed = new SignedStatement(made.signature(), made.material());
            requireVerified(Subject.of(subject), signed.bundle(), credential);
            return signed;
        } catch (SigningException e) {
            throw Failure.of(e);
        }
    }

    /** Signs bytes as they are: a plain artifact, or the payload of cosign's older signatures. */
    public SignedBytes signMessage(byte[] message) throws Failure {
        Credential credential = credentials.now();
        try {
            Signer signer = credential.signer();
            Seen<SignedMessage> made = seen(
                    credential,
                    () -> SignedMessage.sign(message, signer),
                    one -> LogUpload.of(message, one, credential.material(), signer.algorithm(), signer.publicKey()));
            SignedBytes signed = new SignedBytes(made.signature(), made.material());
            requireVerified(Subject.of(message), signed.bundle(), credential);
            return signed;
        } catch (SigningException e) {
            throw Failure.of(e);
        }
    }

    /** The key that all of its signatures are by; empty where each may be by another. */
    public Optional<VerificationKey> key() throws Failure {
        return credentials.key();
    }

    /** A signature and what stands beside it. */
    private record Seen<S>(S signature, SigningMaterial material) {}

    private interface Making<S> {
        S make() throws SigningException;
    }

    /** Signs and shows the signature; where a log had it before and another can be made of the same, once more. */
    private <S> Seen<S> seen(Credential credential, Making<S> making, Function<S, LogUpload> shown)
            throws Failure, SigningException {
        S first = making.make();
        LogUpload upload = shown.apply(first);
        try {
            return new Seen<>(first, seen(upload, credential));
        } catch (Failure e) {
            if (!(e.getCause() instanceof TakenBefore)) {
                throw e;
            }
            S second = making.make();
            LogUpload other = shown.apply(second);
            if (Arrays.equals(upload.signature(), other.signature())) {
                throw e;
            }
            return new Seen<>(second, seen(other, credential));
        }
    }

    // The authorities first: what a log then has was seen while the certificate counted.
    private SigningMaterial seen(LogUpload upload, Credential credential) throws Failure {
        if (witnesses.isEmpty()) {
            return credential.material();
        }
        List<byte[]> timestamps = witnesses.get().authorities().ask(authority -> authority.stamp(upload.signature()));
        List<TransparencyLogEntry> entries = witnesses.get().logs().ask(log -> log.add(upload));
        return credential.material().seenBy(entries, timestamps);
    }

    /** Each signer proves its signature by itself; where others said something too, all of it must hold together. */
    private void requireVerified(Subject subject, byte[] bundle, Credential credential) throws Failure {
        if (witnesses.isPresent()) {
            new OwnVerification(witnesses.get()).require(subject, bundle, credential);
        }
    }
}
