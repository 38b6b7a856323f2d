package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;

/** What a metadata file is read as, once its role's keys have signed it. */
@FunctionalInterface
interface MetadataForm<T> {

    T of(SignedMetadata metadata) throws MalformedEvidenceException;

    /**
     * The file, if its role signed it.
     *
     * @param what its name, for people
     * @throws TufException MALFORMED or SIGNATURES
     */
    default T verified(byte[] bytes, RoleKeys keys, String what, int maxBytes) throws TufException {
        try {
            SignedMetadata metadata = SignedMetadata.parse(bytes, what, maxBytes);
            keys.verify(metadata, what);
            return of(metadata);
        } catch (MalformedEvidenceException e) {
            throw new TufException(Reason.MALFORMED, what + ": " + e.getMessage(), e);
        }
    }
}
