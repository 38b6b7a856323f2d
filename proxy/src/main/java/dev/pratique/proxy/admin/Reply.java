package dev.pratique.proxy.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * Answers one request of the operator's port, with the headers that keep a browser from doing anything but showing it.
 *
 * @param method of the request
 * @param keepAlive whether the connection may be used again
 * @param accept the Accept header; empty where there is none
 */
record Reply(FullHttpRequest request, HttpMethod method, boolean keepAlive, String accept) {
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    static Reply to(FullHttpRequest request) {
        String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
        return new Reply(request, request.method(), HttpUtil.isKeepAlive(request), accept);
    }

    boolean wantsJson() {
        return accept.contains("application/json") && !accept.contains("text/html");
    }

    /** Whether a parameter is fit to be a name in a rule, in the ledger and on a page. */
    static boolean plain(String text) {
        return text.length() <= 128 && text.chars().allMatch(c -> c >= ' ' && c < 127);
    }

    void text(ChannelHandlerContext ctx, int status, String text) {
        send(ctx, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), "no-store");
    }

    void json(ChannelHandlerContext ctx, int status, byte[] json) {
        send(ctx, status, "application/json", json, "no-store");
    }

    void html(ChannelHandlerContext ctx, int status, String html) {
        send(ctx, status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8), "no-store");
    }

    void metrics(ChannelHandlerContext ctx, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(ctx, 200, "text/plain; version=0.0.4; charset=utf-8", bytes, "no-store");
    }

    void style(ChannelHandlerContext ctx, byte[] css) {
        send(ctx, 200, "text/css; charset=utf-8", css, "max-age=300");
    }

    private void send(ChannelHandlerContext ctx, int status, String type, byte[] body, String cache) {
        boolean empty = method.equals(HttpMethod.HEAD);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                empty ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, cache)
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer");
        if (keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            var unused = ctx.writeAndFlush(response);
        } else {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
