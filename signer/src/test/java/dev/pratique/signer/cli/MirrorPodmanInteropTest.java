package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real skopeo obeys what {@code mirror podman} writes: it asks the proxy, and where that refuses, nobody. */
@Tag("interop")
class MirrorPodmanInteropTest {
    private static final String REFUSED =
            "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"UNSIGNED: no signature was found\"}]}";

    private static final String MANIFEST =
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                    + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":2,\"digest\":"
                    + "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"},\"layers\":[]}";

    @TempDir
    private Path home;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer proxy;
    private HttpServer other;

    @BeforeEach
    void start() throws Exception {
        proxy = server(asked, 403, "application/json", REFUSED);
        other = server(new CopyOnWriteArrayList<>(), 200, "application/vnd.oci.image.manifest.v1+json", MANIFEST);
    }

    private static HttpServer server(List<String> asked, int status, String type, String text) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            boolean base = path.equals("/v2/");
            byte[] body = base ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(base ? 200 : status, base ? -1 : body.length);
            if (!base) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    @AfterEach
    void stop() {
        proxy.stop(0);
        other.stop(0);
    }

    @Test
    void whatTheProxyRefusesIsAskedOfNobodyElse() throws Exception {
        assertThat(copy("docker://docker.io/nginx:1.27")).contains("denied: UNSIGNED");
        assertThat(asked).contains("/v2/docker.io/library/nginx/manifests/1.27");
        assertThat(asked).allMatch(path -> path.equals("/v2/") || path.startsWith("/v2/docker.io/library/nginx/"));
    }

    @Test
    void whatIsNotRemappedIsRefusedByThePolicyOrBlocked() throws Exception {
        assertThat(copy("docker://127.0.0.1:" + other.getAddress().getPort() + "/team/app:1", "--src-tls-verify=false"))
                .contains("is rejected by policy");
        assertThat(copy("docker://registry-1.docker.io/library/nginx:1")).contains("blocked");
        assertThat(asked).isEmpty();
    }

    private String copy(String image, String... more) throws Exception {
        Path files = home.resolve("etc");
        assertThat(new TestTerminal(home)
                        .run(
                                "mirror",
                                "podman",
                                "--proxy",
                                "http://127.0.0.1:" + proxy.getAddress().getPort(),
                                "--registry",
                                "docker.io",
                                "--output-dir",
                                files.toString()))
                .isZero();
        List<String> command = new ArrayList<>(List.of(
                skopeo(),
                "--registries-conf",
                files.resolve("registries.conf.d/999-pratique.conf").toString(),
                "--policy",
                files.resolve("policy.json").toString(),
                "copy"));
        command.addAll(List.of(more));
        command.addAll(List.of(image, "dir:" + home.resolve("image")));
        Path out = home.resolve("skopeo.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out);
        assertThat(process.exitValue()).as(said).isNotZero();
        return said;
    }

    private static String skopeo() {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "skopeo")));
        if (!there && System.getenv("CI") == null) {
            Assumptions.abort("skopeo is not installed");
        }
        return "skopeo";
    }
}
