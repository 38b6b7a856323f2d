package dev.pratique.attestations.testing;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * Random cases that can be had again: each run has its own seed, which every failing assertion should show. Run one alone
 * with {@code -Dpratique.seed=SEED}; a smaller case is found by running more seeds.
 */
public final class Generator {
    private final String property;
    private final long seed;
    private final Random random;

    private Generator(String property, long seed) {
        this.property = property;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** So many runs, or the one of {@code pratique.seed}. */
    public static Iterable<Generator> runs(String property, int count) {
        Long only = Long.getLong("pratique.seed");
        if (only != null) {
            return List.of(new Generator(property, only));
        }
        // Another day sees other cases, one commit's build the same ones: the seed is in every message.
        long first = property.hashCode() * 1_000_003L + Long.getLong("pratique.seeds", 1);
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public Generator next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new Generator(property, first + next++);
            }
        };
    }

    /** From 0 to bound - 1. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    public boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    public String text(String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = below(longest + 1); i > 0; i--) {
            text.append(alphabet.charAt(below(alphabet.length())));
        }
        return text.toString();
    }

    public byte[] bytes(int longest) {
        byte[] bytes = new byte[below(longest + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    @SafeVarargs
    public final <T> T oneOf(T... values) {
        return values[below(values.length)];
    }

    public <T> T oneOf(List<T> values) {
        return values.get(below(values.size()));
    }

    /** Each element with this chance, in order. */
    public <T> List<T> someOf(List<T> values, int percent) {
        List<T> some = new ArrayList<>();
        for (T value : values) {
            if (chance(percent)) {
                some.add(value);
            }
        }
        return some;
    }

    @Override
    public String toString() {
        return property + ", -Dpratique.seed=" + seed;
    }
}
