package dev.pratique.proxy;

import dev.pratique.proxy.FakeRegistry.Answer;
import dev.pratique.proxy.FakeRegistry.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a fake registry does instead of answering as it should. */
@FunctionalInterface
public interface FakeRegistryFault {

    /**
     * Answers one request.
     *
     * @param normal what the answer would have been
     * @return whether the connection can be used again
     */
    boolean answer(Request request, Answer normal, Socket socket) throws IOException, InterruptedException;

    /** This status, with headers as name and value in turn. */
    static FakeRegistryFault status(int status, String... headers) {
        return (request, normal, socket) -> {
            Map<String, String> all = new LinkedHashMap<>();
            for (int i = 0; i + 1 < headers.length; i += 2) {
                all.put(headers[i], headers[i + 1]);
            }
            return FakeRegistry.write(request, new Answer(status, all, new byte[0]), socket);
        };
    }

    /** A redirect. */
    static FakeRegistryFault redirect(int status, String location) {
        return status(status, "Location", location);
    }

    /** The normal answer with one more header, or another value of it. */
    static FakeRegistryFault header(String name, String value) {
        return (request, normal, socket) -> FakeRegistry.write(request, normal.with(name, value), socket);
    }

    /** The normal headers with this body. */
    static FakeRegistryFault body(byte[] body) {
        return (request, normal, socket) ->
                FakeRegistry.write(request, new Answer(normal.status(), normal.headers(), body), socket);
    }

    /** The right number of wrong bytes. */
    static FakeRegistryFault wrongBytes() {
        return (request, normal, socket) -> FakeRegistry.write(request, spoilt(normal), socket);
    }

    /** As {@link #wrongBytes}, so slowly that much has been passed on before the end. */
    static FakeRegistryFault wrongBytesSlowly() {
        return (request, normal, socket) ->
                slowly(normal.body().length / 4 + 1, Duration.ofMillis(100)).answer(request, spoilt(normal), socket);
    }

    private static Answer spoilt(Answer normal) {
        byte[] wrong = normal.body().clone();
        if (wrong.length > 0) {
            wrong[wrong.length - 1] ^= 1;
        }
        return new Answer(normal.status(), normal.headers(), wrong);
    }

    /** No answer, and an open connection for this long. */
    static FakeRegistryFault hang(Duration time) {
        return (request, normal, socket) -> {
            Thread.sleep(time.toMillis());
            return false;
        };
    }

    /** Waits, then answers as it should. */
    static FakeRegistryFault delay(Duration time) {
        return (request, normal, socket) -> {
            Thread.sleep(time.toMillis());
            return FakeRegistry.write(request, normal, socket);
        };
    }

    /** Headers at once, then one byte at a time. */
    static FakeRegistryFault drip(Duration pause) {
        return (request, normal, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(FakeRegistry.head(normal, normal.body().length));
            for (byte each : normal.body()) {
                out.write(each);
                out.flush();
                Thread.sleep(pause.toMillis());
            }
            return true;
        };
    }

    /** The true Content-Length and only some bytes, then a clean end of the connection. */
    static FakeRegistryFault truncate(int bytes) {
        return (request, normal, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(FakeRegistry.head(normal, normal.body().length));
            out.write(Arrays.copyOf(normal.body(), bytes));
            out.flush();
            Thread.sleep(100);
            return false;
        };
    }

    /** As {@link #truncate}, with a reset. */
    static FakeRegistryFault reset(int bytes) {
        return (request, normal, socket) -> {
            truncate(bytes).answer(request, normal, socket);
            socket.setSoLinger(true, 0);
            return false;
        };
    }

    /** Chunked, and the last chunk never comes. */
    static FakeRegistryFault noLastChunk(int bytes) {
        return (request, normal, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(FakeRegistry.head(normal, -1));
            out.write((Integer.toHexString(bytes) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(Arrays.copyOf(normal.body(), bytes));
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return false;
        };
    }

    /** The normal answer, chunked: nobody knows its length before its end. */
    static FakeRegistryFault chunked() {
        return (request, normal, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(FakeRegistry.head(normal, -1));
            if (!request.method().equals("HEAD")) {
                out.write((Integer.toHexString(normal.body().length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(normal.body());
                out.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.flush();
            return true;
        };
    }

    /** These bytes, whatever they are, then the end of the connection. */
    static FakeRegistryFault raw(byte[] bytes) {
        return (request, normal, socket) -> {
            socket.getOutputStream().write(bytes);
            return false;
        };
    }

    /** The normal answer, in parts with pauses. */
    static FakeRegistryFault slowly(int part, Duration pause) {
        return (request, normal, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(FakeRegistry.head(normal, normal.body().length));
            for (int at = 0; at < normal.body().length; at += part) {
                out.write(normal.body(), at, Math.min(part, normal.body().length - at));
                out.flush();
                Thread.sleep(pause.toMillis());
            }
            return true;
        };
    }
}
