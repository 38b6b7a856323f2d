package dev.pratique.attestations.transparency;

import dev.pratique.attestations.key.Validity;
import java.time.Instant;
import java.util.Optional;

/** That a trusted log has an entry about a signature: what {@link TransparencyLog#verify} verified, and nothing else. */
public final class LoggedEntry {
    private final TransparencyLog log;
    private final long index;
    private final Optional<Instant> integratedTime;

    LoggedEntry(TransparencyLog log, long index, Optional<Instant> integratedTime) {
        this.log = log;
        this.index = index;
        this.integratedTime = integratedTime;
    }

    /** Whose it is; those who count logs count these. */
    public TransparencyLog log() {
        return log;
    }

    /** Its number, under the log's promise; without one its place in the tree that was proved. */
    public long index() {
        return index;
    }

    /**
     * When the log took it, only where the log promised that (a signed entry timestamp that verified), within the validity of
     * the log's key.
     */
    public Optional<Instant> integratedTime() {
        return integratedTime;
    }

    /**
     * When the log's key counts. Where there is no {@link #integratedTime} nothing here says when the log signed; whoever has
     * another trusted time compares it.
     */
    public Validity validity() {
        return log.validity();
    }

    @Override
    public String toString() {
        return "entry " + index + " of " + log.name();
    }
}
