package dev.pratique.proxy.e2e.rig;

import java.util.Arrays;

/** Ends what a test class started, as far as it got. */
public final class Ending {
    private Ending() {}

    /** Closes each that is there, in this order, even where one fails. */
    public static void all(AutoCloseable... started) {
        AssertionError failed = new AssertionError("not everything could be ended");
        for (AutoCloseable one : started) {
            if (one != null) {
                try {
                    one.close();
                } catch (Exception e) {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed.getSuppressed().length > 0) {
            throw new AssertionError(Arrays.toString(failed.getSuppressed()), failed);
        }
    }
}
