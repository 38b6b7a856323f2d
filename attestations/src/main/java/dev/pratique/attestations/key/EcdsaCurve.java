package dev.pratique.attestations.key;

import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;

/**
 * A curve of SP 800-186. Its numbers come from its name alone, never from a key (CVE-2020-0601).
 *
 * @param algorithms all that its keys can sign with, the default first
 * @param cost as {@link PublicKeyMaterial#cost}
 */
record EcdsaCurve(
        ASN1ObjectIdentifier oid,
        VerificationKey.Type type,
        List<SignatureAlgorithm> algorithms,
        int cost,
        ECDomainParameters domain) {

    static final EcdsaCurve P256 =
            of(SECObjectIdentifiers.secp256r1, VerificationKey.Type.ECDSA_P256, "nistp256", Hash.SHA_256, 1);
    private static final List<EcdsaCurve> ALL = List.of(
            P256,
            of(SECObjectIdentifiers.secp384r1, VerificationKey.Type.ECDSA_P384, "nistp384", Hash.SHA_384, 2),
            of(SECObjectIdentifiers.secp521r1, VerificationKey.Type.ECDSA_P521, "nistp521", Hash.SHA_512, 5));

    private static EcdsaCurve of(
            ASN1ObjectIdentifier oid, VerificationKey.Type type, String name, Hash first, int cost) {
        List<SignatureAlgorithm> algorithms = Stream.concat(
                        Stream.of(first), Arrays.stream(Hash.values()).filter(hash -> hash != first))
                .map(hash -> new SignatureAlgorithm("ecdsa-sha2-" + hash.digits() + "-" + name, Scheme.ECDSA, hash))
                .toList();
        return new EcdsaCurve(oid, type, algorithms, cost, new ECDomainParameters(CustomNamedCurves.getByOID(oid)));
    }

    /** The one that a key's parameters name. */
    static Optional<EcdsaCurve> named(ASN1Encodable parameters) {
        return ALL.stream().filter(known -> known.oid.equals(parameters)).findFirst();
    }

    BigInteger order() {
        return domain.getN();
    }

    int fieldBytes() {
        return (domain.getCurve().getFieldSize() + 7) / 8;
    }

    /** SP 800-186 appendix D.1.1.2; the cofactor is 1, so every point but infinity has the right order. */
    boolean has(BigInteger x, BigInteger y) {
        BigInteger p = domain.getCurve().getField().getCharacteristic();
        BigInteger a = domain.getCurve().getA().toBigInteger();
        BigInteger b = domain.getCurve().getB().toBigInteger();
        boolean inField = x.compareTo(p) < 0 && y.compareTo(p) < 0;
        return inField
                && y.multiply(y)
                        .mod(p)
                        .equals(x.multiply(x).add(a).multiply(x).add(b).mod(p));
    }
}
