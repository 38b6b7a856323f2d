package dev.pratique.proxy.e2e.rig;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A way in which an upstream misbehaves. */
public interface Fault {
    /** Whether this was the whole answer. */
    default boolean instead(HttpExchange exchange) throws IOException, InterruptedException {
        return false;
    }

    /** How a body gets to the client. */
    default void carry(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
    }

    static Fault none() {
        return new Fault() {};
    }

    /** Says this and nothing else. */
    static Fault status(int status) {
        return new Fault() {
            @Override
            public boolean instead(HttpExchange exchange) throws IOException {
                byte[] body = "{\"errors\":[]}".getBytes(StandardCharsets.US_ASCII);
                boolean head = exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(status, head ? -1 : body.length);
                if (!head) {
                    exchange.getResponseBody().write(body);
                }
                return true;
            }
        };
    }

    /** Asks everybody who they are, and serves who shows exactly this. */
    static Fault unauthorized(String authorization) {
        return new Fault() {
            @Override
            public boolean instead(HttpExchange exchange) throws IOException, InterruptedException {
                if (authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    return false;
                }
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"registry\"");
                return status(401).instead(exchange);
            }
        };
    }

    /** Takes the request and never answers. */
    static Fault hang() {
        return new Fault() {
            @Override
            public boolean instead(HttpExchange exchange) throws InterruptedException {
                new CountDownLatch(1).await();
                return true;
            }
        };
    }

    /** Sends as many bytes as it promised, one of them another. */
    static Fault tamper() {
        return new Fault() {
            @Override
            public void carry(InputStream in, OutputStream out) throws IOException {
                byte[] body = in.readAllBytes();
                body[body.length / 2] ^= 1;
                out.write(body);
            }
        };
    }

    /** Waits before each answer's body. */
    static Fault slow(long millis) {
        return new Fault() {
            @Override
            public void carry(InputStream in, OutputStream out) throws IOException {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                in.transferTo(out);
            }
        };
    }

    /** Sends this much a second and no more. */
    static Fault paced(int bytesPerSecond) {
        return new Fault() {
            @Override
            public void carry(InputStream in, OutputStream out) throws IOException {
                byte[] piece = new byte[bytesPerSecond / 100];
                try {
                    for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                        out.write(piece, 0, count);
                        Thread.sleep(10);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }
}
