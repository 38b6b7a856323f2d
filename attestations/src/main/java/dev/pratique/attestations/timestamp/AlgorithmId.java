package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.Hash;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;

/** An AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
record AlgorithmId(ASN1ObjectIdentifier algorithm, Optional<ASN1Encodable> parameters) {

    static AlgorithmId parse(ASN1Encodable value, String what) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(value, 1, 2, what);
        ASN1ObjectIdentifier algorithm = Der.oid(parts.next(), what);
        return new AlgorithmId(algorithm, parts.hasNext() ? Optional.of(parts.next()) : Optional.empty());
    }

    /**
     * The algorithm, which has no parameters. RFC 5754 section 2: "Implementations MUST accept SHA2 AlgorithmIdentifiers with
     * absent parameters" and "with NULL parameters".
     */
    ASN1ObjectIdentifier withoutParameters() throws MalformedEvidenceException {
        if (parameters.isPresent() && !DERNull.INSTANCE.equals(parameters.get())) {
            throw new MalformedEvidenceException("a hash algorithm of the timestamp has parameters");
        }
        return algorithm;
    }

    /** The hash of this name, where it is one of SHA-2's that signatures are verified with: SHA-1 is not. */
    static Optional<Hash> hash(ASN1ObjectIdentifier algorithm) {
        if (NISTObjectIdentifiers.id_sha256.equals(algorithm)) {
            return Optional.of(Hash.SHA_256);
        }
        if (NISTObjectIdentifiers.id_sha384.equals(algorithm)) {
            return Optional.of(Hash.SHA_384);
        }
        return NISTObjectIdentifiers.id_sha512.equals(algorithm) ? Optional.of(Hash.SHA_512) : Optional.empty();
    }

    /** Whether both are one algorithm, be no parameters absent or NULL. */
    boolean isSameAs(AlgorithmId other) {
        return algorithm.equals(other.algorithm)
                && parameters.filter(AlgorithmId::says).equals(other.parameters.filter(AlgorithmId::says));
    }

    private static boolean says(ASN1Encodable parameters) {
        return !DERNull.INSTANCE.equals(parameters);
    }
}
