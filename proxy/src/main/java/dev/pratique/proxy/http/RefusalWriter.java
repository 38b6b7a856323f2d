package dev.pratique.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Tells a client why it gets no content, with the status at which that client stops. Stateless.
 */
final class RefusalWriter {
    static final String API_VERSION_HEADER = "docker-distribution-api-version";
    static final String API_VERSION = "registry/2.0";

    private RefusalWriter() {}

    /**
     * Writes the whole answer.
     *
     * @param keepAlive false: the answer says that the connection ends with it
     */
    static ChannelFuture write(
            ChannelHandlerContext ctx, HttpRequest head, Refusal refusal, Face face, boolean keepAlive) {
        int code = status(head, refusal, face);
        byte[] json = refusal.body().bytes();
        boolean empty = head.method().equals(HttpMethod.HEAD);
        ByteBuf body = empty ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, new HttpResponseStatus(code, refusal.essence()), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, json.length)
                .set(API_VERSION_HEADER, API_VERSION)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("x-content-type-options", "nosniff");
        refusal.retryAfterSeconds().ifPresent(seconds -> response.headers().set(HttpHeaderNames.RETRY_AFTER, seconds));
        if (refusal.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        if (code == HttpResponseStatus.UNAUTHORIZED.code()) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, refusal.challenge());
        }
        setKeepAlive(response, keepAlive);
        return ctx.writeAndFlush(response);
    }

    // A fallback happens at resolve only, and only a status that the resolver does not take for "try another host"
    // prevents it; so everything about a manifest has that status, whoever's fault it was.
    private static int status(HttpRequest head, Refusal refusal, Face face) {
        if (!asksManifest(head.uri())) {
            return refusal.status();
        }
        // A resolver shows its password only when it is challenged. One that has shown a wrong one has no other,
        // and would take another challenge for a reason to ask elsewhere.
        if (!refusal.challenge().isEmpty() && !head.headers().contains(HttpHeaderNames.AUTHORIZATION)) {
            return refusal.status();
        }
        boolean cutShort = head.decoderResult().cause() instanceof TooLongFrameException;
        if (cutShort && !head.headers().contains(HttpHeaderNames.USER_AGENT)) {
            // Who asks was in the part that could not be read: it may be one that needs its own status.
            return face.refusal().statusByAgent().values().stream()
                    .min(Integer::compare)
                    .orElse(refusal.status());
        }
        return face.refusal().statusFor(userAgent(head)).orElse(refusal.status());
    }

    /** Whether the target looks like a manifest's, however broken the rest of it is. */
    static boolean asksManifest(String uri) {
        int query = uri.indexOf('?');
        return (query < 0 ? uri : uri.substring(0, query)).contains("/manifests/");
    }

    static String userAgent(HttpRequest head) {
        String agent = head.headers().get(HttpHeaderNames.USER_AGENT);
        return agent == null ? "" : agent;
    }

    static void setKeepAlive(FullHttpResponse response, boolean keepAlive) {
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }
}
