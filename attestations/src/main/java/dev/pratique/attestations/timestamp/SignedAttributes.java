package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.CMSAttributes;

/**
 * What the authority's signature is over (RFC 5652 sections 5.3 and 11).
 *
 * @param signed the bytes. RFC 5652 section 5.4: "rather an EXPLICIT SET OF tag is used" than the [0]
 * @param messageDigest of the content
 * @param certificates by which the signer names its certificate; at least one
 * @param protection what the algorithms must be (RFC 6211), if the signer says so
 */
record SignedAttributes(
        byte[] signed,
        byte[] messageDigest,
        List<CertificateId> certificates,
        Optional<AlgorithmProtection> protection) {

    static SignedAttributes parse(ASN1Encodable tagged) throws MalformedEvidenceException {
        byte[] signed = Der.implicitSet(tagged, 0, "the timestamp's signed attributes");
        Map<ASN1ObjectIdentifier, ASN1Encodable> values = values(signed);
        // RFC 5652 section 11.1: "The content-type attribute […] MUST match the encapContentInfo eContentType value".
        if (!SignedData.TST_INFO.equals(values.get(CMSAttributes.contentType))) {
            throw new MalformedEvidenceException("the content-type that the timestamp's signer signed is not TSTInfo");
        }
        // RFC 5652 section 5.3: "it MUST contain, at a minimum, […] a message-digest attribute".
        ASN1Encodable digest = values.get(CMSAttributes.messageDigest);
        if (digest == null) {
            throw new MalformedEvidenceException("the timestamp's signer signed no message-digest");
        }
        ASN1Encodable protection = values.get(CMSAttributes.cmsAlgorithmProtect);
        SignedAttributes attributes = new SignedAttributes(
                signed,
                Der.octets(digest, "the message-digest that the timestamp's signer signed"),
                CertificateId.of(values),
                protection == null ? Optional.empty() : Optional.of(AlgorithmProtection.parse(protection)));
        // RFC 5652 section 5.3: "SignedAttributes MUST be DER encoded, even if the rest of the structure is BER
        // encoded."
        Der.strict(signed, "the timestamp's set of signed attributes");
        return attributes;
    }

    private static Map<ASN1ObjectIdentifier, ASN1Encodable> values(byte[] signed) throws MalformedEvidenceException {
        List<ASN1Encodable> attributes = Der.set(
                Der.definite(signed, "the timestamp's set of signed attributes"),
                0,
                TimestampLimits.MAX_ATTRIBUTES,
                "the timestamp's set of signed attributes");
        if (attributes.isEmpty()) {
            throw new MalformedEvidenceException("the timestamp has no signed attributes");
        }
        Map<ASN1ObjectIdentifier, ASN1Encodable> values = new HashMap<>();
        for (ASN1Encodable attribute : attributes) {
            Der.Elements parts = Der.sequence(attribute, 2, 2, "an attribute of the timestamp");
            ASN1ObjectIdentifier type = Der.oid(parts.next(), "the type of an attribute of the timestamp");
            // RFC 5652 section 11.1, and to the same effect of the other attributes that are read: "MUST NOT include
            // multiple instances", "MUST have a single attribute value".
            List<ASN1Encodable> value = Der.set(parts.next(), 1, 1, "an attribute of the timestamp");
            if (values.put(type, value.get(0)) != null) {
                throw new MalformedEvidenceException("the timestamp has a signed attribute twice");
            }
        }
        return values;
    }
}
