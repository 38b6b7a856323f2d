package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.pratique.signer.publish.TestRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry with a certificate of a private authority that wants one of its clients, made by openssl. */
@Tag("interop")
class ClientCertificateInteropTest {
    private static final char[] PASSWORD = "store".toCharArray();

    @TempDir
    private Path directory;

    private ForeignTools tools;
    private TestTerminal terminal;
    private TestRegistry behind;
    private HttpsServer server;
    private String image;

    @BeforeEach
    void start() throws Exception {
        tools = new ForeignTools(directory);
        terminal = new TestTerminal(directory);
        TestKeys.write(directory.resolve("ci"));
        tools.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=authority",
                "-keyout",
                file("ca.key"),
                "-out",
                file("ca.pem"));
        issue("server", "subjectAltName=IP:127.0.0.1");
        issue("client", "extendedKeyUsage=clientAuth");
        tools.run(
                "openssl",
                "pkcs12",
                "-export",
                "-in",
                file("server.pem"),
                "-inkey",
                file("server.key"),
                "-passout",
                "pass:store",
                "-out",
                file("server.p12"));
        behind = new TestRegistry(true);
        behind.image("team/app", "v1");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext tls = serverTls();
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/", exchange -> {
            try (exchange) {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(URI.create("http://" + behind.host() + exchange.getRequestURI()));
                String type = exchange.getRequestHeaders().getFirst("Content-Type");
                if (type != null) {
                    request.header("Content-Type", type);
                }
                request.method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
                HttpResponse<byte[]> answer =
                        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                for (String name : new String[] {"Location", "OCI-Subject", "Docker-Content-Digest"}) {
                    answer.headers()
                            .firstValue(name)
                            .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
                }
                TestRegistry.answer(
                        exchange,
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(null),
                        answer.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        image = "127.0.0.1:" + server.getAddress().getPort() + "/team/app:v1";
    }

    @AfterEach
    void stop() {
        server.stop(0);
        behind.close();
        tools.close();
    }

    @Test
    void who_shows_the_certificate_is_let_in_and_nobody_else() throws Exception {
        assertThat(sign(
                        "--registry-cacert",
                        file("ca.pem"),
                        "--registry-client-cert",
                        file("client.pem"),
                        "--registry-client-key",
                        file("client.key")))
                .as(terminal.err())
                .isZero();
        assertThat(sign("--registry-cacert", file("ca.pem"))).isEqualTo(69);
        assertThat(sign("--registry-client-cert", file("client.pem"), "--registry-client-key", file("client.key")))
                .isEqualTo(69);
        assertThat(terminal.err()).contains("its certificate is not trusted", "--registry-cacert FILE");
    }

    @Test
    void a_key_that_cannot_be_read_is_said() throws Exception {
        assertThat(sign("--registry-client-cert", file("client.pem"))).isEqualTo(64);
        Files.writeString(directory.resolve("bad.key"), "-----BEGIN RSA PRIVATE KEY-----\n");
        assertThat(sign("--registry-client-cert", file("client.pem"), "--registry-client-key", file("bad.key")))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("bad.key has no private key that is read here", "openssl pkcs8");
        assertThat(sign("--registry-client-cert", file("client.key"), "--registry-client-key", file("client.key")))
                .isEqualTo(1);
    }

    private int sign(String... options) {
        java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of("sign", "--key", file("ci.key")));
        command.addAll(java.util.List.of(options));
        command.add(image);
        return terminal.run(command.toArray(new String[0]));
    }

    private void issue(String name, String extension) throws Exception {
        tools.run(
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name + ".key"),
                "-out",
                file(name + ".csr"));
        Files.writeString(directory.resolve(name + ".ext"), extension + "\n");
        tools.run(
                "openssl",
                "x509",
                "-req",
                "-in",
                file(name + ".csr"),
                "-CA",
                file("ca.pem"),
                "-CAkey",
                file("ca.key"),
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                file(name + ".ext"),
                "-out",
                file(name + ".pem"));
    }

    private SSLContext serverTls() throws Exception {
        KeyStore own = KeyStore.getInstance(directory.resolve("server.p12").toFile(), PASSWORD);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var in = Files.newInputStream(directory.resolve("ca.pem"))) {
            trusted.setCertificateEntry(
                    "ca",
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
