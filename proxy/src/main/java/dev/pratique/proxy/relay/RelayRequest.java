package dev.pratique.proxy.relay;

import org.jspecify.annotations.Nullable;

/**
 * What of an HTTP request matters to the relay.
 *
 * @param head whether it is a HEAD
 * @param keepAlive whether the connection may have another request afterwards
 * @param range the Range header, or null; null too where there are several, or If-Range names anything but the digest
 */
public record RelayRequest(
        boolean head, boolean keepAlive, @Nullable String range) {}
