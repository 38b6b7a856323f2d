package dev.pratique.signer.keys;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.EcdsaPrivateKey;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
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
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/** Private keys read from DER, each with the public key that belongs to it, whatever the file says of that. */
final class PrivateKeyDer {
    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1, SECObjectIdentifiers.secp521r1);

    private PrivateKeyDer() {}

    /**
     * From a PrivateKeyInfo (RFC 5958).
     *
     * @throws SigningException where it is one that must not be signed with
     */
    static KeySigner fromPkcs8(byte[] der) throws Failure, SigningException {
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
        } catch (IOException | GeneralSecurityException | MalformedEvidenceException | RuntimeException e) {
            // BouncyCastle throws whatever it stumbles over in bytes that are not what they should be.
            throw DamagedKeyFile.because("the private key cannot be read").because(e);
        }
    }

    /**
     * From an ECPrivateKey (RFC 5915, SEC 1 appendix C.4).
     *
     * @throws Failure also where it does not name its curve itself
     */
    static KeySigner fromSec1(byte[] der) throws Failure, SigningException {
        try {
            ECPrivateKey key = ECPrivateKey.getInstance(der);
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
    static KeySigner fromPkcs1(byte[] der) throws Failure, SigningException {
        try {
            AlgorithmIdentifier algorithm =
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
            return fromPkcs8(new PrivateKeyInfo(algorithm, RSAPrivateKey.getInstance(der)).getEncoded("DER"));
        } catch (IOException | RuntimeException e) {
            throw DamagedKeyFile.because("the private key cannot be read").because(e);
        }
    }

    /** Whether it is one SEQUENCE from its first byte to its last, as every PrivateKeyInfo is (X.690 section 8.1.3). */
    static boolean isWhole(byte[] der) {
        if (der.length < 2 || der[0] != 0x30) {
            return false;
        }
        int first = der[1] & 0xff;
        int more = first < 0x80 ? 0 : first - 0x80;
        if (first == 0x80 || more > 3 || der.length < 2 + more) {
            return false;
        }
        int length = more == 0 ? first : 0;
        for (int i = 0; i < more; i++) {
            length = length << 8 | der[2 + i] & 0xff;
        }
        return length == der.length - 2 - more;
    }

    private static KeySigner ec(PrivateKeyInfo info) throws Failure, IOException, MalformedEvidenceException {
        if (!(info.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier name)
                || !CURVES.contains(name)) {
            throw unsupported();
        }
        return KeySigner.of(EcdsaPrivateKey.of(info, new SecureRandom()));
    }

    private static KeySigner ed25519(PrivateKeyInfo info)
            throws Failure, SigningException, GeneralSecurityException, IOException {
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
        return KeySigner.of(new KeyPair(
                factory.generatePublic(new X509EncodedKeySpec(spki)),
                factory.generatePrivate(new PKCS8EncodedKeySpec(alone))));
    }

    private static KeySigner rsa(byte[] pkcs8) throws Failure, SigningException, GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("RSA");
        if (!(factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)) instanceof RSAPrivateCrtKey key)) {
            throw unsupported();
        }
        PublicKey publicKey = factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        return KeySigner.of(new KeyPair(publicKey, key));
    }

    private static Failure unsupported() {
        return Failure.of(
                Kind.FAILED,
                "keys of this kind are not supported by this version",
                "use ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits or more: pratique keys generate");
    }
}
