package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Private keys with the public keys that belong to them: made, or read from DER. */
final class KeyPairs {
    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1, SECObjectIdentifiers.secp521r1);

    private KeyPairs() {}

    static KeyPair generate(KeyType type, SecureRandom random) throws Failure {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(type.algorithm());
            if (type.bits() > 0) {
                generator.initialize(type.bits(), random);
            } else if (!type.curve().isEmpty()) {
                generator.initialize(new ECGenParameterSpec(type.curve()), random);
            } else {
                generator.initialize(NamedParameterSpec.ED25519, random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "this Java runtime cannot make a key of type " + type,
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }

    /** From a PrivateKeyInfo (RFC 5958). */
    static KeyPair fromPkcs8(byte[] der) throws Failure {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(der);
            ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                return ec(info);
            }
            if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                return rsa(der);
            }
            if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
                return ed25519(info);
            }
            throw unsupported();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // BouncyCastle throws whatever it stumbles over in bytes that are not what they should be.
            throw DamagedKeyFile.because("the private key cannot be read").because(e);
        }
    }

    /**
     * From an ECPrivateKey (RFC 5915, SEC 1 appendix C.4).
     *
     * @throws Failure also where it does not name its curve itself
     */
    static KeyPair fromSec1(byte[] der) throws Failure {
        try {
            var key = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(der);
            ASN1Encodable curve = key.getParametersObject();
            if (curve == null) {
                throw unsupported();
            }
            AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
            return fromPkcs8(new PrivateKeyInfo(algorithm, key).getEncoded("DER"));
        } catch (IOException | RuntimeException e) {
            throw DamagedKeyFile.because("the private key cannot be read").because(e);
        }
    }

    /** From an RSAPrivateKey (RFC 8017 appendix A.1.2). */
    static KeyPair fromPkcs1(byte[] der) throws Failure {
        try {
            AlgorithmIdentifier algorithm =
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
            return fromPkcs8(new PrivateKeyInfo(algorithm, RSAPrivateKey.getInstance(der)).getEncoded("DER"));
        } catch (IOException | RuntimeException e) {
            throw DamagedKeyFile.because("the private key cannot be read").because(e);
        }
    }

    private static KeyPair ec(PrivateKeyInfo info) throws Failure, GeneralSecurityException, IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        if (!(algorithm.getParameters() instanceof ASN1ObjectIdentifier name) || !CURVES.contains(name)) {
            throw unsupported();
        }
        KeyFactory factory = KeyFactory.getInstance("EC");
        PrivateKey key = factory.generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded("DER")));
        // The file may carry a public key; what belongs to the private one is computed instead.
        var curve = CustomNamedCurves.getByOID(name);
        BigInteger secret = ((ECPrivateKey) key).getS();
        if (secret.signum() <= 0 || secret.compareTo(curve.getN()) >= 0) {
            throw DamagedKeyFile.because("the private key is out of range");
        }
        ECPoint point = new FixedPointCombMultiplier().multiply(curve.getG(), secret);
        byte[] spki = new SubjectPublicKeyInfo(algorithm, point.getEncoded(false)).getEncoded("DER");
        return new KeyPair(factory.generatePublic(new X509EncodedKeySpec(spki)), key);
    }

    private static KeyPair ed25519(PrivateKeyInfo info) throws Failure, GeneralSecurityException, IOException {
        // RFC 8410 section 7: the private key is an OCTET STRING in the OCTET STRING.
        byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
        if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
            throw DamagedKeyFile.because("the private key has another length");
        }
        // The file may carry a public key (RFC 5958); what belongs to the private one is computed instead.
        var computed = new Ed25519PrivateKeyParameters(seed);
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
        byte[] alone = new PrivateKeyInfo(algorithm, new DEROctetString(seed)).getEncoded("DER");
        Arrays.fill(seed, (byte) 0);
        byte[] spki =
                new SubjectPublicKeyInfo(algorithm, computed.generatePublicKey().getEncoded()).getEncoded("DER");
        KeyFactory factory = KeyFactory.getInstance("Ed25519");
        return new KeyPair(
                factory.generatePublic(new X509EncodedKeySpec(spki)),
                factory.generatePrivate(new PKCS8EncodedKeySpec(alone)));
    }

    private static KeyPair rsa(byte[] pkcs8) throws Failure, GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("RSA");
        if (!(factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)) instanceof RSAPrivateCrtKey key)) {
            throw unsupported();
        }
        PublicKey publicKey = factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        return new KeyPair(publicKey, key);
    }

    private static Failure unsupported() {
        return Failure.of(
                Kind.FAILED,
                "keys of this kind are not supported by this version",
                "use ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits or more: pratique keys generate");
    }
}
