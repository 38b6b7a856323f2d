package dev.pratique.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.config.ConfigDir;
import dev.pratique.config.ConfigWatch;
import dev.pratique.config.Loaded;
import dev.pratique.config.Purpose;
import dev.pratique.config.Snapshot;
import dev.pratique.proxy.upstream.TestCertificates;
import dev.pratique.proxy.upstream.TestCertificates.Issued;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS listeners and their clients, from the files of the configuration to the answers and the decision log. */
class TlsListenersTest {
    private static final String APP = "/v2/demo.example/acme/app/manifests/1.0";

    @TempDir
    Path directory;

    private final InstantSource clock = InstantSource.system();
    private TestCertificates authority;
    private DemoWorld world;
    private ConfigWatch watch;
    private ProxyServer server;

    @BeforeEach
    void start() throws Exception {
        authority = new TestCertificates();
        world = new DemoWorld(directory, clock.instant(), 0);
        write("ca.pem", pem("CERTIFICATE", authority.authority().getEncoded()));
        show(issued("first"));
        users("ci-1");
        Path proxy = world.config().resolve("proxy.yaml");
        String[] lines = Files.readString(proxy).split("\n");
        StringBuilder kept = new StringBuilder("""
                listen:
                  - name: nodes
                    address: 127.0.0.1:0
                    tls: {certificate: tls.pem, key: tls.key}
                    clients: {certificates: ca.pem, passwords: users}
                """);
        boolean listening = false;
        for (String line : lines) {
            listening = line.startsWith("listen:") || listening && line.startsWith(" ");
            kept.append(listening ? "" : line + "\n");
        }
        Files.writeString(proxy, kept);
        Path policy = world.config().resolve("policy.yaml");
        Files.writeString(policy, """
                environments:
                  prod: {match: {clientCertificate: "spiffe://acme/prod/**"}}
                  robots: {match: {user: "ci-*"}}
                """ + Files.readString(policy));
        watch = new ConfigWatch(world.config(), Map.of());
        server = ProxyServer.start(snapshot(watch.load()), clock, Map.of(), System.out, "test");
    }

    @AfterEach
    void stop() {
        server.close();
        world.close();
    }

    private static Snapshot snapshot(Loaded loaded) {
        return loaded.fold(valid -> valid, problems -> {
            throw new AssertionError(problems);
        });
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(world.config().resolve(file), text);
    }

    private void show(Issued issued) throws Exception {
        write("tls.pem", pem("CERTIFICATE", issued.certificate().getEncoded()));
        write("tls.key", pem("PRIVATE KEY", issued.key().getEncoded()));
    }

    private void users(String... names) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            lines.append(name)
                    .append(':')
                    .append(OpenBSDBCrypt.generate("2y", "secret".toCharArray(), new byte[16], 4))
                    .append('\n');
        }
        write("users", lines.toString());
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private Issued issued(String name) throws Exception {
        return authority.issue("CN=" + name, 30, new GeneralName(GeneralName.dNSName, "localhost"));
    }

    private HttpResponse<String> get(SSLContext tls, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("https://localhost:" + server.listeners().get(0).getPort() + APP));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newBuilder()
                .sslContext(tls)
                .build()
                .send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String operator(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.operator().getPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    private String shown(SSLContext tls) throws Exception {
        X509Certificate certificate =
                (X509Certificate) get(tls).sslSession().orElseThrow().getPeerCertificates()[0];
        return certificate.getSubjectX500Principal().getName();
    }

    @Test
    void knows_its_clients_and_writes_down_who_they_were_and_never_their_passwords() throws Exception {
        SSLContext node =
                authority.client(authority.issue("CN=n", 30, new GeneralName(6, "spiffe://acme/prod/node-1")));
        SSLContext nobody = authority.client(null);
        assertThat(server.listening()).startsWith("https://127.0.0.1:");
        assertThat(get(nobody).statusCode()).isEqualTo(401);
        assertThat(get(nobody, "User-Agent", "containerd/2.0", "Authorization", basic("ci-9"))
                        .statusCode())
                .isEqualTo(300);
        assertThat(get(node).statusCode()).isEqualTo(200);
        assertThat(get(nobody, "Authorization", basic("ci-1")).statusCode()).isEqualTo(200);
        assertThat(operator("/metrics")).contains("reason=\"UNAUTHORIZED\"");
        server.close();
        String log = Files.readString(directory.resolve("store/decisions.jsonl"));
        assertThat(log)
                .contains(
                        "\"client\":\"127.0.0.1\",\"certificate\":\"spiffe://acme/prod/node-1\",\"environment\":\"prod\"")
                .contains("\"client\":\"127.0.0.1\",\"user\":\"ci-1\",\"environment\":\"robots\"")
                .doesNotContain(basic("ci-1").substring(6), "secret");
    }

    @Test
    void what_was_read_to_judge_by_is_never_served() throws Exception {
        Snapshot judging = snapshot(ConfigDir.load(world.config(), Map.of(), Purpose.JUDGE));
        String why = "the listener nodes was read without its certificate and users";
        server.reload(judging);
        assertThat(get(authority.client(null)).statusCode()).isEqualTo(401);
        assertThat(operator("/readyz")).contains(why);
        server.close();
        assertThatThrownBy(() -> ProxyServer.start(judging, clock, Map.of(), System.out, "test"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(why);
    }

    @Test
    void takes_a_renewed_certificate_and_keeps_the_old_one_while_the_new_one_is_wrong() throws Exception {
        ConfigFollower follower = new ConfigFollower(watch, server);
        SSLContext client = authority.client(null);
        assertThat(shown(client)).isEqualTo("CN=first");
        Issued second = issued("second");
        write("tls.pem", pem("CERTIFICATE", second.certificate().getEncoded()));
        follower.run();
        assertThat(shown(client)).as("its key is not there yet").isEqualTo("CN=first");
        assertThat(operator("/readyz")).contains("listen[0].tls.key is not the key of the first certificate");
        assertThat(operator("/metrics")).contains("pratique_config_problems 1.0");
        show(second);
        follower.run();
        assertThat(shown(client)).isEqualTo("CN=second");
        assertThat(operator("/readyz")).doesNotContain("problems");
        double end = second.certificate().getNotAfter().toInstant().getEpochSecond();
        assertThat(operator("/metrics"))
                .contains("pratique_certificate_not_after_timestamp_seconds{listener=\"nodes\"} " + end);
        show(authority.issue("CN=third", -1, new GeneralName(GeneralName.dNSName, "localhost")));
        follower.run();
        assertThat(shown(client)).isEqualTo("CN=second");
        assertThat(operator("/readyz")).contains("has expired on");
    }

    @Test
    void lets_a_removed_user_in_no_more() throws Exception {
        ConfigFollower follower = new ConfigFollower(watch, server);
        SSLContext client = authority.client(null);
        assertThat(get(client, "Authorization", basic("ci-1")).statusCode()).isEqualTo(200);
        users("ci-2", "ci-3");
        follower.run();
        assertThat(get(client, "Authorization", basic("ci-1")).statusCode()).isEqualTo(401);
        assertThat(get(client, "Authorization", basic("ci-2")).statusCode()).isEqualTo(200);
    }

    @Test
    void a_listener_that_moves_goes_on_asking_whom_it_asked_until_the_restart_that_moves_it() throws Exception {
        ConfigFollower follower = new ConfigFollower(watch, server);
        Path proxy = world.config().resolve("proxy.yaml");
        Path policy = world.config().resolve("policy.yaml");
        Files.writeString(
                policy,
                Files.readString(policy)
                        .replaceFirst("(?m)^environments:\\n", "")
                        .replaceAll("(?m)^  (prod|robots): \\{match.*\\n", ""));
        Files.writeString(
                proxy,
                Files.readString(proxy)
                        .replace("127.0.0.1:0\n    tls: {certificate: tls.pem, key: tls.key}", "127.0.0.2:0")
                        .replace("    clients: {certificates: ca.pem, passwords: users}\n", ""));
        follower.run();
        assertThat(operator("/readyz")).doesNotContain("problems");
        assertThat(get(authority.client(null)).statusCode()).isEqualTo(401);
        assertThat(get(authority.client(null), "Authorization", basic("ci-1")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void credentials_do_not_come_into_force_while_a_port_is_open_to_everybody_that_only_a_restart_closes()
            throws Exception {
        server.close();
        Path proxy = world.config().resolve("proxy.yaml");
        Path policy = world.config().resolve("policy.yaml");
        Files.writeString(
                policy,
                Files.readString(policy)
                        .replaceFirst("(?m)^environments:\\n", "")
                        .replaceAll("(?m)^  (prod|robots): \\{match.*\\n", ""));
        Files.writeString(
                proxy,
                Files.readString(proxy)
                        .replace("127.0.0.1:0\n    tls: {certificate: tls.pem, key: tls.key}", "0.0.0.0:0")
                        .replace("    clients: {certificates: ca.pem, passwords: users}\n", ""));
        server = ProxyServer.start(snapshot(watch.load()), clock, Map.of(), System.out, "test");
        ConfigFollower follower = new ConfigFollower(watch, server);
        write("password", "secret");
        Files.writeString(
                proxy,
                Files.readString(proxy).replace("0.0.0.0:0", "127.0.0.1:0").replaceFirst("(?m)^upstreams:\\n", """
                                upstreams:
                                  private.example:
                                    url: https://private.example
                                    credentials: {username: u, password: {file: password}}
                                """));
        follower.run();
        assertThat(operator("/readyz"))
                .contains(
                        "is still open at 0.0.0.0:0, and whoever reaches it would pull with the upstreams' credentials");
    }

    @Test
    void a_listener_that_the_configuration_loses_goes_on_asking_whom_it_asked() throws Exception {
        ConfigFollower follower = new ConfigFollower(watch, server);
        Path proxy = world.config().resolve("proxy.yaml");
        Files.writeString(proxy, Files.readString(proxy).replace("name: nodes", "name: others"));
        follower.run();
        assertThat(operator("/readyz")).doesNotContain("problems");
        assertThat(get(authority.client(null)).statusCode()).isEqualTo(401);
        assertThat(get(authority.client(null), "Authorization", basic("ci-1")).statusCode())
                .isEqualTo(200);
    }
}
