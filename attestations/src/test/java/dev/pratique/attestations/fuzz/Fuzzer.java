package dev.pratique.attestations.fuzz;

import java.util.Locale;

/** What Jazzer calls, by these names: {@code .ci/nightly fuzz} starts it once for each target. */
public final class Fuzzer {
    private static FuzzTarget target = FuzzTarget.JSON;

    private Fuzzer() {}

    /** @param arguments the id of the target */
    public static void fuzzerInitialize(String[] arguments) {
        target = FuzzTarget.valueOf(arguments[0].toUpperCase(Locale.ROOT).replace('-', '_'));
        // Keys are made and classes loaded before anybody looks at the time that an input takes.
        Seeds.committed(target).values().forEach(target::take);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        target.take(input);
    }
}
