package dev.pratique.attestations.sign;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * Signs with a private key in memory through the JDK's own providers. Every signature is checked before it is given out,
 * so a pair whose halves do not belong together signs nothing, and every key signs in the way that is its default.
 */
public final class KeySigner implements Signer {
    private final PrivateKey privateKey;
    private final VerificationKey publicKey;

    private KeySigner(PrivateKey privateKey, VerificationKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** @throws SigningException where the key is none that can be trusted here: {@link VerificationKey} */
    public static KeySigner of(KeyPair pair) throws SigningException {
        try {
            return new KeySigner(
                    pair.getPrivate(),
                    VerificationKey.parseSpki(pair.getPublic().getEncoded()));
        } catch (MalformedEvidenceException e) {
            throw new SigningException("this key cannot sign: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] publicKey() {
        return publicKey.spki();
    }

    /** Of what kind the key is. */
    public VerificationKey.Type type() {
        return publicKey.type();
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return publicKey.defaultAlgorithm();
    }

    @Override
    public byte[] sign(byte[] message) throws SigningException {
        try {
            Signature signature = Signature.getInstance(
                    switch (publicKey.type()) {
                        case ECDSA_P256 -> "SHA256withECDSA";
                        case ECDSA_P384 -> "SHA384withECDSA";
                        case ECDSA_P521 -> "SHA512withECDSA";
                        case RSA -> "SHA256withRSA";
                        case ED25519 -> "Ed25519";
                    });
            signature.initSign(privateKey);
            signature.update(message);
            byte[] made = signature.sign();
            if (publicKey.verify(message, made) != VerificationKey.Verified.BY_THIS_KEY) {
                throw new SigningException("the private key does not belong to its public key");
            }
            return made;
        } catch (GeneralSecurityException | MalformedEvidenceException e) {
            throw new SigningException("the private key cannot be used for signing", e);
        }
    }
}
