package dev.pratique.attestations.sign;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.EcdsaPrivateKey;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * Signs with a private key in memory. Every signature is checked before it is given out, so a pair whose halves do not belong
 * together signs nothing, and every key signs in the way that is its default.
 */
public final class KeySigner implements Signer {
    private final Secret secret;
    private final VerificationKey publicKey;

    private interface Secret {
        byte[] sign(byte[] message) throws GeneralSecurityException;
    }

    private KeySigner(Secret secret, VerificationKey publicKey) {
        this.secret = secret;
        this.publicKey = publicKey;
    }

    public static KeySigner of(EcdsaPrivateKey key) {
        return new KeySigner(key::sign, key.publicKey());
    }

    /**
     * Through the JDK's own providers.
     *
     * @throws SigningException where the key is none that can be trusted here: {@link VerificationKey}
     */
    public static KeySigner of(KeyPair pair) throws SigningException {
        try {
            VerificationKey publicKey =
                    VerificationKey.parseSpki(pair.getPublic().getEncoded());
            return new KeySigner(message -> signed(publicKey.type(), pair.getPrivate(), message), publicKey);
        } catch (MalformedEvidenceException e) {
            throw new SigningException("this key cannot sign: " + e.getMessage(), e);
        }
    }

    private static byte[] signed(VerificationKey.Type type, PrivateKey key, byte[] message)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (type) {
                    case ECDSA_P256 -> "SHA256withECDSA";
                    case ECDSA_P384 -> "SHA384withECDSA";
                    case ECDSA_P521 -> "SHA512withECDSA";
                    case RSA -> "SHA256withRSA";
                    case ED25519 -> "Ed25519";
                });
        signature.initSign(key);
        signature.update(message);
        return signature.sign();
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
            byte[] made = secret.sign(message);
            if (publicKey.verify(message, made) != VerificationKey.Verified.BY_THIS_KEY) {
                throw new SigningException("the private key does not belong to its public key");
            }
            return made;
        } catch (GeneralSecurityException | MalformedEvidenceException e) {
            throw new SigningException("the private key cannot be used for signing", e);
        }
    }
}
