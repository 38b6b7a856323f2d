package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A token in no form that is read. It may be a stranger's in another form, which says nothing here, or an authority's that was
 * damaged, which spoils: by the name of whom it says that it is of, wherever that stands.
 */
record UnreadableToken(byte[] der, MalformedEvidenceException why) implements TimestampToken {
    private static final int SEQUENCE = 0x30;
    private static final int LONG_LENGTH = 0x80;

    /** X.690 section 8.1: whether one SEQUENCE begins with the first byte and ends with the last, in BER or DER. */
    static boolean isSequence(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != SEQUENCE) {
            return false;
        }
        int first = bytes[1] & 0xff;
        if (first < LONG_LENGTH) {
            return bytes.length == 2 + first;
        }
        int count = first - LONG_LENGTH;
        // 8.1.3.6: the indefinite form, which two zero octets end.
        if (count == 0) {
            return bytes.length >= 4 && bytes[bytes.length - 1] == 0 && bytes[bytes.length - 2] == 0;
        }
        if (count > Integer.BYTES || bytes.length < 2 + count) {
            return false;
        }
        long length = new BigInteger(1, Arrays.copyOfRange(bytes, 2, 2 + count)).longValueExact();
        return bytes.length == 2 + count + length;
    }

    @Override
    public Optional<VerifiedTimestamp> prove(byte[] stamped, List<TimestampAuthority> authorities)
            throws MalformedEvidenceException {
        if (claimsToBeOf(authorities)) {
            throw new MalformedEvidenceException(why.getMessage(), why);
        }
        return Optional.empty();
    }

    @Override
    public boolean names(byte[] stamped) {
        return false;
    }

    @Override
    public boolean claimsToBeOf(List<TimestampAuthority> authorities) {
        return authorities.stream().anyMatch(authority -> authority.isNamedIn(der));
    }
}
