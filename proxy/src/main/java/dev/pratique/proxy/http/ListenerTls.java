package dev.pratique.proxy.http;

import dev.pratique.config.Listener;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS towards clients. Stateless. */
public final class ListenerTls {
    /** All with forward secrecy and authenticated encryption (RFC 9325 section 4.2); both libraries have them. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** HTTP/2 has no reason phrase, which is all that some clients show of a refusal: it is never offered. */
    private static final ApplicationProtocolConfig HTTP_1_1 = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_1_1);

    private ListenerTls() {}

    /** BoringSSL where this machine has it, which is several times as fast; else the Java runtime's own. */
    public static SslProvider fastest() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /**
     * For new connections.
     *
     * @param authorities whose certificates clients are asked for; empty: for none
     * @throws IllegalStateException where this machine cannot use a key or certificate that was found in order
     */
    public static SslContext context(Listener.Tls tls, List<X509Certificate> authorities, SslProvider provider) {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(tls.key(), tls.chain())
                    .sslProvider(provider)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(HTTP_1_1);
            if (!authorities.isEmpty()) {
                builder.clientAuth(ClientAuth.OPTIONAL).trustManager(new JudgedLater(authorities));
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up with this certificate and key", e);
        }
    }

    /**
     * Lets every certificate through the handshake, where only the possession of its key is proved; {@link
     * ClientCertificates} judges it before the first request is looked at. A handshake that fails is to a resolver what a
     * proxy that is down is, and it asks elsewhere; an answer can say why, with the status at which it stops.
     */
    private static final class JudgedLater extends X509ExtendedTrustManager {
        private final X509Certificate[] authorities;

        JudgedLater(List<X509Certificate> authorities) {
            this.authorities = authorities.toArray(new X509Certificate[0]);
        }

        /** So that a client with several certificates knows which one is meant. */
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authorities.clone();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException("this is a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw new UnsupportedOperationException("this is a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw new UnsupportedOperationException("this is a server");
        }
    }
}
