package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.VerificationKey;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;

/** Who signed a timestamp, and how, by what it says (RFC 5652 section 5.3). */
record SignerInfo(
        SignerId id,
        AlgorithmId digest,
        SignedAttributes attributes,
        AlgorithmId signatureAlgorithm,
        byte[] signature) {

    static SignerInfo parse(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements info = Der.sequence(value, 5, 7, "the timestamp's SignerInfo");
        ASN1Integer version = Der.integer(info.next(), "the version of the timestamp's SignerInfo");
        boolean byName = info.nextIs(ASN1Sequence.class);
        // "If the SignerIdentifier is the CHOICE issuerAndSerialNumber, then the version MUST be 1. If the
        // SignerIdentifier is subjectKeyIdentifier, then the version MUST be 3."
        if (!version.hasValue(byName ? 1 : 3)) {
            throw new MalformedEvidenceException("the version of the timestamp's SignerInfo does not fit its signer");
        }
        SignerId id = byName ? SignerId.byName(info.next()) : SignerId.byKey(info.next());
        AlgorithmId digest = AlgorithmId.parse(info.next(), "the timestamp's digest algorithm");
        // Section 5.3: "SignedAttributes […] The field is optional, but it MUST be present if the content type of the
        // EncapsulatedContentInfo value being signed is not id-data."
        if (!info.nextIsTagged(0)) {
            throw new MalformedEvidenceException("the timestamp has no signed attributes");
        }
        SignedAttributes attributes = SignedAttributes.parse(info.next());
        AlgorithmId signatureAlgorithm = AlgorithmId.parse(info.next(), "the timestamp's signature algorithm");
        byte[] signature = Der.octets(info.next(), "the timestamp's signature");
        if (info.nextIsTagged(1)) {
            info.next(); // unsigned attributes: anybody may have written them
        }
        info.end();
        return new SignerInfo(id, digest, attributes, signatureAlgorithm, signature);
    }

    /** That this key signed this content (RFC 5652 sections 5.4 and 5.6). */
    void checkSignature(byte[] content, VerificationKey key) throws UnprovenException, MalformedEvidenceException {
        Hash hash = AlgorithmId.hash(digest.withoutParameters())
                .orElseThrow(
                        () -> invalid("the timestamp is signed over a hash other than SHA-256, SHA-384 and SHA-512"));
        // RFC 6211 section 2: what the attribute says must be what the SignerInfo says.
        if (attributes.protection().isPresent()
                && !attributes.protection().get().isOf(digest, signatureAlgorithm)) {
            throw invalid("the timestamp's algorithms are not those that its signer signed");
        }
        // RFC 5652 section 5.6: "For the signature to be valid, the message digest value calculated by the recipient
        // MUST be the same as the value of the messageDigest attribute".
        if (!Arrays.equals(hash.of(content), attributes.messageDigest())) {
            throw invalid("the timestamp's signer signed another TSTInfo than the timestamp has");
        }
        if (!SignatureSuite.of(signatureAlgorithm, hash).verify(key, attributes.signed(), signature)) {
            throw invalid("the timestamp was not signed with the key of the certificate that its signer names");
        }
    }

    private static UnprovenException invalid(String saw) {
        return new UnprovenException(Rejection.TIMESTAMP_INVALID, saw);
    }
}
