package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import java.util.List;
import java.util.Optional;

/**
 * A token of a timestamp authority (RFC 3161) that nobody has looked at yet: what it says is not to be had before
 * {@link #prove} says it. Immutable, thread safe.
 */
public sealed interface TimestampToken permits ParsedToken, UnreadableToken {
    /**
     * Reads a TimeStampResp with a token in it, as Sigstore's bundles have it, or a bare token.
     *
     * @throws MalformedEvidenceException where it is neither, is larger than 64 KiB, or can be read in more than one way
     */
    static TimestampToken parse(byte[] der) throws MalformedEvidenceException {
        requireShort(der);
        return ParsedToken.parse(der);
    }

    /**
     * As {@link #parse}, of what came along with a signature. Strangers write tokens in forms of their own; whether one that
     * cannot be read says anything here is told by whom it names.
     *
     * @throws MalformedEvidenceException where it is larger than 64 KiB, or no ASN.1 sequence from its first byte to its last,
     *     which no form of a token is: it was cut, or never was one
     */
    static TimestampToken offered(byte[] der) throws MalformedEvidenceException {
        requireShort(der);
        try {
            return ParsedToken.parse(der);
        } catch (MalformedEvidenceException e) {
            if (!UnreadableToken.isSequence(der)) {
                throw e;
            }
            return new UnreadableToken(der.clone(), e);
        }
    }

    private static void requireShort(byte[] der) throws MalformedEvidenceException {
        if (der.length > TimestampLimits.MAX_BYTES) {
            throw new MalformedEvidenceException(
                    "the timestamp has " + der.length + " bytes; up to " + TimestampLimits.MAX_BYTES + " are read");
        }
    }

    /**
     * That a trusted authority saw these bytes, and when.
     *
     * @param stamped exactly what must have been stamped; for signatures the signature's own bytes
     * @param authorities who is trusted to say so
     * @return empty if the token is of an authority that is not among them: it says nothing here, neither for nor against
     * @throws UnprovenException where it is of one of them, by the certificate that its signer names, and does not hold
     *     ({@link Rejection#TIMESTAMP_INVALID})
     * @throws MalformedEvidenceException where it names one of them and cannot be read, or its signature is none of the signer's
     *     kind of key
     */
    Optional<VerifiedTimestamp> prove(byte[] stamped, List<TimestampAuthority> authorities)
            throws UnprovenException, MalformedEvidenceException;

    /** Whether it says that it is of one of these, by the certificate that its signer names; proves nothing. */
    boolean claimsToBeOf(List<TimestampAuthority> authorities);

    /** Whether it says that these bytes were stamped; proves nothing. */
    boolean names(byte[] stamped);
}
