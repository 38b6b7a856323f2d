package dev.pratique.proxy.e2e.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.json.JsonWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** Where a job of GitHub asks for its identity token; docs.github.com, "OpenID Connect reference". */
public final class GitHubTokens implements AutoCloseable {
    private static final String SECRET = "request-token-of-the-job";

    private final HttpServer server;
    private final GitHubRun run;
    private final String issuer;

    private GitHubTokens(HttpServer server, GitHubRun run, String issuer) {
        this.server = server;
        this.run = run;
        this.issuer = issuer;
    }

    /** For the jobs of this run; the issuer makes the tokens. */
    public static GitHubTokens of(GitHubRun run, String issuer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        GitHubTokens tokens = new GitHubTokens(server, run, issuer);
        server.createContext("/", tokens::answer);
        server.start();
        return tokens;
    }

    /** As the runner sets them where the job has {@code id-token: write}. */
    public Map<String, String> variables() {
        return Map.of(
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/token?api-version=2.0",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                SECRET);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean known =
                    ("bearer " + SECRET).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean asked = "api-version=2.0&audience=sigstore"
                    .equals(exchange.getRequestURI().getQuery());
            if (!known || !asked) {
                exchange.sendResponseHeaders(known ? 400 : 401, -1);
                return;
            }
            byte[] body = JsonWriter.bytes(Map.of("value", run.token(issuer)));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
