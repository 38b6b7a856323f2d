package dev.pratique.proxy.e2e.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** One file of a project's packages, as GitLab gives it to a job that shows its token. */
public final class PackageServer implements AutoCloseable {
    private static final String PATH = "/api/v4/projects/7/packages/generic/pratique/1/pratique.tar.gz";

    private final HttpServer server;
    private final Path file;
    private final String login;

    private PackageServer(HttpServer server, Path file, String token) {
        this.server = server;
        this.file = file;
        String pair = "gitlab-ci-token:" + token;
        this.login = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** @param token of the job that may have it */
    public static PackageServer of(Path file, String token) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        PackageServer packages = new PackageServer(server, file, token);
        server.createContext("/", packages::answer);
        server.start();
        return packages;
    }

    /** As {@code CI_API_V4_URL} has it. */
    public String api() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/api/v4";
    }

    /** Where the file is. */
    public String url() {
        return api() + PATH.substring("/api/v4".length());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean known = login.equals(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!known || !exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(known ? 404 : 401, -1);
                return;
            }
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
