package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A certificate by which a key says no more than that it is one: what makes it visible to programs that look for certificates.
 *
 * @param subject DER of the name, which is the issuer's too
 * @param serial DER of the number
 */
record SelfSignedCertificate(byte[] der, byte[] subject, byte[] serial) {
    static SelfSignedCertificate of(
            String name, VerificationKey key, Instant from, Instant until, BigInteger number, Signer signer)
            throws Failure {
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
        AlgorithmIdentifier algorithm = algorithm(key);
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(number));
        generator.setSignature(algorithm);
        generator.setIssuer(subject);
        generator.setSubject(subject);
        generator.setStartDate(new Time(Date.from(from)));
        generator.setEndDate(new Time(Date.from(until)));
        generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.spki()));
        try {
            TBSCertificate signed = generator.generateTBSCertificate();
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(signed);
            parts.add(algorithm);
            parts.add(new DERBitString(signer.sign(signed.getEncoded("DER"))));
            return new SelfSignedCertificate(
                    new DERSequence(parts).getEncoded("DER"),
                    subject.getEncoded("DER"),
                    new ASN1Integer(number).getEncoded("DER"));
        } catch (SigningException e) {
            throw Failure.of(e);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the key's certificate cannot be written",
                            "choose another label: it is the certificate's name too")
                    .because(e);
        }
    }

    private static AlgorithmIdentifier algorithm(VerificationKey key) {
        ASN1ObjectIdentifier identifier = switch (key.type()) {
            case ECDSA_P256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
            case ECDSA_P384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
            case ECDSA_P521 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
            case RSA -> PKCSObjectIdentifiers.sha256WithRSAEncryption;
            case ED25519 -> EdECObjectIdentifiers.id_Ed25519;
        };
        return key.type() == VerificationKey.Type.RSA
                ? new AlgorithmIdentifier(identifier, DERNull.INSTANCE)
                : new AlgorithmIdentifier(identifier);
    }
}
