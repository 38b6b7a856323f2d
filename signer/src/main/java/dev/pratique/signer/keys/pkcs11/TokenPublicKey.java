package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/** Makes a public key of the attributes that a token keeps it as (PKCS #11 version 2.40, mechanisms, sections 2.1 and 2.3). */
final class TokenPublicKey {
    private static final int ED25519_BYTES = 32;
    /** Of P-256, P-384 and P-521: 4 and both coordinates (SEC 1 version 2.0, section 2.3.3). */
    private static final Map<String, Integer> UNCOMPRESSED_BYTES =
            Map.of("1.2.840.10045.3.1.7", 65, "1.3.132.0.34", 97, "1.3.132.0.35", 133);
    /** The names that tokens give to edwards25519: RFC 8410's, GnuPG's older one, and the text of PKCS #11 version 3.0. */
    private static final Set<String> ED25519 = Set.of("1.3.101.112", "1.3.6.1.4.1.11591.15.1", "edwards25519");

    private TokenPublicKey() {}

    /**
     * @param modulus empty where the key is none of RSA
     * @param point empty where it is none of a curve
     * @return none where these are no key
     * @throws MalformedEvidenceException where it is one that is not verified with here
     */
    static Optional<VerificationKey> of(byte[] modulus, byte[] exponent, byte[] curve, byte[] point)
            throws MalformedEvidenceException {
        try {
            if (modulus.length > 0 && exponent.length > 0) {
                var key = new RSAPublicKey(new BigInteger(1, modulus), new BigInteger(1, exponent));
                return spki(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE, key.getEncoded("DER"));
            }
            if (curve.length == 0 || point.length == 0) {
                return Optional.empty();
            }
            ASN1Primitive name = ASN1Primitive.fromByteArray(curve);
            if (name != null && ED25519.contains(name.toString())) {
                return spki(EdECObjectIdentifiers.id_Ed25519, null, unwrapped(point, ED25519_BYTES));
            }
            if (!(name instanceof ASN1ObjectIdentifier id)) {
                return Optional.empty();
            }
            int bare = UNCOMPRESSED_BYTES.getOrDefault(id.getId(), 0);
            return spki(X9ObjectIdentifiers.id_ecPublicKey, name, unwrapped(point, bare));
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedEvidenceException("the token's public key cannot be read", e);
        }
    }

    private static Optional<VerificationKey> spki(
            ASN1ObjectIdentifier algorithm, @Nullable ASN1Encodable parameters, byte[] key)
            throws IOException, MalformedEvidenceException {
        AlgorithmIdentifier identifier = parameters == null
                ? new AlgorithmIdentifier(algorithm)
                : new AlgorithmIdentifier(algorithm, parameters);
        return Optional.of(VerificationKey.parseSpki(new SubjectPublicKeyInfo(identifier, key).getEncoded("DER")));
    }

    // CKA_EC_POINT is DER of an OCTET STRING; some tokens give what is inside. Both begin with 4 as an uncompressed
    // point does, and a coordinate may begin with any length: what the curve's point is long decides.
    private static byte[] unwrapped(byte[] point, int bare) throws IOException {
        if (point.length == bare) {
            return point;
        }
        ASN1Primitive parsed = ASN1Primitive.fromByteArray(point);
        return parsed instanceof ASN1OctetString octets ? octets.getOctets() : Arrays.copyOf(point, point.length);
    }
}
