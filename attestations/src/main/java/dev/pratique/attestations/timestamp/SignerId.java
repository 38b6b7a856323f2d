package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;

/**
 * Which certificate a signer says is its own (RFC 5652 section 5.3): its issuer and serial number, or its key identifier.
 */
record SignerId(Optional<IssuerSerial> issuerSerial, Optional<byte[]> keyIdentifier) {

    /** The issuer's name in DER and the serial number that it gave (RFC 5652 section 10.2.4). */
    record IssuerSerial(byte[] issuer, BigInteger serial) {
        boolean isOf(Certificate certificate) {
            return certificate.isNumbered(issuer, serial);
        }
    }

    static SignerId byName(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(value, 2, 2, "the timestamp's signer identifier");
        byte[] issuer = Der.encoded(parts.next(), "the issuer in the timestamp's signer identifier");
        BigInteger serial = Der.integer(parts.next(), "the serial number in the timestamp's signer identifier")
                .getValue();
        return new SignerId(Optional.of(new IssuerSerial(issuer, serial)), Optional.empty());
    }

    static SignerId byKey(ASN1Encodable value) throws MalformedEvidenceException {
        byte[] identifier = Der.implicitOctets(value, 0, "the timestamp's signer identifier");
        return new SignerId(Optional.empty(), Optional.of(identifier));
    }

    boolean names(Certificate certificate) {
        return issuerSerial.isPresent()
                ? issuerSerial.get().isOf(certificate)
                : certificate.hasKeyIdentifier(keyIdentifier.orElseThrow());
    }
}
