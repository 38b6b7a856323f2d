package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.publish.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the login for a registry comes from. */
class RegistryLoginTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private String key;
    private String name;
    private final Set<String> shown = new ConcurrentSkipListSet<>();

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home);
        registry = new TestRegistry(true);
        registry.image("team/app", "v1");
        TestKeys.write(home.resolve("ci"));
        key = home.resolve("ci.key").toString();
        name = registry.host() + "/team/app:v1";
        accept("Basic realm=\"x\"", basic("ci", "hunter2"));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void options_and_the_environment_come_first() throws Exception {
        login(home.resolve(".docker/config.json"), "other", "wrong");
        terminal.with("REG_PASSWORD", "hunter2");
        assertThat(sign("--registry-username", "ci", "--registry-password", "env://REG_PASSWORD"))
                .isZero();
        Path file = home.resolve("password");
        Files.writeString(file, "hunter2\n");
        assertThat(sign("--registry-username", "ci", "--registry-password", "file://" + file))
                .isZero();
        terminal.with("PRATIQUE_REGISTRY_USERNAME", "ci").with("PRATIQUE_REGISTRY_PASSWORD", "hunter2");
        assertThat(sign()).isZero();
        assertThat(shown).containsExactly(basic("ci", "hunter2"));
    }

    /** CLI-06. */
    @Test
    void a_password_in_the_arguments_is_refused_and_not_repeated() {
        for (String option : List.of("--registry-password", "--registry-token")) {
            assertThat(sign("--registry-username", "ci", option, "hunter2")).isEqualTo(64);
            assertThat(terminal.err())
                    .startsWith("pratique: " + option + " says where the secret is, not what it is")
                    .doesNotContain("hunter2");
        }
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void half_a_login_is_a_mistake() {
        assertThat(sign("--registry-username", "ci")).isEqualTo(64);
        assertThat(sign("--registry-password", "env://NOWHERE")).isEqualTo(64);
        assertThat(terminal.err()).contains("--registry-password: the variable that it names is not set");
        terminal.with("P", "x");
        assertThat(sign("--registry-password", "env://P")).isEqualTo(64);
        assertThat(sign("--registry-username", "ci", "--registry-token", "env://P"))
                .isEqualTo(64);
    }

    @Test
    void one_login_is_not_shown_to_two_registries() throws Exception {
        terminal.with("PRATIQUE_REGISTRY_USERNAME", "ci").with("PRATIQUE_REGISTRY_PASSWORD", "hunter2");
        assertThat(terminal.run("sign", "--key", key, name, "other.example/a:b"))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("the images are in 2 registries, and one login is given for all of them");
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void a_token_is_shown_as_it_is() {
        accept("Bearer realm=\"http://" + registry.host() + "/token\"", "Bearer abc.def");
        terminal.with("PRATIQUE_REGISTRY_TOKEN", "abc.def");
        assertThat(sign()).isZero();
        assertThat(registry.log()).noneMatch(line -> line.endsWith("/token"));
    }

    @Test
    void a_line_break_after_a_secret_is_not_part_of_it() throws Exception {
        accept("Bearer realm=\"http://" + registry.host() + "/token\"", "Bearer abc.def");
        terminal.with("T", "abc.def\r\n");
        assertThat(sign("--registry-token", "env://T")).isZero();
        Path file = home.resolve("auth.json");
        Files.writeString(file, "{\"auths\":{\"" + registry.host() + "\":{\"registrytoken\":\"abc.def\\n\"}}}");
        assertThat(terminal.with("REGISTRY_AUTH_FILE", file.toString()).run("sign", "--key", key, name))
                .isZero();
        terminal.with("PRATIQUE_REGISTRY_TOKEN", "abc.def\n");
        assertThat(sign()).isZero();
        assertThat(shown).containsExactly("Bearer abc.def");
    }

    @Test
    void what_is_no_token_is_said_and_not_repeated() throws Exception {
        accept("Bearer realm=\"http://" + registry.host() + "/token\"", "Bearer abc.def");
        terminal.with("PRATIQUE_DEBUG", "1").with("T", "abc\ndef");
        assertThat(sign("--registry-token", "env://T")).isEqualTo(64);
        assertThat(terminal.err())
                .contains("the token that is given for the registry is none")
                .doesNotContain("abc", "def");
        Path file = home.resolve("auth.json");
        Files.writeString(file, "{\"auths\":{\"" + registry.host() + "\":{\"registrytoken\":\"abc\\ndef\"}}}");
        terminal.with("REGISTRY_AUTH_FILE", file.toString());
        assertThat(sign()).isEqualTo(1);
        assertThat(terminal.err()).contains("a registrytoken is no token").doesNotContain("abc\ndef");
        assertThat(shown).isEmpty();
    }

    /** UPS-04: a scheme's own port may be said or left out; any other one is somebody else. */
    @ParameterizedTest
    @CsvSource({"80, true", "8080, false"})
    void a_redirect_to_the_default_port_keeps_the_login_and_to_another_port_loses_it(int port, boolean keeps) {
        // The test's registry is the proxy: it is asked for what it does not have the name of.
        terminal.with("HTTP_PROXY", "http://" + registry.host())
                .with("PRATIQUE_REGISTRY_USERNAME", "ci")
                .with("PRATIQUE_REGISTRY_PASSWORD", "hunter2");
        Set<String> redirected = new ConcurrentSkipListSet<>();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if ("moved".equals(exchange.getRequestURI().getQuery())) {
                redirected.add(header);
                return false;
            }
            if (path.equals("/v2/")) {
                return false;
            }
            exchange.getRequestBody().readAllBytes();
            if (!header.equals(basic("ci", "hunter2"))) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                TestRegistry.answer(exchange, 401, null, new byte[0]);
                return true;
            }
            if (path.endsWith("/manifests/v1")) {
                exchange.getResponseHeaders().set("Location", "http://registry.invalid:" + port + path + "?moved");
                TestRegistry.answer(exchange, 307, null, new byte[0]);
                return true;
            }
            return false;
        });
        terminal.run("sign", "--key", key, "--dry-run", "--allow-http-registry", "registry.invalid/team/app:v1");
        assertThat(redirected).containsExactly(keeps ? basic("ci", "hunter2") : "null");
    }

    /** containers-auth.json(5) and Docker's own order: what comes first in this list counts. */
    @Test
    void files_are_looked_at_in_the_order_of_the_containers_tools() throws Exception {
        Path explicit = home.resolve("explicit.json");
        Path run = home.resolve("run/containers/auth.json");
        Path config = home.resolve(".config/containers/auth.json");
        Path docker = home.resolve(".docker/config.json");
        terminal.with("XDG_RUNTIME_DIR", home.resolve("run").toString());
        List<Path> order = List.of(explicit, run, config, docker);
        for (int first = order.size() - 1; first >= 0; first--) {
            for (int i = 0; i < order.size(); i++) {
                Files.deleteIfExists(order.get(i));
                if (i >= first) {
                    login(order.get(i), "ci", i == first ? "hunter2" : "wrong");
                }
            }
            if (first == 0) {
                terminal.with("REGISTRY_AUTH_FILE", explicit.toString());
            }
            assertThat(sign()).as("%s first", order.get(first)).isZero();
        }
        // Docker's variable for pipelines stands before all of them.
        login(explicit, "ci", "wrong");
        terminal.with("DOCKER_AUTH_CONFIG", json("ci", "hunter2"));
        assertThat(sign()).isZero();
    }

    @Test
    void the_oldest_form_is_read_last() throws Exception {
        String auth = basic("ci", "hunter2").substring("Basic ".length());
        Files.writeString(
                home.resolve(".dockercfg"), "{\"https://" + registry.host() + "/v1/\":{\"auth\":\"" + auth + "\"}}");
        assertThat(sign()).isZero();
    }

    @Test
    void a_proxy_of_the_environment_is_used_and_shown_its_login() throws Exception {
        // The test's registry is the proxy: it is asked for what it does not have the name of.
        registry.trouble(exchange -> {
            shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Proxy-Authorization")));
            return false;
        });
        terminal.with("HTTP_PROXY", "http://out:s%40cret@" + registry.host());
        assertThat(terminal.run("sign", "--key", key, "--allow-http-registry", "registry.invalid/team/app:v1"))
                .isZero();
        assertThat(shown).containsExactly(basic("out", "s@cret"));
        terminal.with("NO_PROXY", "registry.invalid");
        assertThat(terminal.run("sign", "--key", key, "--allow-http-registry", "registry.invalid/team/app:v1"))
                .isEqualTo(69);
        assertThat(terminal.out() + terminal.err()).doesNotContain("s@cret", "s%40cret");
    }

    private int sign(String... options) {
        List<String> command = new java.util.ArrayList<>(List.of("sign", "--key", key));
        command.addAll(List.of(options));
        command.add(name);
        return terminal.run(command.toArray(new String[0]));
    }

    private void login(Path file, String user, String password) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, json(user, password));
    }

    private String json(String user, String password) {
        String auth = basic(user, password).substring("Basic ".length());
        return "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"" + auth + "\"}}}";
    }

    private void accept(String challenge, String accepted) {
        registry.trouble(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/v2/")) {
                return false;
            }
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            if (header != null) {
                shown.add(header);
            }
            if (accepted.equals(header)) {
                return false;
            }
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
