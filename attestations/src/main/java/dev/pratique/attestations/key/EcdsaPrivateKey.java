package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * A private key of ECDSA in memory (FIPS 186-5 section 6) on P-256, P-384 or P-521, which it never gives away. BouncyCastle
 * computes, without a provider: newer JDKs make tables for 60 ms before the first signature of a process, and a pipeline's
 * process makes one or two. For all threads.
 */
public final class EcdsaPrivateKey {
    private final EcdsaCurve curve;
    private final ECPrivateKeyParameters secret;
    private final SecureRandom random;
    private final VerificationKey publicKey;

    private EcdsaPrivateKey(EcdsaCurve curve, ECPrivateKeyParameters secret, SecureRandom random)
            throws MalformedEvidenceException {
        this.curve = curve;
        this.secret = secret;
        this.random = random;
        // The table of the generator's multiples that this makes is the one that signing uses.
        ECPoint point = new FixedPointCombMultiplier().multiply(curve.domain().getG(), secret.getD());
        this.publicKey = VerificationKey.parseSpki(spki(curve, point));
    }

    /**
     * From a PrivateKeyInfo (RFC 5958) that holds an ECPrivateKey (RFC 5915).
     *
     * @throws MalformedEvidenceException for other curves, curves that are not named, and secrets out of their range
     * @throws IOException where it is no such structure; BouncyCastle throws an IllegalArgumentException for some of them
     */
    public static EcdsaPrivateKey of(PrivateKeyInfo info, SecureRandom random)
            throws IOException, MalformedEvidenceException {
        ASN1Encodable name = info.getPrivateKeyAlgorithm().getParameters();
        EcdsaCurve curve = EcdsaCurve.named(name)
                .orElseThrow(() -> new MalformedEvidenceException("a private key of another curve"));
        ECPrivateKey key = ECPrivateKey.getInstance(info.parsePrivateKey());
        if (key.getParametersObject() != null && !key.getParametersObject().equals(name)) {
            throw new MalformedEvidenceException("the private key names two curves");
        }
        // The file may carry a public key; what belongs to the private one is computed instead.
        BigInteger secret = key.getKey();
        if (secret.signum() <= 0 || secret.compareTo(curve.order()) >= 0) {
            throw new MalformedEvidenceException("the private key is out of range");
        }
        return new EcdsaPrivateKey(curve, new ECPrivateKeyParameters(secret, curve.domain()), random);
    }

    /** A new one on P-256 (FIPS 186-5 appendix A.2). */
    public static EcdsaPrivateKey generateP256(SecureRandom random) {
        EcdsaCurve curve = EcdsaCurve.P256;
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(new ECKeyGenerationParameters(curve.domain(), random));
        try {
            return new EcdsaPrivateKey(
                    curve, (ECPrivateKeyParameters) generator.generateKeyPair().getPrivate(), random);
        } catch (MalformedEvidenceException e) {
            throw new IllegalStateException("a new key that is not on its curve", e);
        }
    }

    /** Its public half. */
    public VerificationKey publicKey() {
        return publicKey;
    }

    /** DER of r and s (RFC 3279 section 2.2.3) over the message's hash of the curve's size. */
    public byte[] sign(byte[] message) {
        ECDSASigner signer = new ECDSASigner();
        signer.init(true, new ParametersWithRandom(secret, random));
        BigInteger[] made =
                signer.generateSignature(publicKey.defaultAlgorithm().hash().of(message));
        try {
            return StandardDSAEncoding.INSTANCE.encode(curve.order(), made[0], made[1]);
        } catch (IOException e) {
            throw new IllegalStateException("two numbers in memory", e);
        }
    }

    private static byte[] spki(EcdsaCurve curve, ECPoint point) {
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve.oid());
        try {
            return new SubjectPublicKeyInfo(algorithm, point.getEncoded(false)).getEncoded("DER");
        } catch (IOException e) {
            throw new IllegalStateException("a point in memory", e);
        }
    }
}
