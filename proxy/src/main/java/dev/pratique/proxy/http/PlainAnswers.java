package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.relay.RelayRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Answers that are neither content nor refusals. Stateless. */
final class PlainAnswers {
    private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);

    private PlainAnswers() {}

    /** {@code /v2/}: distribution-spec, "Determining Support". */
    static ChannelFuture base(ChannelHandlerContext ctx, HttpRequest head, boolean keepAlive) {
        boolean empty = head.method().equals(HttpMethod.HEAD);
        ByteBuf body = empty ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(EMPTY_OBJECT);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, EMPTY_OBJECT.length)
                .set(RefusalWriter.API_VERSION_HEADER, RefusalWriter.API_VERSION);
        RefusalWriter.setKeepAlive(response, keepAlive);
        return ctx.writeAndFlush(response);
    }

    /**
     * Whether this admitted content may be answered by 304: the client has it, and the upstream's word for it is fresh.
     * A resolver that takes anything but 200 for an error is answered 200.
     */
    static boolean notModified(HttpRequest head, Admission admission, Face face) {
        String held = head.headers().get(HttpHeaderNames.IF_NONE_MATCH);
        if (held == null || admission.confirmation() != Admission.Confirmation.CURRENT) {
            return false;
        }
        if (face.refusal().statusFor(RefusalWriter.userAgent(head)).isPresent()) {
            return false;
        }
        String digest = admission.digest().toString();
        for (String tag : held.split(",", -1)) {
            String bare = tag.trim();
            // RFC 9110 section 13.1.2: If-None-Match compares weakly.
            bare = bare.startsWith("W/") ? bare.substring(2) : bare;
            if (bare.equals('"' + digest + '"')) {
                return true;
            }
        }
        return false;
    }

    static ChannelFuture notModified(ChannelHandlerContext ctx, Admission admission, boolean keepAlive) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_MODIFIED, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.ETAG, '"' + admission.digest().toString() + '"')
                .set("docker-content-digest", admission.digest().toString());
        RefusalWriter.setKeepAlive(response, keepAlive);
        return ctx.writeAndFlush(response);
    }

    /** What the relay needs to know of a request. */
    static RelayRequest relayed(HttpRequest head, Admission admission, boolean keepAlive) {
        String ifRange = head.headers().get(HttpHeaderNames.IF_RANGE);
        // RFC 9110 section 13.1.5: a range counts only for the very content that the client has a part of.
        boolean sameContent =
                ifRange == null || ifRange.equals('"' + admission.digest().toString() + '"');
        String range = sameContent ? head.headers().get(HttpHeaderNames.RANGE) : null;
        return new RelayRequest(head.method().equals(HttpMethod.HEAD), keepAlive, range);
    }
}
