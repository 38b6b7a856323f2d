package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import org.bouncycastle.asn1.ASN1Encodable;

/** CMSAlgorithmProtection (RFC 6211 section 2): the algorithms, where nobody but the signer can have written them. */
record AlgorithmProtection(AlgorithmId digest, AlgorithmId signature) {
    private static final String WHAT = "the timestamp's algorithm protection";

    static AlgorithmProtection parse(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(value, 2, 3, WHAT);
        AlgorithmId digest = AlgorithmId.parse(parts.next(), WHAT);
        // "Exactly one of signatureAlgorithm or macAlgorithm is present": [1] and [2]; a signer has the first.
        if (!parts.nextIsTagged(1)) {
            throw new MalformedEvidenceException("the timestamp's algorithm protection is not for a signature");
        }
        AlgorithmId signature = AlgorithmId.parse(Der.implicitSequence(parts.next(), 1, WHAT), WHAT);
        parts.end();
        return new AlgorithmProtection(digest, signature);
    }

    /** Whether these are the algorithms; whether "no parameters" is written or not is all the same. */
    boolean isOf(AlgorithmId ofDigest, AlgorithmId ofSignature) {
        return digest.isSameAs(ofDigest) && signature.isSameAs(ofSignature);
    }
}
