package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.key.Hash;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * A token of a timestamp authority (RFC 3161) that nobody has looked at yet: what it says is not to be had before
 * {@link #prove} says it. Immutable, thread safe.
 */
public final class TimestampToken {
    private final SignedData data;
    private final TstInfo info;

    private TimestampToken(SignedData data, TstInfo info) {
        this.data = data;
        this.info = info;
    }

    /**
     * Reads a TimeStampResp with a token in it, as Sigstore's bundles have it, or a bare token.
     *
     * @throws MalformedEvidenceException where it is neither, is larger than 64 KiB, or can be read in more than one way
     */
    public static TimestampToken parse(byte[] der) throws MalformedEvidenceException {
        if (der.length > TimestampLimits.MAX_BYTES) {
            throw new MalformedEvidenceException(
                    "the timestamp has " + der.length + " bytes; up to " + TimestampLimits.MAX_BYTES + " are read");
        }
        ASN1Primitive read = Der.definite(der, "the timestamp");
        // A ContentInfo begins with an object identifier, a TimeStampResp with a PKIStatusInfo.
        boolean bare = read instanceof ASN1Sequence sequence
                && sequence.size() > 0
                && sequence.getObjectAt(0) instanceof ASN1ObjectIdentifier;
        SignedData data = SignedData.parse(bare ? read : tokenOf(read));
        return new TimestampToken(data, TstInfo.parse(data.content()));
    }

    // RFC 3161 section 2.4.2: "TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken TimeStampToken
    // OPTIONAL }"; "When the status contains the value zero or one, a TimeStampToken MUST be present. When status
    // contains a value other than zero or one, a TimeStampToken MUST NOT be present."
    private static ASN1Encodable tokenOf(ASN1Primitive response) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(response, 1, 2, "the timestamp response");
        Der.Elements status = Der.sequence(parts.next(), 1, 3, "the status of the timestamp response");
        ASN1Integer granted = Der.integer(status.next(), "the status of the timestamp response");
        if (status.nextIs(ASN1Sequence.class)) {
            status.next();
        }
        if (status.nextIs(ASN1BitString.class)) {
            status.next();
        }
        status.end();
        if (!granted.hasValue(0) && !granted.hasValue(1)) {
            throw new MalformedEvidenceException("the timestamp response says that no timestamp was granted");
        }
        return parts.next();
    }

    /**
     * That a trusted authority saw these bytes, and when.
     *
     * @param stamped exactly what must have been stamped; for signatures the signature's own bytes
     * @param authorities who is trusted to say so
     * @return empty if the token is of an authority that is not among them: it says nothing here, neither for nor against
     * @throws UnprovenException where it is of one of them, by the certificate that its signer names, and does not hold
     *     ({@link Rejection#TIMESTAMP_INVALID})
     * @throws MalformedEvidenceException where its signature is none of the signer's kind of key
     */
    public Optional<VerifiedTimestamp> prove(byte[] stamped, List<TimestampAuthority> authorities)
            throws UnprovenException, MalformedEvidenceException {
        Optional<UnprovenException> why = Optional.empty();
        for (TimestampAuthority authority : authorities) {
            Optional<Certificate> signer = signerBy(authority);
            if (signer.isEmpty()) {
                continue;
            }
            try {
                Optional<ProvedCertificate> proved =
                        SignerPath.prove(authority, signer.get(), data.certificates(), info.time());
                if (proved.isPresent()) {
                    return Optional.of(proveFrom(authority, signer.get(), proved.get(), stamped));
                }
            } catch (UnprovenException e) {
                why = Optional.of(e);
            }
        }
        if (why.isPresent()) {
            throw why.get();
        }
        return Optional.empty();
    }

    /** Whether it says that it is of one of these, by the certificate that its signer names; proves nothing. */
    public boolean claimsToBeOf(List<TimestampAuthority> authorities) throws MalformedEvidenceException {
        for (TimestampAuthority authority : authorities) {
            if (signerBy(authority).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** The certificate that the signer says is its own: the authority's, where the authority has one, else a brought one. */
    private Optional<Certificate> signerBy(TimestampAuthority authority) throws MalformedEvidenceException {
        for (Certificate one : authority.signer().map(List::of).orElse(data.certificates())) {
            if (data.signer().id().names(one)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** The certificates that came along, nobody's word. */
    List<Certificate> brought() {
        return data.certificates();
    }

    private VerifiedTimestamp proveFrom(
            TimestampAuthority authority, Certificate certificate, ProvedCertificate proved, byte[] stamped)
            throws UnprovenException, MalformedEvidenceException {
        checkImprint(stamped);
        for (CertificateId id : data.signer().attributes().certificates()) {
            id.check(certificate);
        }
        data.checkSignature(proved.key());
        return new VerifiedTimestamp(authority, info);
    }

    // RFC 3161 section 2.4.1: "The messageImprint field SHOULD contain the hash of the datum to be time-stamped. […]
    // Its length MUST match the length of the hash value for that algorithm". Section 2.4.2: "The messageImprint MUST
    // have the same value as the similar field in TimeStampReq".
    private void checkImprint(byte[] stamped) throws UnprovenException {
        Hash hash = AlgorithmId.hash(info.hashAlgorithm())
                .orElseThrow(() -> new UnprovenException(
                        Rejection.TIMESTAMP_INVALID,
                        "the timestamp is over a hash other than SHA-256, SHA-384 and SHA-512"));
        if (!Arrays.equals(hash.of(stamped), info.hashedMessage())) {
            throw new UnprovenException(
                    Rejection.TIMESTAMP_INVALID, "the timestamp is over something else than this signature");
        }
    }
}
