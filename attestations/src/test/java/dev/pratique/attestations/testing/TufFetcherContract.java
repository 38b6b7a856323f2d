package dev.pratique.attestations.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What whoever fetches a TUF repository over HTTP does, however it speaks HTTP. */
public abstract class TufFetcherContract {
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private volatile int otherwise = 404;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getRawPath());
            byte[] body = files.get(exchange.getRequestURI().getRawPath());
            exchange.sendResponseHeaders(body == null ? otherwise : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Who fetches from there. */
    protected abstract TufFetcher fetcher(URI base);

    protected final HttpServer server() {
        return server;
    }

    protected final URI base(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private TufFetcher fetcher(String path) {
        return fetcher(base(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tuf", "/tuf/"})
    void asks_for_metadata_below_the_url_and_targets_below_targets(String path) throws Exception {
        files.put("/tuf/1.root.json", new byte[] {1});
        files.put("/tuf/targets/a/ff.b%3F", new byte[] {2});
        TufFetcher repository = fetcher(path);
        assertThat(repository.metadata("1.root.json", 1)).contains(new byte[] {1});
        assertThat(repository.target("a/ff.b%3F", 1)).contains(new byte[] {2});
        assertThat(repository.metadata("2.root.json", 1)).isEmpty();
        assertThat(asked).containsExactly("/tuf/1.root.json", "/tuf/targets/a/ff.b%3F", "/tuf/2.root.json");
    }

    @Test
    void a_name_with_a_colon_is_no_other_scheme() throws Exception {
        files.put("/a:b.json", new byte[] {1});
        assertThat(fetcher("").metadata("a:b.json", 1)).contains(new byte[] {1});
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 410})
    void takes_what_is_not_shown_for_what_is_not_there(int status) throws Exception {
        otherwise = status;
        assertThat(fetcher("").metadata("2.root.json", 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 401, 500, 503, 204})
    void says_what_else_it_was_answered(int status) {
        otherwise = status;
        fails(Reason.UNREACHABLE, fetcher(""));
    }

    @Test
    void reads_no_more_than_was_asked_for() {
        files.put("/2.root.json", new byte[101]);
        fails(Reason.TOO_LARGE, fetcher(""));
    }

    @Test
    void says_where_nobody_answers() {
        TufFetcher repository = fetcher("");
        server.stop(0);
        fails(Reason.UNREACHABLE, repository);
    }

    protected static void fails(Reason reason, TufFetcher repository) {
        assertThatThrownBy(() -> repository.metadata("2.root.json", 100))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
