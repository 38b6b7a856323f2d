package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code check --proxy}, over the very answers that the proxy's own tests hold it to. */
class CheckProxyTest {
    private static final Path ANSWERS = Path.of("../proxy/src/test/resources/golden");
    private static final String JSON = "application/json";

    @TempDir
    private Path home;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private TestTerminal terminal;
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() throws IOException {
        terminal = new TestTerminal(home);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answers(int status, String type, String body, String... headers) {
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            exchange.getResponseHeaders().set("Content-Type", type);
            for (int i = 0; i + 1 < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static String golden(String name) throws IOException {
        return Files.readString(ANSWERS.resolve(name)).strip();
    }

    private int check(String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"check", "--proxy", url, "up.example/acme/app:1.0"}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return terminal.run(args);
    }

    @Test
    void aRefusalReadsAsIfItWasJudgedHere() throws IOException {
        answers(200, JSON, golden("explain-refused.json"));
        assertThat(check("--environment", "prod")).isEqualTo(3);
        assertThat(asked).containsExactly("/api/v1/explain?image=up.example%2Facme%2Fapp%3A1.0&environment=prod");
        assertThat(terminal.out()).isEqualTo("""
                up.example/acme/app:unsigned
                digest:    sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73
                rule:      acme applications (environment default)
                asks for:  a signature by acme-ci
                asks for:  a base image of the catalog
                answer:    refused, UNSIGNED
                why:       no signature was found (signedBy: <script>alert(1)</script>)
                findings:
                  evidence: failed, no signature or attestation was found
                remedy:    sign it where it is built: pratique sign IMAGE --key KEY (or cosign sign)
                """);
    }

    @Test
    void theOtherAnswersHaveTheirExitCodes() throws IOException {
        answers(200, JSON, golden("explain-admitted.json"));
        assertThat(check()).isZero();
        assertThat(terminal.out()).contains("answer:    admitted\n", "identity: passed, signed by acme-ci [referrer");
        server.removeContext("/");
        answers(200, JSON, golden("explain-warned.json"));
        assertThat(check()).isZero();
        assertThat(terminal.out()).contains("answer:    admitted, OFF_CATALOG", "warning:   would be refused");
        server.removeContext("/");
        answers(200, JSON, golden("explain-undecided.json"));
        assertThat(check()).isEqualTo(4);
        assertThat(terminal.out())
                .contains("answer:    undecided\n", "why:       not every place where evidence may be");
        server.removeContext("/");
        answers(200, JSON, golden("explain-unknown-upstream.json"));
        assertThat(check()).isEqualTo(3);
        assertThat(terminal.out()).contains("answer:    refused, UNKNOWN_UPSTREAM", "rule:      none");
    }

    @Test
    void aProgramReadsTheSameDocumentAsOfACheckHere() throws IOException {
        answers(200, JSON, golden("explain-warned.json"));
        assertThat(check("-o", "json")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                {"schema":"pratique.check/v1","image":"up.example/acme/app:warned",\
                "digest":"sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",\
                "environment":"default","rule":"acme applications",\
                "requirements":["a signature by acme-ci","a base image of the catalog"],"answer":"admitted",\
                "reason":"OFF_CATALOG","warnings":["would be refused: OFF_CATALOG"],"findings":[\
                {"check":"IDENTITY","outcome":"PASSED","saw":"signed by acme-ci","where":"referrer sha256:1234"},\
                {"check":"BASE","outcome":"PASSED","saw":"stands on debian 12","where":"linux/amd64"}],\
                "remedy":"rebuild it on an approved base (pratique catalog list), or ask the catalog's owners to approve its base",\
                "revision":"0123456789ab"}
                """);
    }

    @Test
    void aProxyThatIsDownIsUnreachable() {
        server.stop(0);
        assertThat(check()).isEqualTo(69);
        assertThat(terminal.err())
                .contains("no proxy answers at " + url, "is it running?", "operator.address of its proxy.yaml");
    }

    @Test
    void thePortForClientsIsToldFromTheOperators() {
        answers(
                404,
                JSON,
                "{\"errors\":[{\"code\":\"UNSUPPORTED\"}]}",
                "Docker-Distribution-API-Version",
                "registry/2.0");
        assertThat(check()).isEqualTo(64);
        assertThat(terminal.err())
                .contains(
                        url + " is the port for those who pull, not the operator's",
                        "http://127.0.0.1:5061 by default");
    }

    @Test
    void whateverElseAnswersIsNoProxy() {
        answers(200, "text/html", "<html>");
        assertThat(check()).isEqualTo(69);
        assertThat(terminal.err()).contains("is no proxy of this version");
        server.removeContext("/");
        answers(200, JSON, "{\"schema\":\"pratique.explain/v2\",\"answer\":\"admitted\"}");
        assertThat(check()).isEqualTo(69);
        server.removeContext("/");
        answers(200, JSON, "{\"schema\":\"pratique.explain/v1\",\"answer\":\"perhaps\"}");
        assertThat(check()).isEqualTo(1);
        server.removeContext("/");
        answers(200, JSON, "[".repeat(5 << 20));
        assertThat(check()).isEqualTo(69);
        server.removeContext("/");
        answers(302, JSON, "", "Location", "http://127.0.0.1:1/");
        assertThat(check()).isEqualTo(69);
        server.removeContext("/");
        answers(403, "text/plain", "no");
        assertThat(check()).isEqualTo(77);
    }

    @Test
    void aProblemIsSaidInItsOwnWords() throws IOException {
        answers(
                400,
                "application/problem+json",
                "{\"type\":\"/problems/unknown-environment\",\"title\":\"no client is of this environment\","
                        + "\"status\":400,\"detail\":\"known here: default, prod\\u001b[2J\"}");
        assertThat(check("-e", "prd")).isEqualTo(64);
        assertThat(terminal.err())
                .contains("no client is of this environment", "hint: known here: default, prod?[2J")
                .doesNotContain("\u001b");
        server.removeContext("/");
        answers(400, "application/problem+json", golden("problem-wrong-parameter.json"));
        assertThat(check()).isEqualTo(1);
    }

    @Test
    void theCommandLineSaysOneThing() {
        for (String wrong : List.of(
                "127.0.0.1:5061",
                "ftp://x",
                "http://",
                "http://u:p@127.0.0.1:1",
                "http://127.0.0.1:1/api",
                "http://x?y",
                "::")) {
            assertThat(terminal.run("check", "--proxy", wrong, "up.example/a:1"))
                    .as(wrong)
                    .isEqualTo(64);
            assertThat(terminal.err()).contains("is not scheme, host and port of a proxy");
        }
        for (OptionSpec option : new CommandLine(new CheckCommand(terminal.terminal()))
                .getCommandSpec()
                .options()) {
            if (List.of("--proxy", "--environment", "--output", "--help").contains(option.longestName())) {
                continue;
            }
            String[] given = option.arity().max() == 0
                    ? new String[] {option.longestName()}
                    : new String[] {option.longestName(), home.resolve("x").toString()};
            assertThat(check(given)).as(option.longestName()).isEqualTo(64);
            assertThat(terminal.err()).contains(option.longestName() + " says nothing to a proxy");
        }
        assertThat(check("--config", home.toString())).isEqualTo(64);
        assertThat(terminal.err()).contains("--config says nothing to a proxy that judges by its own configuration");
        assertThat(check("--allow-http-registry")).isEqualTo(64);
        assertThat(asked).isEmpty();
    }
}
