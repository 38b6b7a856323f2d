package dev.pratique.signer.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One exchange, with servers that answer whatever bytes a test says. */
class HttpTest {
    private static final String PROXY_ASKS =
            "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"out\"\r\nContent-Length: 0\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Http http = new Http(Optional.empty(), "test/1");
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private ServerSocket server;

    /** What a server writes once it has read a request's head. */
    private interface Reply {
        void to(OutputStream out) throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void gives_the_status_the_headers_in_their_order_and_the_body() throws Exception {
        answer("HTTP/1.1 200 OK\r\nLink: <1>\r\nlink: <2>\r\nContent-Length: 2\r\n\r\nhi");
        Answer answer = http.send(call("GET", null), LONG);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers("LINK")).containsExactly("<1>", "<2>");
        assertThat(answer.header("Content-length")).contains("2");
        assertThat(answer.body()).asString().isEqualTo("hi");
        assertThat(answer.complete()).isTrue();
        assertThat(requests.get(0)).startsWith("GET /v2/ HTTP/1.1\r\n").contains("User-Agent: test/1", "X-Own: 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 400, 401, 404, 429, 500, 503})
    void every_status_is_an_answer_with_its_body(int status) throws Exception {
        answer("HTTP/1.1 " + status + " Such\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 3\r\n\r\nwhy");
        Answer answer = http.send(call("PUT", "body"), LONG);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).asString().isEqualTo("why");
    }

    @Test
    void stops_reading_at_the_limit_and_says_so() throws Exception {
        answer("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(5000));
        Answer answer = http.send(new Call("GET", uri(), Map.of(), null, 10), LONG);
        assertThat(answer.complete()).isFalse();
        assertThat(answer.body()).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                "HTTP/1.1 404 Not\r\nContent-Length: 10\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf"
            })
    void an_answer_that_ends_early_is_none(String half) throws Exception {
        answer(half);
        assertThatThrownBy(() -> http.send(call("GET", null), LONG)).isInstanceOf(IOException.class);
    }

    @Test
    void the_length_of_what_HEAD_does_not_send_is_not_waited_for() throws Exception {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        assertThat(http.send(call("HEAD", null), LONG).body()).isEmpty();
    }

    @Test
    void what_is_no_HTTP_is_no_answer() throws Exception {
        answer("SSH-2.0-OpenSSH_9.2\r\n");
        assertThatThrownBy(() -> http.send(call("GET", null), LONG)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"})
    void a_server_that_sends_a_byte_now_and_then_does_not_get_more_time_by_it(String first) throws Exception {
        serve(out -> {
            out.write(first.getBytes(ISO_8859_1));
            while (true) {
                out.write('x');
                out.flush();
                Thread.sleep(20);
            }
        });
        assertThatThrownBy(() -> http.send(call("GET", null), Duration.ofMillis(300)))
                .isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void what_is_not_idempotent_is_not_sent_again() throws Exception {
        serve(out -> {});
        assertThatThrownBy(() -> http.send(call("POST", "once"), LONG)).isInstanceOf(IOException.class);
        assertThat(requests).hasSize(1);
    }

    /** The JDK answers this with a ticket, where there is one. */
    @ParameterizedTest
    @ValueSource(strings = {"Negotiate", "Kerberos", "NTLM", "Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\""})
    void no_login_is_shown_to_a_server_that_asks_for_one(String scheme) throws Exception {
        answer("HTTP/1.1 401 No\r\nWWW-Authenticate: " + scheme + "\r\nContent-Length: 0\r\n\r\n");
        Answer answer = http.send(call("GET", null), LONG);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).contains(scheme);
        assertThat(requests).hasSize(1);
        assertThat(System.getProperty("java.security.krb5.conf")).isEqualTo("/dev/null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://registry.example/", "file:///etc/passwd", "http:///v2/", "jar:file:/x!/y"})
    void only_addresses_of_HTTP_are_asked(String address) {
        Call call = new Call("GET", URI.create(address), Map.of(), null, 10);
        assertThatThrownBy(() -> http.send(call, LONG)).isInstanceOf(IOException.class);
    }

    @Test
    void an_answer_ends_where_its_length_says() throws Exception {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf and more");
        assertThat(http.send(call("GET", null), LONG).body()).asString().isEqualTo("half");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT"})
    void what_has_no_content_says_so(String method) throws Exception {
        answer("HTTP/1.1 202 Fine\r\nContent-Length: 0\r\n\r\n");
        http.send(call(method, null), LONG);
        assertThat(requests.get(0)).contains("Content-Length: 0").doesNotContain("form-urlencoded");
    }

    @Test
    void nothing_is_waited_for_behind_a_length_though_the_connection_stays_open() throws Exception {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nhalf".getBytes(ISO_8859_1));
            out.flush();
            Thread.sleep(LONG.toMillis() * 3);
        });
        assertThat(http.send(call("GET", null), LONG).body()).asString().isEqualTo("half");
    }

    @Test
    void CLI_06_a_login_with_a_line_break_in_it_is_not_sent_and_not_said() {
        Call call = new Call("GET", uri(), Map.of("Authorization", "Bearer s3cret\n"), null, 10);
        assertThatThrownBy(() -> http.send(call, LONG))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Authorization")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void a_proxy_is_shown_its_login_in_the_tunnel_that_it_makes() throws Exception {
        serve(out -> out.write(
                requests.get(requests.size() - 1).contains("Proxy-authorization: Basic bmFtZTpwYXNz")
                        ? "HTTP/1.1 502 Nobody there\r\n\r\n".getBytes(ISO_8859_1)
                        : PROXY_ASKS.getBytes(ISO_8859_1)));
        assertThatThrownBy(() -> through("name:pass@").send(toServer(null), LONG))
                .isInstanceOfSatisfying(
                        Failure.class, said -> assertThat(said.kind()).isEqualTo(Kind.UNREACHABLE));
        assertThat(requests).hasSize(2).allMatch(head -> head.startsWith("CONNECT registry.example:443 "));
        assertThat(requests.get(0)).doesNotContainIgnoringCase("Proxy-Authorization");
    }

    /** Twenty times is how the JDK would have it, and five times that with the retries. */
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "content")
    void a_login_that_a_proxy_refuses_is_shown_once(@Nullable String body) {
        answer(PROXY_ASKS);
        assertThatThrownBy(() -> through("name:wrong@").send(toServer(body), LONG))
                .isInstanceOfSatisfying(Failure.class, said -> {
                    assertThat(said.kind()).isEqualTo(Kind.NOT_AUTHORISED);
                    assertThat(said.what() + said.hint())
                            .contains("HTTPS_PROXY")
                            .doesNotContain("wrong");
                });
        assertThat(requests.stream().filter(head -> head.contains("Proxy-authorization: Basic ")))
                .hasSize(1);
    }

    @Test
    void a_server_that_is_no_proxy_is_not_shown_the_login_of_one() throws Exception {
        answer("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
        Map<String, String> variables =
                Map.of("HTTP_PROXY", "http://name:pass@proxy.invalid:1", "NO_PROXY", "127.0.0.1");
        Http direct = new Http(Optional.empty(), "test/1", Optional.of(new ProxyVariables(variables)));
        assertThat(direct.send(call("GET", null), LONG).status()).isEqualTo(401);
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0)).doesNotContain("uthorization");
    }

    @Test
    void what_is_given_up_before_it_is_connected_is_never_sent() throws Exception {
        // A queue that is full: the connection is made when somebody accepts.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
                Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
            URI uri = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/");
            Call call = new Call("POST", uri, Map.of(), new byte[1], 10);
            assertThatThrownBy(() -> http.send(call, Duration.ofMillis(200))).isInstanceOf(HttpTimeoutException.class);
            full.accept().close();
            full.accept().close();
            full.setSoTimeout(4000);
            try (Socket late = full.accept()) {
                assertThat(late.getInputStream().read()).isNegative();
            } catch (SocketTimeoutException | SocketException nobodyCame) {
                assertThat(nobodyCame).isNotNull();
            }
        }
    }

    private Http through(String login) {
        Map<String, String> variables = Map.of("HTTPS_PROXY", "http://" + login + "127.0.0.1:" + server.getLocalPort());
        return new Http(Optional.empty(), "test/1", Optional.of(new ProxyVariables(variables)));
    }

    private static Call toServer(@Nullable String body) {
        byte[] bytes = body == null ? null : body.getBytes(ISO_8859_1);
        return new Call(body == null ? "GET" : "POST", URI.create("https://registry.example/v2/"), Map.of(), bytes, 10);
    }

    private void answer(String bytes) {
        serve(out -> out.write(bytes.getBytes(ISO_8859_1)));
    }

    private void serve(Reply reply) {
        Thread thread = new Thread(() -> {
            while (true) {
                try (Socket client = server.accept()) {
                    requests.add(head(client.getInputStream()));
                    reply.to(client.getOutputStream());
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                } catch (Exception gone) {
                    if (server.isClosed()) {
                        return;
                    }
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private Call call(String method, @Nullable String body) {
        return new Call(method, uri(), Map.of("X-Own", "1"), body == null ? null : body.getBytes(ISO_8859_1), 1 << 20);
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v2/");
    }
}
