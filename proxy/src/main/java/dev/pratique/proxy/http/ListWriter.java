package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.DiscoveryAnswer.Listed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Optional;

/** Sends a list (distribution-spec, "Listing Tags" and "Listing Referrers"). Stateless. */
final class ListWriter {
    private ListWriter() {}

    /** @return empty where there is no room for the list; nothing was written then */
    static Optional<ChannelFuture> write(
            ChannelHandlerContext ctx, HttpRequest head, Listed list, boolean keepAlive, ListBudget budget) {
        boolean empty = head.method().equals(HttpMethod.HEAD);
        int room = empty ? 0 : list.body().length;
        if (!budget.take(room)) {
            return Optional.empty();
        }
        ByteBuf body = empty ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(list.body());
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, list.mediaType())
                .set(HttpHeaderNames.CONTENT_LENGTH, list.body().length)
                .set(RefusalWriter.API_VERSION_HEADER, RefusalWriter.API_VERSION)
                // What is listed, and for whom, may be another thing in a moment.
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("x-content-type-options", "nosniff");
        // RFC 8288; a path alone, so that nothing of the Host header gets into it.
        list.next().ifPresent(next -> response.headers().set("link", "<" + next + ">; rel=\"next\""));
        list.filter().ifPresent(filter -> response.headers().set("oci-filters-applied", filter));
        RefusalWriter.setKeepAlive(response, keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        written.addListener(done -> budget.give(room));
        return Optional.of(written);
    }
}
