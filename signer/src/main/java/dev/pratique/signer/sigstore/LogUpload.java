package dev.pratique.signer.sigstore;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.SignedMessage;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.transparency.LoggedSignature;
import dev.pratique.signer.keys.Pem;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A signature that a transparency log is to have.
 *
 * @param envelope around what is signed; empty for a message
 * @param message what is signed: of an envelope, its pre-authentication encoding
 * @param algorithm that made the signature
 * @param verifier DER of the certificate where there is one, else of the key
 */
record LogUpload(
        Optional<SignedEnvelope> envelope,
        byte[] message,
        byte[] signature,
        SignatureAlgorithm algorithm,
        byte[] verifier,
        boolean certified) {

    static LogUpload of(SignedEnvelope envelope, SigningMaterial material, SignatureAlgorithm algorithm, byte[] spki) {
        byte[] pae = DsseEnvelope.pae(envelope.payloadType(), envelope.payload());
        return of(Optional.of(envelope), pae, envelope.signature(), material, algorithm, spki);
    }

    static LogUpload of(
            byte[] message, SignedMessage signed, SigningMaterial material, SignatureAlgorithm algorithm, byte[] spki) {
        return of(Optional.empty(), message, signed.signature(), material, algorithm, spki);
    }

    private static LogUpload of(
            Optional<SignedEnvelope> envelope,
            byte[] message,
            byte[] signature,
            SigningMaterial material,
            SignatureAlgorithm algorithm,
            byte[] spki) {
        Optional<Certificate> leaf = material.certificates().stream().findFirst();
        byte[] verifier = leaf.map(Certificate::der).orElse(spki);
        return new LogUpload(envelope, message, signature, algorithm, verifier, leaf.isPresent());
    }

    /** As Rekor v1 takes it. */
    byte[] verifierPem() {
        String pem = certified ? Pem.certificate(verifier) : Pem.publicKey(verifier);
        return pem.getBytes(StandardCharsets.US_ASCII);
    }

    /** What an entry about it must say. */
    LoggedSignature asLogged() {
        return envelope.map(dsse -> LoggedSignature.ofEnvelope(
                        dsse.payloadType(), dsse.payload(), message, Optional.of(dsse.bytes()), signature, verifier))
                .orElseGet(() -> LoggedSignature.ofMessage(message, signature, verifier));
    }
}
