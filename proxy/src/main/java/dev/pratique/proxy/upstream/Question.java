package dev.pratique.proxy.upstream;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * What a call asks.
 *
 * @param repository to authenticate for where the upstream wants it; null for a token service, whose 401 is final
 * @param authorization to send from the start, or null
 * @param redirects that are followed
 */
record Question(
        HttpMethod method,
        Target target,
        String accept,
        @Nullable String repository,
        @Nullable String authorization,
        int redirects) {
    /** Registries redirect once, to their store; stores sometimes once more. */
    static final int MAX_REDIRECTS = 5;

    /** The request to one of the targets that the question is put to. */
    HttpRequest request(Target to, @Nullable String credentials, String userAgent) {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, to.path());
        HttpHeaders headers = request.headers();
        headers.set(HttpHeaderNames.HOST, to.origin().authority());
        headers.set(HttpHeaderNames.USER_AGENT, userAgent);
        headers.set(HttpHeaderNames.ACCEPT, accept);
        // Decoded bytes would have another digest.
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, "identity");
        if (credentials != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, credentials);
        }
        return request;
    }

    @Override
    public String toString() {
        return method + " " + target.origin() + target.path();
    }
}
