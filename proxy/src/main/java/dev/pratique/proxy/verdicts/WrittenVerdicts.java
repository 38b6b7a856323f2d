package dev.pratique.proxy.verdicts;

import java.util.List;
import java.util.Optional;

/**
 * Some of the verdicts on disk, in the order of their subjects.
 *
 * @param verdicts of any revision; they may have ended
 * @param readTo the subject that was read last, where there is more; whatever is up to it has been read
 */
public record WrittenVerdicts(List<Written> verdicts, Optional<String> readTo) {
    public WrittenVerdicts {
        verdicts = List.copyOf(verdicts);
    }

    /** One of them. */
    public record Written(VerdictKey key, StoredVerdict verdict) {}
}
