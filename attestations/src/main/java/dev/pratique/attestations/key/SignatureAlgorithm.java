package dev.pratique.attestations.key;

import org.jspecify.annotations.Nullable;

/**
 * How a key of one kind signs. A key has a handful of these and only those are ever tried that its owner said it signs with:
 * {@link VerificationKey#defaultAlgorithm} unless the operator names others.
 *
 * @param name as Sigstore's tools write it (sigstore/sigstore, algorithm_registry.go), for example
 *     {@code ecdsa-sha2-384-nistp384}; sizes and hashes that have no name there follow its pattern
 * @param hash of the message; Ed25519 has its own inside
 */
public record SignatureAlgorithm(String name, Scheme scheme, Hash hash) {

    /** What is computed from the hash and the key. */
    public enum Scheme {
        /** FIPS 186-5 section 6; the signature is DER (RFC 3279 section 2.2.3). */
        ECDSA,
        /** RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2). */
        RSA_PKCS1,
        /** RSASSA-PSS (RFC 8017 section 8.1), MGF1 with the same hash, a salt as long as the hash. */
        RSA_PSS,
        /** PureEdDSA (RFC 8032 section 5.1): the message itself is signed. */
        ED25519,
        /** HashEdDSA with SHA-512 and without a context (RFC 8032 section 5.1). */
        ED25519_PH
    }

    // Written out for the same reason as in Digest: every key compares these, in every process.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignatureAlgorithm that
                && name.equals(that.name)
                && scheme == that.scheme
                && hash == that.hash;
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
