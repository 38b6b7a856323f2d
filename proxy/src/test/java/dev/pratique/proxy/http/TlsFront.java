package dev.pratique.proxy.http;

import dev.pratique.config.ClientNames;
import dev.pratique.config.Listener;
import dev.pratique.proxy.admission.KnownTargets;
import dev.pratique.proxy.upstream.TestCertificates;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.GeneralName;

/** A registry face over TLS whose certificate and clients a test can exchange while it runs. */
final class TlsFront implements AutoCloseable {
    /** Of {@code secret}, at the lowest cost. */
    static final Map<String, String> USERS = Map.of(
            "ci-1",
            org.bouncycastle.crypto.generators.OpenBSDBCrypt.generate("2y", "secret".toCharArray(), new byte[16], 4));

    final TestCertificates authority = new TestCertificates();
    final SslProvider provider;
    final FrontBench bench;
    final AtomicInteger hashed = new AtomicInteger();
    final Queue<Runnable> slow = new ArrayDeque<>();
    volatile boolean busy;
    volatile boolean holding;
    private volatile Face face;

    TlsFront(SslProvider provider, HttpLimits limits, Listener.Clients clients) throws Exception {
        this.provider = provider;
        this.face = face(issued("one"), clients);
        this.bench = new FrontBench(limits, () -> face);
    }

    /** Both libraries, where this machine has both. */
    static List<SslProvider> providers() {
        return ListenerTls.fastest() == SslProvider.JDK
                ? List.of(SslProvider.JDK)
                : List.of(SslProvider.OPENSSL, SslProvider.JDK);
    }

    Listener.Clients certificates() {
        return new Listener.Clients(List.of(authority.authority()), Map.of());
    }

    void show(TestCertificates.Issued server, Listener.Clients clients) {
        face = face(server, clients);
    }

    TestCertificates.Issued issued(String name) throws Exception {
        return authority.issue(
                "CN=" + name, 30, new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(7, "127.0.0.1"));
    }

    private Face face(TestCertificates.Issued server, Listener.Clients clients) {
        Executor executor = work -> {
            if (busy) {
                throw new RejectedExecutionException();
            }
            hashed.incrementAndGet();
            if (holding) {
                slow.add(work);
            } else {
                work.run();
            }
        };
        Function<ClientNames, String> environments =
                names -> names.certificate().orElse("").startsWith("spiffe://acme/prod/")
                        ? "prod"
                        : names.user().orElse("default");
        return new Face(
                FrontBench.FACE.upstreams(),
                environments,
                FrontBench.FACE.refusal(),
                Optional.empty(),
                new KnownTargets(FrontBench.FACE.upstreams()),
                Entrance.of(clients, executor, InstantSource.system()),
                Optional.of(ListenerTls.context(
                        new Listener.Tls(List.of(server.certificate()), server.key()),
                        clients.authorities(),
                        provider)));
    }

    SSLSocket connect(SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), bench.address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    Wire client(SSLContext context) throws IOException {
        return new Wire(connect(context));
    }

    /** A client that trusts the authority and shows nothing. */
    Wire client() throws Exception {
        return client(authority.client(null));
    }

    static X509Certificate shownBy(SSLSocket socket) throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    @Override
    public void close() {
        bench.close();
    }
}
