package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.List;
import java.util.Optional;

/**
 * A token in no form that is read. It may be a stranger's in another form, which says nothing here, or an authority's that was
 * damaged, which spoils: by the name of whom it says that it is of, wherever that stands.
 */
record UnreadableToken(byte[] der, MalformedEvidenceException why) implements TimestampToken {

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
