package dev.pratique.proxy.upstream;

/**
 * Whether a body comes fast enough. Only the time in which bytes were asked for counts: a full disk queue of ours is not the
 * upstream's fault. For one event loop.
 */
final class BodyProgress {
    /** A body that brings less than this in a whole idle period has stopped for practical purposes (UPS-09, drip). */
    private static final int MIN_BYTES = 1024;

    private final long periodNanos;
    private boolean wanting;
    private long wantingSince;
    private long wantedNanos;
    private long received;
    private long receivedBefore;

    /** @param periodNanos length of the periods that {@link #stalled} is asked after */
    BodyProgress(long periodNanos) {
        this.periodNanos = periodNanos;
    }

    /** Bytes so far. */
    long received() {
        return received;
    }

    void receive(int bytes) {
        received += bytes;
    }

    boolean wanting() {
        return wanting;
    }

    void want() {
        wanting = true;
        wantingSince = System.nanoTime();
    }

    void rest() {
        if (wanting) {
            wantedNanos += System.nanoTime() - wantingSince;
            wanting = false;
        }
    }

    /** Whether next to nothing came in the period that ends now, although it was asked for; begins the next one. */
    boolean stalled() {
        boolean more = wanting;
        rest();
        boolean stalled = wantedNanos >= periodNanos / 10 * 9 && received - receivedBefore < MIN_BYTES;
        wantedNanos = 0;
        receivedBefore = received;
        if (more) {
            want();
        }
        return stalled;
    }
}
