package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.SignedMessage;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.Optional;

/**
 * Signs statements and messages, and gathers what stands beside the signature. Blocking; may be asked from several threads at
 * once.
 */
public final class SigstoreSigner {
    private final Signer key;

    private SigstoreSigner(Signer key) {
        this.key = key;
    }

    /** With a key that its verifiers have, and nothing else. */
    public static SigstoreSigner withKey(Signer key) {
        return new SigstoreSigner(key);
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
        try {
            return new SignedStatement(SignedEnvelope.sign(statement, key), SigningMaterial.ofKey(key));
        } catch (SigningException e) {
            throw Failure.of(e);
        }
    }

    /** Signs bytes as they are: a plain artifact, or the payload of cosign's older signatures. */
    public SignedBytes signMessage(byte[] message) throws Failure {
        try {
            return new SignedBytes(SignedMessage.sign(message, key), SigningMaterial.ofKey(key));
        } catch (SigningException e) {
            throw Failure.of(e);
        }
    }

    /** The key that all of its signatures are by; empty where each may be by another. */
    public Optional<VerificationKey> key() throws Failure {
        try {
            return Optional.of(VerificationKey.parseSpki(key.publicKey()));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(Kind.FAILED, "this key cannot sign: " + e.getMessage())
                    .because(e);
        }
    }
}
