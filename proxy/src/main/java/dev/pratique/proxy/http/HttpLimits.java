package dev.pratique.proxy.http;

import java.time.Duration;

/**
 * What a client may ask of the server before it is served anything.
 *
 * @param requestLine bytes of the request line
 * @param headers bytes of all header lines together
 * @param readSize most bytes read from a connection at once, which bounds how many pipelined requests wait in memory
 * @param head from the first byte of a request to the end of its headers, and for a TLS handshake
 * @param idle from the last answer, or the connection's start, to the first byte of a request
 * @param stalled how long a client may take nothing of an answer that is ready for it
 * @param connections open at once
 */
public record HttpLimits(
        int requestLine, int headers, int readSize, Duration head, Duration idle, Duration stalled, int connections) {

    /**
     * The request line: a name of 255, a sha512 digest and an {@code ns} need under 1 KiB. Headers: bearer tokens of
     * clients, which are thrown away unread, reach 16 KiB. Head: a client on a slow link sends one in a second or two.
     * Idle: longer than the 60 s that load balancers keep a connection, so that they close it first. Connections: below
     * the number of descriptors that service managers give, with room for upstreams and files.
     */
    public static final HttpLimits DEFAULT = new HttpLimits(
            8 << 10, 32 << 10, 16 << 10, Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(60), 8192);
}
