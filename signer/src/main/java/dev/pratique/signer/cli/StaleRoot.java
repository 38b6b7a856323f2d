package dev.pratique.signer.cli;

import dev.pratique.config.ConfiguredRoot;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.Snapshot;
import java.time.Instant;
import java.util.Optional;

/** What is said of a trusted root of which nothing says any more that it is the newest. */
final class StaleRoot {
    private StaleRoot() {}

    /** One line; empty where it is fresh, is what the operator's files say, or was never fetched. */
    static Optional<String> line(ConfiguredRoot root, Instant now) {
        return root.standing()
                .filter(standing -> standing.isStale(now))
                .map(standing -> "since " + standing.expires() + " nothing says that it is the newest; "
                        + meaning(root.refreshed().orElseThrow()));
    }

    private static String meaning(RefreshedRoot root) {
        return switch (root.whenStale()) {
            case USE -> "it is used all the same (whenStale: use)";
            case UNDECIDED -> "what rests on it is undecided (whenStale: undecided)";
        };
    }

    /** What trust.yaml asks of it and an update took away. */
    static String lacks(ConfiguredRoot root) {
        return String.join("; ", root.lacking());
    }

    /** Warns of each that a signer rests on. */
    static void warn(Task task, Snapshot snapshot) {
        Instant now = task.terminal().clock().instant();
        for (ConfiguredRoot root : snapshot.roots()) {
            if (root.inUse()) {
                line(root, now)
                        .ifPresent(line -> task.warn(
                                "the root " + root.name() + " is stale: " + line + "; see: pratique trust update"));
            }
            if (root.inUse() && !root.lacking().isEmpty()) {
                task.warn("what rests on the root " + root.name() + " is refused: " + lacks(root)
                        + "; see: pratique trust show");
            }
            if (root.inUse() && root.material().isEmpty()) {
                task.warn("the root " + root.name()
                        + " was never fetched: what rests on it is undecided; see: pratique trust update");
            }
        }
    }
}
