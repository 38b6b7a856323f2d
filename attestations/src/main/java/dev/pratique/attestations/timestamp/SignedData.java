package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.VerificationKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/**
 * The CMS SignedData of a timestamp (RFC 5652 section 5) with its one signer. Nothing of it is verified.
 *
 * @param digests the algorithms with which a reader in one pass is to begin
 * @param content the octets that are signed: a TSTInfo
 * @param certificates that came along; they say who signed and what lies between, never whom to trust
 */
record SignedData(
        Set<ASN1ObjectIdentifier> digests, byte[] content, List<Certificate> certificates, SignerInfo signer) {
    /** RFC 3161 section 2.4.2: "id-ct-TSTInfo OBJECT IDENTIFIER ::= { … smime(16) ct(1) 4}". */
    static final ASN1ObjectIdentifier TST_INFO = PKCSObjectIdentifiers.id_ct_TSTInfo;

    /** @param contentInfo in definite lengths */
    static SignedData parse(ASN1Encodable contentInfo) throws MalformedEvidenceException {
        Der.Elements outer = Der.sequence(contentInfo, 2, 2, "the timestamp's ContentInfo");
        // RFC 3161 section 2.4.2: "A TimeStampToken is as follows. It is defined as a ContentInfo ([CMS]) and SHALL
        // encapsulate a signed data content type."
        if (!CMSObjectIdentifiers.signedData.equals(outer.next())) {
            throw new MalformedEvidenceException("the timestamp is not CMS signed data");
        }
        Der.Elements data = Der.sequence(
                Der.explicit(outer.next(), 0, "the timestamp's content"), 4, 6, "the timestamp's SignedData");
        // RFC 5652 section 5.1: 3 where "encapContentInfo eContentType is other than id-data" and there are neither
        // attribute certificates nor other kinds of them, which are not read.
        if (!Der.integer(data.next(), "the version of the timestamp's SignedData")
                .hasValue(3)) {
            throw new MalformedEvidenceException("the timestamp's SignedData is not of version 3");
        }
        List<ASN1Encodable> hashes = Der.set(
                data.next(), 0, TimestampLimits.MAX_DIGEST_ALGORITHMS, "the timestamp's set of digest algorithms");
        Set<ASN1ObjectIdentifier> digests = new HashSet<>();
        for (ASN1Encodable hash : hashes) {
            digests.add(AlgorithmId.parse(hash, "a digest algorithm of the timestamp")
                    .withoutParameters());
        }
        byte[] content = content(data.next());
        List<Certificate> certificates = data.nextIsTagged(0) ? certificates(data.next()) : List.of();
        if (data.nextIsTagged(1)) {
            data.next(); // revocation lists, which are not looked at
        }
        // RFC 3161 section 2.4.2: "The time-stamp token MUST NOT contain any signatures other than the signature of the
        // TSA."
        List<ASN1Encodable> signers = Der.set(data.next(), 1, 1, "the timestamp's set of signers");
        data.end();
        return new SignedData(Set.copyOf(digests), content, certificates, SignerInfo.parse(signers.get(0)));
    }

    private static byte[] content(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements encapsulated = Der.sequence(value, 2, 2, "the timestamp's encapsulated content");
        // RFC 3161 section 2.4.2: "eContentType is an object identifier that uniquely specifies the content type. For a
        // time-stamp token it is defined as: id-ct-TSTInfo".
        if (!TST_INFO.equals(encapsulated.next())) {
            throw new MalformedEvidenceException("the content of the timestamp is not a TSTInfo by its type");
        }
        return Der.octets(
                Der.explicit(encapsulated.next(), 0, "the timestamp's encapsulated content"),
                "the timestamp's encapsulated content");
    }

    private static List<Certificate> certificates(ASN1Encodable value) throws MalformedEvidenceException {
        byte[] set = Der.implicitSet(value, 0, "the timestamp's certificates");
        List<Certificate> certificates = new ArrayList<>();
        for (ASN1Encodable one : Der.set(
                Der.definite(set, "the timestamp's certificates"),
                0,
                TimestampLimits.MAX_CERTIFICATES,
                "the timestamp's set of certificates")) {
            certificates.add(Certificate.parse(Der.encoded(one, "a certificate of the timestamp")));
        }
        return List.copyOf(certificates);
    }

    /** That the one signer's key signed the content. */
    void checkSignature(VerificationKey key) throws UnprovenException, MalformedEvidenceException {
        signer.checkSignature(content, key);
        // RFC 5652 section 5.1: "Implementations MAY fail to validate signatures that use a digest algorithm that is
        // not included in this set." Then there is nothing in a token that anybody could write otherwise and not be
        // noticed.
        if (!digests.contains(signer.digest().algorithm())) {
            throw new UnprovenException(
                    Rejection.TIMESTAMP_INVALID, "the timestamp does not list the hash that its signer signed over");
        }
    }
}
