package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.FakeTimestampAuthority;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Timestamp tokens, for fuzzing. */
public final class TimestampInputs {
    private static final FakeTimestampAuthority FAKE = FakeTimestampAuthority.named("fuzzed");

    private TimestampInputs() {}

    /** Against an authority of nobody, and against whatever certificates the token brings, over bytes that nobody stamped. */
    public static Optional<VerifiedTimestamp> prove(byte[] input) throws MalformedEvidenceException, UnprovenException {
        byte[] stamped = {1, 2, 3};
        Optional<VerifiedTimestamp> forged = TimestampToken.offered(input).prove(stamped, List.of(FAKE.authority()));
        if (forged.isPresent()) {
            return forged;
        }
        ParsedToken token = ParsedToken.parse(input);
        List<TimestampAuthority> authorities = new ArrayList<>(List.of(FAKE.authority(), FAKE.rootOnly()));
        for (Certificate brought : token.brought()) {
            if (brought.isAuthority()) {
                authorities.add(new TimestampAuthority("brought", List.of(brought), Validity.ALWAYS));
            }
        }
        return token.prove(stamped, authorities);
    }
}
