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

/** A token that is in the form which RFC 3161 and RFC 5652 give it. Immutable, thread safe. */
final class ParsedToken implements TimestampToken {
    private final SignedData data;
    private final TstInfo info;

    private ParsedToken(SignedData data, TstInfo info) {
        this.data = data;
        this.info = info;
    }

    /** @param der of at most {@link TimestampLimits#MAX_BYTES} */
    static ParsedToken parse(byte[] der) throws MalformedEvidenceException {
        ASN1Primitive read = Der.definite(der, "the timestamp");
        // A ContentInfo begins with an object identifier, a TimeStampResp with a PKIStatusInfo.
        boolean bare = read instanceof ASN1Sequence sequence
                && sequence.size() > 0
                && sequence.getObjectAt(0) instanceof ASN1ObjectIdentifier;
        SignedData data = SignedData.parse(bare ? read : tokenOf(read));
        return new ParsedToken(data, TstInfo.parse(data.content()));
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

    @Override
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

    @Override
    public boolean claimsToBeOf(List<TimestampAuthority> authorities) {
        return authorities.stream().anyMatch(authority -> signerBy(authority).isPresent());
    }

    /** The certificate that the signer says is its own: the authority's, where the authority has one, else a brought one. */
    private Optional<Certificate> signerBy(TimestampAuthority authority) {
        for (Certificate one : authority.signer().map(List::of).orElse(data.certificates())) {
            if (data.signer().id().names(one)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean names(byte[] stamped) {
        return AlgorithmId.hash(info.hashAlgorithm())
                .map(hash -> isImprint(hash, stamped))
                .orElse(false);
    }

    private boolean isImprint(Hash hash, byte[] stamped) {
        return Arrays.equals(hash.of(stamped), info.hashedMessage());
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
        if (!isImprint(hash, stamped)) {
            throw new UnprovenException(
                    Rejection.TIMESTAMP_INVALID, "the timestamp is over something else than this signature");
        }
    }
}
