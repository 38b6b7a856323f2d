package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.relay.RelayOutcome;
import dev.pratique.proxy.relay.RelayRequest;
import io.netty.channel.ChannelHandlerContext;

/** Brings admitted content to the client. Called on the channel's event loop; never blocks. */
@FunctionalInterface
public interface Delivery {
    /** @param outcome told once, on the event loop, how it ended */
    void serve(ChannelHandlerContext ctx, Admission admission, RelayRequest request, RelayOutcome outcome);
}
