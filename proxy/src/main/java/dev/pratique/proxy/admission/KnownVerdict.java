package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A verdict that would be used now.
 *
 * @param requirements what was required, as {@code Requirements.id} names it
 * @param rules names of the rules that are about the repository and require this
 * @param environment one whose clients it is about; empty where no rule names one
 * @param since when it was decided, or read from disk
 * @param until from when it is used no more
 * @param evidenceFoundAt when evidence was last looked for; empty where none was needed, or nobody wrote it down
 */
public record KnownVerdict(
        Repository repository,
        Digest digest,
        String requirements,
        List<String> rules,
        Optional<String> environment,
        Verdict verdict,
        Instant since,
        Instant until,
        Optional<Instant> evidenceFoundAt) {
    public KnownVerdict {
        rules = List.copyOf(rules);
    }

    /** What orders them, and what a list goes on after. */
    String subject() {
        return repository + "\n" + digest + "\n" + requirements;
    }
}
