package dev.pratique.proxy.relay;

import dev.pratique.attestations.image.Digest;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP/1.1 client that sees every byte. */
final class Client implements AutoCloseable {
    /** What came: headers of one name in order. */
    record Head(int status, Map<String, List<String>> headers) {
        String first(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }

        long length() {
            return Long.parseLong(first("content-length"));
        }
    }

    private final Socket socket;
    private final InputStream in;

    Client(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    }

    /** Sends a request and reads the head of the answer. */
    Head ask(String method, Digest digest, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(method + " /" + digest + " HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        socket.getOutputStream().write(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        String[] status = line().split(" ", 3);
        Map<String, List<String>> found = new TreeMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            found.computeIfAbsent(header.substring(0, colon).toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                    .add(header.substring(colon + 1).trim());
        }
        return new Head(Integer.parseInt(status[1]), found);
    }

    byte[] body(long length) throws IOException {
        byte[] body = in.readNBytes((int) length);
        if (body.length < length) {
            throw new EOFException("only " + body.length);
        }
        return body;
    }

    /** Reads until the connection ends, cleanly or not, and says how much came. */
    long drain() {
        long total = 0;
        try {
            byte[] buffer = new byte[64 << 10];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                total += count;
            }
        } catch (SocketTimeoutException notAnEnd) {
            throw new IllegalStateException("the connection did not end", notAnEnd);
        } catch (IOException reset) {
            // The end, too.
        }
        return total;
    }

    /** Reads a body and compares it on the way. */
    boolean bodyEquals(byte[] expected) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int at = 0; at < expected.length; ) {
            int count = in.read(buffer, 0, Math.min(buffer.length, expected.length - at));
            if (count < 0 || !Arrays.equals(buffer, 0, count, expected, at, at + count)) {
                return false;
            }
            at += count;
        }
        return true;
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        int c = in.read();
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                text.append((char) c);
            }
        }
        if (c < 0) {
            throw new EOFException("no answer");
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
