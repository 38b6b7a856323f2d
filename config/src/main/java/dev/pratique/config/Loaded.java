package dev.pratique.config;

import java.util.List;
import java.util.function.Function;

/** What came of reading a configuration directory. */
public sealed interface Loaded {

    /**
     * It is in order.
     *
     * @param effective what the snapshot was made of
     */
    record Valid(Snapshot snapshot, EffectiveConfig effective) implements Loaded {
        @Override
        public <T> T fold(Function<Snapshot, T> valid, Function<List<Problem>, T> invalid) {
            return valid.apply(snapshot);
        }
    }

    /**
     * It is not, and nothing of it is used.
     *
     * @param problems of all files, in their order; never empty
     */
    record Invalid(List<Problem> problems) implements Loaded {
        public Invalid {
            problems = problems.stream().sorted().distinct().toList();
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("invalid without a problem");
            }
        }

        @Override
        public <T> T fold(Function<Snapshot, T> valid, Function<List<Problem>, T> invalid) {
            return invalid.apply(problems);
        }
    }

    /** One of the two. */
    <T> T fold(Function<Snapshot, T> valid, Function<List<Problem>, T> invalid);
}
