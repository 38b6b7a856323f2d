package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.http.TrustedCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionReuseTest {
    @TempDir
    private Path directory;

    @Test
    void one_connection_serves_several_requests_where_the_authorities_are_ones_own() throws Exception {
        LoopbackTls tls = LoopbackTls.create(Instant.now());
        Path certificate = Files.writeString(directory.resolve("ca.pem"), tls.certificate());
        Set<Integer> clients = ConcurrentHashMap.newKeySet();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        server.createContext("/", exchange -> {
            clients.add(exchange.getRemoteAddress().getPort());
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[2]);
            exchange.close();
        });
        server.start();
        try {
            Http http = new Http(Optional.of(TrustedCertificates.from(certificate)), "test/1");
            URI uri = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
            for (int i = 0; i < 5; i++) {
                assertThat(http.send(new Call("GET", uri, Map.of(), null, 10), Duration.ofSeconds(20))
                                .body())
                        .hasSize(2);
            }
        } finally {
            server.stop(0);
        }
        assertThat(clients).hasSize(1);
    }
}
