package dev.pratique.proxy.http;

import dev.pratique.config.ClientNames;
import dev.pratique.proxy.admission.Requester;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The client at the other end of one connection. For the connection's event loop. */
final class Visitor {
    private static final Certificate[] NONE = {};

    private final Channel channel;
    private @Nullable Entrance judge;
    private ClientCertificates.Judged judged = ClientCertificates.Judged.nothing("");
    private ClientNames names = ClientNames.NONE;
    private @Nullable Requester requester;

    Visitor(Channel channel) {
        this.channel = channel;
    }

    /** What its certificate came to; judged once for each configuration, and again when that judgement has ended. */
    ClientCertificates.Judged certificateAt(Entrance entrance) {
        if (judge != entrance || !entrance.stillHolds(judged)) {
            judged = entrance.judge(certificates());
            judge = entrance;
        }
        return judged;
    }

    private Certificate[] certificates() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        try {
            return tls == null ? NONE : tls.engine().getSession().getPeerCertificates();
        } catch (SSLPeerUnverifiedException showedNone) {
            return NONE;
        }
    }

    /** For the ledger. */
    Requester called(ClientNames proved) {
        Requester known = requester;
        if (known == null || !names.equals(proved)) {
            known = new Requester(
                    known == null ? address() : known.address(),
                    proved.user().orElse(""),
                    proved.certificate().orElse(""));
            requester = known;
            names = proved;
        }
        return known;
    }

    /** Where it is, without port; {@code unknown} where its connection cannot say. */
    String address() {
        return channel.remoteAddress() instanceof InetSocketAddress address && !address.isUnresolved()
                ? address.getAddress().getHostAddress()
                : "unknown";
    }
}
