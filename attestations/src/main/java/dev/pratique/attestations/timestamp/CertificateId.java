package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA1Digest;

/**
 * By which a signer names its certificate inside what it signs: ESSCertID or ESSCertIDv2 (RFC 5035 sections 4 and 6).
 *
 * @param hash over the certificate's DER; no algorithm in an ESSCertID, where it is SHA-1
 */
record CertificateId(
        Optional<ASN1ObjectIdentifier> algorithm, byte[] hash, Optional<SignerId.IssuerSerial> issuerSerial) {
    private static final String WHAT = "the timestamp's signing-certificate attribute";
    private static final int DIRECTORY_NAME = 4;

    /**
     * The first identifier of each of the two attributes. RFC 3161 section 2.4.2: "The certificate identifier (ESSCertID) of
     * the TSA certificate MUST be included as a signerInfo attribute inside a SigningCertificate attribute"; RFC 5816
     * section 2.2.1 lets it be ESSCertIDv2 in the other one.
     */
    static List<CertificateId> of(Map<ASN1ObjectIdentifier, ASN1Encodable> attributes)
            throws MalformedEvidenceException {
        List<CertificateId> ids = new ArrayList<>();
        ASN1Encodable first = attributes.get(PKCSObjectIdentifiers.id_aa_signingCertificate);
        if (first != null) {
            ids.add(first(first, false));
        }
        ASN1Encodable second = attributes.get(PKCSObjectIdentifiers.id_aa_signingCertificateV2);
        if (second != null) {
            ids.add(first(second, true));
        }
        if (ids.isEmpty()) {
            throw new MalformedEvidenceException("the timestamp's signer signed no signing-certificate attribute");
        }
        return List.copyOf(ids);
    }

    // RFC 5035 section 3: "The first certificate identified in the sequence of certificate identifiers MUST be the
    // certificate used to verify the signature." What follows it limits policies, which nothing here rests on.
    private static CertificateId first(ASN1Encodable attribute, boolean second) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(attribute, 1, 2, WHAT);
        Der.Elements ids = Der.sequence(parts.next(), 1, TimestampLimits.MAX_CERTIFICATE_IDS, WHAT);
        Der.Elements id = Der.sequence(ids.next(), 1, 3, WHAT);
        // RFC 5035 section 4: hashAlgorithm DEFAULT {algorithm id-sha256}
        Optional<ASN1ObjectIdentifier> algorithm = Optional.empty();
        if (second) {
            algorithm = Optional.of(
                    id.nextIs(ASN1Sequence.class)
                            ? AlgorithmId.parse(id.next(), WHAT).withoutParameters()
                            : NISTObjectIdentifiers.id_sha256);
        }
        byte[] hash = Der.octets(id.next(), WHAT);
        Optional<SignerId.IssuerSerial> issuerSerial =
                id.hasNext() ? Optional.of(issuerSerial(id.next())) : Optional.empty();
        id.end();
        return new CertificateId(algorithm, hash, issuerSerial);
    }

    // RFC 5035 section 4: "IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber }";
    // "issuer contains the issuer name of the certificate. For non-attribute certificates, the issuer MUST contain only
    // the issuer name from the certificate encoded in the directoryName choice of GeneralNames."
    private static SignerId.IssuerSerial issuerSerial(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(value, 2, 2, WHAT);
        Der.Elements names = Der.sequence(parts.next(), 1, 1, "the issuer in " + WHAT);
        byte[] issuer = Der.encoded(Der.explicit(names.next(), DIRECTORY_NAME, "the issuer in " + WHAT), WHAT);
        return new SignerId.IssuerSerial(
                issuer,
                Der.integer(parts.next(), "the serial number in " + WHAT).getValue());
    }

    /** That this certificate is the one that the signer names. */
    void check(Certificate certificate) throws UnprovenException, MalformedEvidenceException {
        byte[] actual =
                algorithm.isEmpty() ? sha1(certificate.der()) : strongHash().of(certificate.der());
        if (!Arrays.equals(hash, actual)) {
            throw new UnprovenException(
                    Rejection.TIMESTAMP_INVALID, "the timestamp's signer names another certificate than its own");
        }
        if (issuerSerial.isPresent() && !issuerSerial.get().isOf(certificate)) {
            throw new UnprovenException(
                    Rejection.TIMESTAMP_INVALID,
                    "the timestamp's signer names the issuer and serial number of another certificate than its own");
        }
    }

    private Hash strongHash() throws UnprovenException {
        return algorithm
                .flatMap(AlgorithmId::hash)
                .orElseThrow(
                        () -> new UnprovenException(
                                Rejection.TIMESTAMP_INVALID,
                                "the timestamp's signer names its certificate by a hash other than SHA-256, SHA-384 and SHA-512"));
    }

    // RFC 5035 section 6: of an ESSCertID "the hash value is computed using SHA-1". The certificate itself is proved by
    // its chain and by the signature; who would want another one here needs a second preimage.
    private static byte[] sha1(byte[] der) {
        SHA1Digest digest = new SHA1Digest();
        digest.update(der, 0, der.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return hash;
    }
}
