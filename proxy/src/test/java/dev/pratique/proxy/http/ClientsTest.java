package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.Listener;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.admission.Requester;
import dev.pratique.proxy.upstream.TestCertificates;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientsTest {
    private static final String OK = "/v2/up.example/acme/app/manifests/ok";
    private static final String CONTAINERD = "User-Agent: containerd/1.7.28";
    private static final GeneralName PROD = new GeneralName(6, "spiffe://acme/prod/node-1");

    private final List<TlsFront> fronts = new ArrayList<>();

    static List<SslProvider> providers() {
        return TlsFront.providers();
    }

    @AfterEach
    void close() {
        fronts.forEach(TlsFront::close);
    }

    private TlsFront front(SslProvider provider, boolean certificates, boolean passwords) throws Exception {
        TlsFront front = new TlsFront(provider, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        fronts.add(front);
        front.show(
                front.issued("server"),
                new Listener.Clients(
                        certificates ? List.of(front.authority.authority()) : List.of(),
                        passwords ? TlsFront.USERS : Map.of()));
        return front;
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Wire.Answer ask(TlsFront front, SSLContext client, String... headers) throws Exception {
        try (Wire wire = front.client(client)) {
            return wire.get(OK, headers).read();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void a_certificate_of_the_authority_lets_in_and_its_name_is_the_environments_and_the_ledgers(SslProvider provider)
            throws Exception {
        TlsFront front = front(provider, true, false);
        SSLContext node = front.authority.client(front.authority.issue("CN=n", 30, PROD));
        // Three connections of one client: the later ones resume the session of the first.
        for (int i = 0; i < 3; i++) {
            assertThat(ask(front, node).status()).isEqualTo(200);
        }
        assertThat(front.bench.asked).hasSize(3);
        for (PullRequest asked : front.bench.asked) {
            assertThat(asked.environment()).isEqualTo("prod");
            assertThat(asked.client()).isEqualTo(new Requester("127.0.0.1", "", "spiffe://acme/prod/node-1"));
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void other_certificates_prove_nothing_and_the_client_is_told_why(SslProvider provider) throws Exception {
        TlsFront front = front(provider, true, false);
        TestCertificates stranger = new TestCertificates();
        TestCertificates.Issued foreign = stranger.issue("CN=n", 30, PROD);
        TestCertificates.Issued expired = front.authority.issue("CN=n", -1, PROD);
        Map<String, SSLContext> clients = Map.of(
                "it showed no certificate", front.authority.client(null),
                "the client's certificate has expired", front.authority.client(expired),
                "the client's certificate is not one that is trusted here", front.authority.client(foreign));
        for (var each : clients.entrySet()) {
            Wire.Answer answer = ask(front, each.getValue());
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("www-authenticate")).isEmpty();
            assertThat(answer.body()).contains("\"DENIED\"", "the client is not known: " + each.getKey());
            Wire.Answer resolver = ask(front, each.getValue(), CONTAINERD);
            assertThat(resolver.status()).isEqualTo(300);
            assertThat(resolver.phrase()).contains(each.getKey());
        }
        assertThat(front.bench.asked).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void an_authority_that_is_no_longer_asked_for_lets_nobody_in_on_a_connection_that_is_open(SslProvider provider)
            throws Exception {
        TlsFront front = front(provider, true, false);
        TestCertificates other = new TestCertificates();
        try (Wire wire = front.client(front.authority.client(front.authority.issue("CN=n", 30, PROD)))) {
            assertThat(wire.get(OK).read().status()).isEqualTo(200);
            front.show(front.issued("server"), new Listener.Clients(List.of(other.authority()), Map.of()));
            assertThat(wire.get(OK).read().status()).isEqualTo(403);
        }
    }

    @Test
    void who_shows_no_password_is_asked_for_one_on_every_path() throws Exception {
        TlsFront front = front(SslProvider.JDK, false, true);
        for (String path : List.of("/v2/", OK, "/v2/up.example/acme/app/blobs/sha256:" + "0".repeat(64), "/nothing")) {
            try (Wire wire = front.client()) {
                Wire.Answer answer = wire.get(path, CONTAINERD).read();
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.header("www-authenticate")).isEqualTo("Basic realm=\"pratique\", charset=\"UTF-8\"");
                assertThat(answer.body()).contains("\"UNAUTHORIZED\"");
                assertThat(wire.get(path, basic("ci-1", "secret")).read().status())
                        .as("the connection goes on")
                        .isNotEqualTo(401);
            }
        }
    }

    @Test
    void a_proven_password_is_hashed_once_and_its_user_is_the_environments_and_the_ledgers() throws Exception {
        TlsFront front = front(SslProvider.JDK, false, true);
        for (int i = 0; i < 3; i++) {
            try (Wire wire = front.client()) {
                assertThat(wire.get(OK, basic("ci-1", "secret")).read().status())
                        .isEqualTo(200);
                assertThat(wire.get(OK).read().status())
                        .as("each request shows its own")
                        .isEqualTo(401);
            }
        }
        assertThat(front.hashed).hasValue(1);
        assertThat(front.bench.asked).hasSize(3);
        assertThat(front.bench.asked.get(2).client()).isEqualTo(new Requester("127.0.0.1", "ci-1", ""));
        assertThat(front.bench.asked.get(2).environment()).isEqualTo("ci-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ci-1:Secret",
                "ci-1:",
                "ci-2:secret",
                ":secret",
                "ci-1",
                "ci-1:secret\u0000",
                "ci-1:secret\u0000secret",
                "CI-1:secret",
            })
    void wrong_passwords_prove_nothing_and_a_resolver_stops_there(String credentials) throws Exception {
        TlsFront front = front(SslProvider.JDK, false, true);
        String header = "Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        Wire.Answer answer = ask(front, front.authority.client(null), header);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body())
                .contains("its user name and password are not known")
                .doesNotContain("secret");
        assertThat(ask(front, front.authority.client(null), header, CONTAINERD).status())
                .isEqualTo(300);
        assertThat(front.bench.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic",
                "Basic ",
                "Basic !!!",
                "Bearer c2VjcmV0",
                "Digest username=ci-1",
                "Basicly Y2ktMTpzZWNyZXQ=",
                "Y2ktMTpzZWNyZXQ="
            })
    void other_schemes_prove_nothing(String value) throws Exception {
        TlsFront front = front(SslProvider.JDK, false, true);
        assertThat(ask(front, front.authority.client(null), "Authorization: " + value)
                        .status())
                .isEqualTo(401);
        assertThat(ask(front, front.authority.client(null), "Authorization: Basic " + "A".repeat(20_000))
                        .status())
                .isEqualTo(401);
        assertThat(front.bench.asked).isEmpty();
    }

    @Test
    void more_passwords_than_can_be_checked_are_told_to_come_again_while_known_ones_pass() throws Exception {
        TlsFront front = front(SslProvider.JDK, false, true);
        SSLContext client = front.authority.client(null);
        assertThat(ask(front, client, basic("ci-1", "secret")).status()).isEqualTo(200);
        front.busy = true;
        assertThat(ask(front, client, basic("ci-1", "guess")).status()).isEqualTo(503);
        assertThat(ask(front, client, basic("ci-1", "guess"), CONTAINERD).status())
                .isEqualTo(300);
        assertThat(ask(front, client, basic("ci-1", "secret")).status()).isEqualTo(200);
    }

    @Test
    void a_removed_user_is_out_at_once_even_if_its_password_is_being_checked() throws Exception {
        TlsFront front = front(SslProvider.JDK, false, true);
        SSLContext client = front.authority.client(null);
        assertThat(ask(front, client, basic("ci-1", "secret")).status()).isEqualTo(200);
        front.show(front.issued("server"), new Listener.Clients(List.of(), TlsFront.USERS));
        front.holding = true;
        try (Wire wire = front.client(client)) {
            wire.get(OK, basic("ci-1", "secret"));
            org.awaitility.Awaitility.await().until(() -> front.slow.size() == 1);
            front.show(
                    front.issued("server"),
                    new Listener.Clients(
                            List.of(),
                            Map.of("other", TlsFront.USERS.values().iterator().next())));
            front.holding = false;
            front.slow.remove().run();
            assertThat(wire.read().status()).isEqualTo(401);
        }
        assertThat(front.bench.asked).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void either_suffices_and_who_shows_both_goes_by_both_names(SslProvider provider) throws Exception {
        TlsFront front = front(provider, true, true);
        SSLContext node = front.authority.client(front.authority.issue("CN=n", 30, PROD));
        SSLContext nobody = front.authority.client(null);
        SSLContext expired = front.authority.client(front.authority.issue("CN=n", -1, PROD));
        assertThat(ask(front, node).status()).isEqualTo(200);
        assertThat(ask(front, nobody, basic("ci-1", "secret")).status()).isEqualTo(200);
        assertThat(ask(front, expired, basic("ci-1", "secret")).status()).isEqualTo(200);
        assertThat(ask(front, node, basic("ci-1", "secret")).status()).isEqualTo(200);
        assertThat(ask(front, node, basic("ci-1", "wrong")).status()).isEqualTo(200);
        assertThat(front.bench.asked)
                .extracting(PullRequest::client)
                .containsExactly(
                        new Requester("127.0.0.1", "", "spiffe://acme/prod/node-1"),
                        new Requester("127.0.0.1", "ci-1", ""),
                        new Requester("127.0.0.1", "ci-1", ""),
                        new Requester("127.0.0.1", "ci-1", "spiffe://acme/prod/node-1"),
                        new Requester("127.0.0.1", "", "spiffe://acme/prod/node-1"));
        assertThat(ask(front, expired).body())
                .contains("the client's certificate has expired, and it showed no password");
        assertThat(ask(front, nobody).status()).isEqualTo(401);
    }
}
