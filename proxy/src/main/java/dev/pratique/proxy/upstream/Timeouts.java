package dev.pratique.proxy.upstream;

import java.time.Duration;

/**
 * How long an upstream may take (UPS-09).
 *
 * @param connect a TCP connection, and again the TLS handshake
 * @param headers from the request until the answer's headers
 * @param idle a body that brings next to nothing for this long is given up
 * @param total the whole of one answer, redirects and authentication included
 */
public record Timeouts(Duration connect, Duration headers, Duration idle, Duration total) {
    /** Ten gigabytes at three megabytes a second take an hour. */
    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofHours(1));

    public Timeouts {
        for (Duration each : new Duration[] {connect, headers, idle, total}) {
            if (each.isNegative() || each.isZero()) {
                throw new IllegalArgumentException("a timeout is longer than zero");
            }
        }
    }
}
