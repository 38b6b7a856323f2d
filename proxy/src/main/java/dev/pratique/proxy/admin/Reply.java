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
 * Answers one request of the operator's port, with the headers that keep a browser from doing anything but showing it. On
 * the channel's event loop.
 *
 * @param target of the request line
 * @param keepAlive whether the connection may be used again
 * @param accept the Accept header; empty where there is none
 * @param pages whether people look here: a problem is then a page where the client wants one
 */
record Reply(
        ChannelHandlerContext ctx, HttpMethod method, String target, boolean keepAlive, String accept, boolean pages) {
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    static Reply to(FullHttpRequest request, ChannelHandlerContext ctx, boolean pages) {
        String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
        // Where a request ends that could not be read, nobody knows.
        boolean keepAlive = !request.decoderResult().isFailure() && HttpUtil.isKeepAlive(request);
        return new Reply(ctx, request.method(), request.uri(), keepAlive, accept, pages);
    }

    boolean wantsJson() {
        return accept.contains("application/json") && !accept.contains("text/html");
    }

    void text(int status, String text) {
        send(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), "no-store");
    }

    void json(int status, byte[] json) {
        send(status, "application/json", json, "no-store");
    }

    void html(int status, String html) {
        send(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8), "no-store");
    }

    void metrics(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(200, "text/plain; version=0.0.4; charset=utf-8", bytes, "no-store");
    }

    void style(byte[] css) {
        send(200, "text/css; charset=utf-8", css, "max-age=300");
    }

    void problem(ProblemDetails problem) {
        ProblemType type = problem.type();
        if (pages && accept.contains("text/html")) {
            String more = problem.detail().isEmpty() ? "" : problem.detail() + "; ";
            html(type.status(), Pages.message(type.title(), more + type.remedy()));
        } else {
            send(type.status(), ProblemDetails.MEDIA_TYPE, problem.json(target), "no-store");
        }
    }

    private void send(int status, String type, byte[] body, String cache) {
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
                .set("referrer-policy", "no-referrer")
                .set("cross-origin-resource-policy", "same-origin");
        if (status == ProblemType.METHOD_NOT_ALLOWED.status()) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        if (status == ProblemType.BUSY.status()) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        if (keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            var unused = ctx.writeAndFlush(response);
            ctx.channel().config().setAutoRead(true);
        } else {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
