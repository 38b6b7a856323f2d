package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.image.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** That an authority saw these very bytes at a time. Made by {@link TimestampToken#prove} only. Immutable. */
public final class VerifiedTimestamp {
    private final String authority;
    private final Digest authorityKey;
    private final Instant time;
    private final Optional<Duration> accuracy;

    VerifiedTimestamp(TimestampAuthority authority, TstInfo info) {
        this.authority = authority.name();
        this.authorityKey = authority.key();
        this.time = info.time();
        this.accuracy = info.accuracy();
    }

    /** The authority's time (genTime), as it says it. */
    public Instant time() {
        return time;
    }

    /** How far from {@link #time} the true time may lie, to either side, if the authority says so. */
    public Optional<Duration> accuracy() {
        return accuracy;
    }

    /** The authority's name, for people. */
    public String authority() {
        return authority;
    }

    /**
     * What authorities are counted by: SHA-256 over the key of the root that it leads to. Two tokens of one authority are
     * one, and so are tokens of two signers under one root.
     */
    public Digest authorityKey() {
        return authorityKey;
    }
}
