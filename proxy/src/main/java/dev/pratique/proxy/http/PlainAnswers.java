package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.relay.Relay;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    static ChannelFuture notModified(ChannelHandlerContext ctx, Admission admission, boolean keepAlive) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_MODIFIED, Unpooled.EMPTY_BUFFER);
        // RFC 9110 section 15.4.5: the Cache-Control and ETag that a 200 would have had.
        response.headers()
                .set(HttpHeaderNames.ETAG, Preconditions.entityTag(admission))
                .set(HttpHeaderNames.CACHE_CONTROL, Relay.CACHING)
                .set("docker-content-digest", admission.digest().toString());
        RefusalWriter.setKeepAlive(response, keepAlive);
        return ctx.writeAndFlush(response);
    }

    /** What the relay needs to know of a request. */
    static RelayRequest relayed(HttpRequest head, Admission admission, boolean keepAlive) {
        return new RelayRequest(head.method().equals(HttpMethod.HEAD), keepAlive, range(head, admission));
    }

    // Several Range headers are none (RFC 9110 section 14.2: "A server MAY ignore the Range header field").
    private static @Nullable String range(HttpRequest head, Admission admission) {
        if (!head.headers().contains(HttpHeaderNames.RANGE)) {
            return null;
        }
        List<String> ranges = head.headers().getAll(HttpHeaderNames.RANGE);
        return ranges.size() == 1 && Preconditions.rangeCounts(head, admission) ? ranges.get(0) : null;
    }
}
