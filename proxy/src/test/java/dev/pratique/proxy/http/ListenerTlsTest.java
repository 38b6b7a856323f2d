package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.config.Listener;
import dev.pratique.proxy.upstream.TestCertificates;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListenerTlsTest {
    private static final String OK = "/v2/up.example/acme/app/manifests/ok";
    private static final HttpLimits HASTY =
            new HttpLimits(8192, 32768, 16384, Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(1), 3);

    private final List<TlsFront> fronts = new ArrayList<>();

    static List<SslProvider> providers() {
        return TlsFront.providers();
    }

    private TlsFront front(SslProvider provider, HttpLimits limits) throws Exception {
        TlsFront front = new TlsFront(provider, limits, Listener.Clients.ANYBODY);
        fronts.add(front);
        return front;
    }

    @AfterEach
    void close() {
        fronts.forEach(TlsFront::close);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void speaks_TLS_1_3_and_1_2_and_nothing_older(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            SSLSocket socket = front.connect(front.authority.client(null));
            socket.setEnabledProtocols(new String[] {version});
            try (Wire wire = new Wire(socket)) {
                assertThat(wire.get(OK).read().body()).isEqualTo("content");
                assertThat(wire.get("/v2/up.example/acme/app/manifests/unsigned")
                                .read()
                                .status())
                        .isEqualTo(403);
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
        }
        assertThat(front.bench.asked).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void never_agrees_on_HTTP_2(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        for (List<String> offered : List.of(List.of("h2", "http/1.1"), List.of("h2"), List.<String>of())) {
            SSLSocket socket = front.connect(front.authority.client(null));
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(offered.toArray(String[]::new));
            socket.setSSLParameters(parameters);
            try (Wire wire = new Wire(socket)) {
                wire.get("/v2/").read();
                assertThat(socket.getApplicationProtocol()).isIn("http/1.1", "");
                assertThat(socket.getApplicationProtocol()).isEqualTo(offered.contains("http/1.1") ? "http/1.1" : "");
            }
        }
        HttpClient client = HttpClient.newBuilder()
                .sslContext(front.authority.client(null))
                .version(HttpClient.Version.HTTP_2)
                .build();
        var request = java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("https://localhost:" + front.bench.address.getPort() + "/v2/"))
                .build();
        assertThat(client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                        .version())
                .isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void who_speaks_plain_HTTP_is_told_so_with_the_status_at_which_a_resolver_stops(SslProvider provider)
            throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        try (Wire wire = front.bench.client()) {
            Wire.Answer answer = wire.get(OK).read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("this port speaks HTTPS");
            assertThat(wire.ended()).isTrue();
        }
        try (Wire wire = front.bench.client()) {
            assertThat(wire.get(OK, "User-Agent: containerd/1.7.28").read().status())
                    .isEqualTo(300);
        }
        assertThat(front.bench.asked).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void HTTP_06_slow_and_broken_handshakes_are_sent_away(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HASTY);
        byte[] beginning = {0x16, 3, 1, 2, 0, 1, 0, 1};
        try (Wire silent = front.bench.client();
                Wire half = front.bench.client();
                Socket broken = new Socket()) {
            half.send(new String(beginning, java.nio.charset.StandardCharsets.ISO_8859_1));
            broken.connect(new InetSocketAddress("127.0.0.1", front.bench.address.getPort()));
            broken.setSoTimeout(10_000);
            broken.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 4, 9, 9, 9, 9, 0x16, 3, 1});
            assertThat(silent.ended()).isTrue();
            assertThat(half.ended()).isTrue();
            broken.getInputStream().readAllBytes();
        }
        try (Wire wire = front.client()) {
            wire.send("GET /v2/ HTT");
            assertThat(wire.ended()).as("a slow head within TLS").isTrue();
        }
        try (Wire wire = front.client()) {
            assertThat(wire.get(OK).read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void more_connections_than_the_limit_are_told_so_over_TLS_too(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HASTY);
        List<Wire> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(front.client());
            assertThat(open.get(i).get("/v2/").read().status()).isEqualTo(200);
        }
        try (Wire more = front.client()) {
            assertThat(more.get(OK).read().status()).isEqualTo(503);
            assertThat(more.ended()).isTrue();
        }
        for (Wire wire : open) {
            wire.close();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void a_request_with_a_body_is_answered_and_the_last_over_TLS_too(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        try (Wire wire = front.client()) {
            wire.get(OK, "Content-Length: 5").send("helloGET " + OK + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(wire.read().status()).isEqualTo(400);
            assertThat(wire.ended()).isTrue();
        }
        assertThat(front.bench.asked).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void a_renewed_certificate_is_for_new_connections_and_open_ones_live_on(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        SSLSocket old = front.connect(front.authority.client(null));
        try (Wire wire = new Wire(old)) {
            wire.get("/v2/").read();
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger pulls = new AtomicInteger();
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                load.add(CompletableFuture.runAsync(() -> {
                    while (!stop.get()) {
                        try (Wire each = front.client()) {
                            assertThat(each.get(OK).read().status()).isEqualTo(200);
                            assertThat(each.get(OK).read().status()).isEqualTo(200);
                            pulls.incrementAndGet();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }
                }));
            }
            for (int i = 0; i < 20; i++) {
                TestCertificates.Issued next = front.issued("renewed-" + i);
                front.show(next, Listener.Clients.ANYBODY);
                int before = pulls.get();
                SSLSocket fresh = front.connect(front.authority.client(null));
                fresh.startHandshake();
                assertThat(TlsFront.shownBy(fresh)).isEqualTo(next.certificate());
                fresh.close();
                org.awaitility.Awaitility.await().until(() -> pulls.get() > before + 1);
            }
            stop.set(true);
            load.forEach(CompletableFuture::join);
            assertThat(wire.get(OK).read().status()).isEqualTo(200);
            assertThat(TlsFront.shownBy(old).getSubjectX500Principal().getName())
                    .isEqualTo("CN=one");
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void what_is_under_way_over_TLS_finishes_when_the_server_stops(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        try (Wire idle = front.client();
                Wire busy = front.client()) {
            idle.get("/v2/").read();
            busy.get("/v2/up.example/acme/app/manifests/held");
            org.awaitility.Awaitility.await().until(() -> front.bench.held.size() == 1);
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> front.bench.server.drain(Duration.ofSeconds(10)));
            assertThat(idle.ended()).isTrue();
            front.bench.held.forEach(Runnable::run);
            assertThat(busy.read().status()).isEqualTo(200);
            assertThat(busy.ended()).isTrue();
            assertThat(drained.get()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void weak_ciphers_and_old_protocols_find_no_server(SslProvider provider) throws Exception {
        TlsFront front = front(provider, HttpLimits.DEFAULT);
        SSLSocket socket = front.connect(front.authority.client(null));
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.setEnabledCipherSuites(
                new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"});
        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        assertThat(front.bench.asked).isEmpty();
    }
}
