package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The signature algorithm of a CMS signer together with its digest algorithm. A name that has a hash in it must have the
 * signer's own: RFC 5652 section 5.4 digests once, with the digest algorithm.
 */
record SignatureSuite(Scheme scheme, Hash hash) {
    private static final int MGF = 1;
    private static final int SALT_LENGTH = 2;

    private record Named(Scheme scheme, Optional<Hash> hash) {
        static Named of(Scheme scheme, Hash hash) {
            return new Named(scheme, Optional.of(hash));
        }
    }

    private static final Map<ASN1ObjectIdentifier, Named> NAMED = Map.of(
            // RFC 5754 section 3.3: parameters are absent.
            X9ObjectIdentifiers.ecdsa_with_SHA256, Named.of(Scheme.ECDSA, Hash.SHA_256),
            X9ObjectIdentifiers.ecdsa_with_SHA384, Named.of(Scheme.ECDSA, Hash.SHA_384),
            X9ObjectIdentifiers.ecdsa_with_SHA512, Named.of(Scheme.ECDSA, Hash.SHA_512),
            // RFC 3370 section 3.2: rsaEncryption, with the hash of the digest algorithm; RFC 5754 section 3.2: with
            // the hash in the name.
            PKCSObjectIdentifiers.rsaEncryption, new Named(Scheme.RSA_PKCS1, Optional.empty()),
            PKCSObjectIdentifiers.sha256WithRSAEncryption, Named.of(Scheme.RSA_PKCS1, Hash.SHA_256),
            PKCSObjectIdentifiers.sha384WithRSAEncryption, Named.of(Scheme.RSA_PKCS1, Hash.SHA_384),
            PKCSObjectIdentifiers.sha512WithRSAEncryption, Named.of(Scheme.RSA_PKCS1, Hash.SHA_512),
            // RFC 4056 section 2.2
            PKCSObjectIdentifiers.id_RSASSA_PSS, new Named(Scheme.RSA_PSS, Optional.empty()),
            // RFC 8419 section 3.1: with signed attributes the digest algorithm is SHA-512.
            EdECObjectIdentifiers.id_Ed25519, Named.of(Scheme.ED25519, Hash.SHA_512));

    /** @throws UnprovenException where the algorithms are not verified with, or do not fit each other */
    static SignatureSuite of(AlgorithmId signature, Hash digest) throws UnprovenException, MalformedEvidenceException {
        Named named = NAMED.get(signature.algorithm());
        if (named == null) {
            throw invalid("the timestamp's signature algorithm is not verified (ECDSA and RSA with SHA-256, SHA-384 and"
                    + " SHA-512, and Ed25519 are)");
        }
        if (named.hash().isPresent() && named.hash().get() != digest) {
            throw invalid("the timestamp's signature algorithm has another hash than its digest algorithm");
        }
        if (named.scheme() == Scheme.RSA_PSS) {
            checkPss(signature.parameters(), digest);
        } else if (signature.parameters().isPresent()
                && !DERNull.INSTANCE.equals(signature.parameters().get())) {
            throw new MalformedEvidenceException("the timestamp's signature algorithm has parameters");
        }
        return new SignatureSuite(named.scheme(), digest);
    }

    // RFC 4055 section 3.1 has the form. As everywhere here, one hash for the message, the digest and MGF1, and a salt
    // as long as it.
    private static void checkPss(Optional<ASN1Encodable> parameters, Hash digest)
            throws UnprovenException, MalformedEvidenceException {
        String what = "the parameters of the timestamp's RSASSA-PSS signature";
        if (parameters.isEmpty()) {
            throw new MalformedEvidenceException(what + " are missing");
        }
        Der.Elements parts = Der.sequence(parameters.get(), 3, 3, what);
        AlgorithmId hash = AlgorithmId.parse(Der.explicit(parts.next(), 0, what), what);
        AlgorithmId mask = AlgorithmId.parse(Der.explicit(parts.next(), MGF, what), what);
        if (mask.parameters().isEmpty() || !PKCSObjectIdentifiers.id_mgf1.equals(mask.algorithm())) {
            throw new MalformedEvidenceException(what + " have another mask than MGF1");
        }
        AlgorithmId maskHash = AlgorithmId.parse(mask.parameters().get(), what);
        boolean fits = AlgorithmId.hash(hash.withoutParameters()).equals(Optional.of(digest))
                && AlgorithmId.hash(maskHash.withoutParameters()).equals(Optional.of(digest))
                && Der.integer(Der.explicit(parts.next(), SALT_LENGTH, what), what)
                        .hasValue(digest.bytes());
        if (!fits) {
            throw invalid(
                    "the timestamp's RSASSA-PSS signature has another hash than its digest algorithm, or a salt that"
                            + " is not as long as that");
        }
    }

    /** Whether this key made this signature over these bytes in this way. */
    boolean verify(VerificationKey key, byte[] message, byte[] signature) throws MalformedEvidenceException {
        Optional<SignatureAlgorithm> algorithm = key.algorithms().stream()
                .filter(one -> one.scheme() == scheme)
                .filter(one -> one.scheme() == Scheme.ED25519 || one.hash() == hash)
                .findFirst();
        return algorithm.isPresent()
                && key.verify(algorithm.get(), message, signature) == VerificationKey.Verified.BY_THIS_KEY;
    }

    private static UnprovenException invalid(String saw) {
        return new UnprovenException(Rejection.TIMESTAMP_INVALID, saw);
    }
}
