package dev.pratique.signer.http;

import com.sun.net.httpserver.HttpServer;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A program whose hosts file knows the server's name from the first pause on. */
final class LateName {
    private static final InstantSource CLOCK = InstantSource.system();

    private LateName() {}

    public static void main(String[] hosts) throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        AtomicInteger pauses = new AtomicInteger();
        Retries retries = new Retries(CLOCK, pause -> {
            pauses.incrementAndGet();
            write(Path.of(hosts[0]));
        });
        Http http = new Http(Optional.empty(), "test");
        URI uri = URI.create("http://late.example:" + server.getAddress().getPort() + "/");
        Call call = new Call("GET", uri, Map.of(), null, 10);
        try {
            Answer answer = retries.run(
                    "late.example",
                    CLOCK.instant().plusSeconds(60),
                    any -> false,
                    () -> http.send(call, Duration.ofSeconds(20)));
            System.out.println(answer.status() + " after " + pauses + " pause");
        } finally {
            server.stop(0);
        }
    }

    private static void write(Path hosts) {
        try {
            Files.writeString(hosts, "127.0.0.1 late.example\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
