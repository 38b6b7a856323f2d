package dev.pratique.proxy.upstream;

import java.time.Instant;
import java.time.InstantSource;

/** What all calls to one registry have in common. Thread safe. */
record Site(
        UpstreamSettings settings,
        Origin own,
        Transport transport,
        Connections connections,
        Authenticator authenticator,
        String userAgent,
        InstantSource clock,
        UpstreamEvents events) {

    Instant now() {
        return clock.instant();
    }
}
