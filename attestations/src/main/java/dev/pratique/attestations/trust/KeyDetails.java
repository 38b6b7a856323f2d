package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * How a key of a trusted root is written and how it signs (sigstore_common.proto, PublicKeyDetails), those that are verified
 * here. The first RSA ones leave the size and the hash open: SHA-256 was and is in use.
 */
public enum KeyDetails {
    PKCS1_RSA_PKCS1V5("rsa-sign-pkcs1-", "-sha256"),
    PKCS1_RSA_PSS("rsa-sign-pss-", "-sha256"),
    PKIX_RSA_PKCS1V5("rsa-sign-pkcs1-", "-sha256"),
    PKIX_RSA_PSS("rsa-sign-pss-", "-sha256"),
    PKIX_RSA_PKCS1V15_2048_SHA256("rsa-sign-pkcs1-2048-sha256", ""),
    PKIX_RSA_PKCS1V15_3072_SHA256("rsa-sign-pkcs1-3072-sha256", ""),
    PKIX_RSA_PKCS1V15_4096_SHA256("rsa-sign-pkcs1-4096-sha256", ""),
    PKIX_RSA_PSS_2048_SHA256("rsa-sign-pss-2048-sha256", ""),
    PKIX_RSA_PSS_3072_SHA256("rsa-sign-pss-3072-sha256", ""),
    PKIX_RSA_PSS_4096_SHA256("rsa-sign-pss-4096-sha256", ""),
    /** RFC 6979 is about how a signer chooses its number; who verifies sees no difference. */
    PKIX_ECDSA_P256_HMAC_SHA_256("ecdsa-sha2-256-nistp256", ""),
    PKIX_ECDSA_P256_SHA_256("ecdsa-sha2-256-nistp256", ""),
    PKIX_ECDSA_P384_SHA_384("ecdsa-sha2-384-nistp384", ""),
    PKIX_ECDSA_P521_SHA_512("ecdsa-sha2-512-nistp521", ""),
    PKIX_ECDSA_P384_SHA_256("ecdsa-sha2-256-nistp384", ""),
    PKIX_ECDSA_P521_SHA_256("ecdsa-sha2-256-nistp521", ""),
    PKIX_ED25519("ed25519", ""),
    PKIX_ED25519_PH("ed25519-ph", "");

    private final String prefix;
    private final String suffix;

    KeyDetails(String prefix, String suffix) {
        this.prefix = prefix;
        this.suffix = suffix;
    }

    static Optional<KeyDetails> of(String name) {
        return Arrays.stream(values()).filter(one -> one.name().equals(name)).findFirst();
    }

    /** How a signer that signs in this way is called; empty where it has no name there. */
    public static Optional<String> nameOf(SignatureAlgorithm algorithm) {
        return Arrays.stream(values())
                .filter(one -> one != PKIX_ECDSA_P256_HMAC_SHA_256 && one.suffix.isEmpty())
                .filter(one -> one.prefix.equals(algorithm.name()))
                .map(KeyDetails::name)
                .findFirst();
    }

    /** @throws MalformedEvidenceException where it is no key, or none that is verified */
    VerificationKey key(byte[] raw) throws MalformedEvidenceException {
        return VerificationKey.parseSpki(name().startsWith("PKCS1_") ? wrapped(raw) : raw);
    }

    // RFC 8017 appendix A.1.1 inside of RFC 3279 section 2.3.1.
    private static byte[] wrapped(byte[] pkcs1) throws MalformedEvidenceException {
        try {
            return new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            ASN1Primitive.fromByteArray(pkcs1))
                    .getEncoded("DER");
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedEvidenceException("not an RSAPublicKey", e);
        }
    }

    /** The one way in which it signs; empty where the key is of another kind or size. */
    Optional<SignatureAlgorithm> algorithm(VerificationKey key) {
        return key.algorithms().stream()
                .filter(one -> suffix.isEmpty()
                        ? one.name().equals(prefix)
                        : one.name().startsWith(prefix) && one.name().endsWith(suffix))
                .findFirst();
    }
}
