package dev.pratique.signer.sigstore;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A connection for one call of gRPC with a message of at most 16 KiB each way (gRPC over HTTP/2, PROTOCOL-HTTP2.md), in
 * clear text with prior knowledge (RFC 9113 section 3.3). Not thread safe.
 */
final class GrpcCall implements AutoCloseable {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int STREAM = 1;
    private static final int HEAD = 9;
    /** RFC 9113 section 4.2: what a peer may send that was told nothing else. */
    private static final int MAX_FRAME = 16 << 10;
    /** Below the first window of 64 KiB (section 6.9.2), so that it need not be opened further. */
    private static final int MAX_MESSAGE = 48 << 10;
    /** Frames of an honest answer come to a dozen. */
    private static final int MAX_FRAMES = 100;

    private final SocketChannel channel;
    private final Selector selector;
    private final long patienceMillis;

    private GrpcCall(SocketChannel channel, Selector selector, Duration patience) {
        this.channel = channel;
        this.selector = selector;
        this.patienceMillis = patience.toMillis();
    }

    /** @param patience for each part of the answer */
    static GrpcCall open(SocketAddress unixSocket, Duration patience) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(unixSocket);
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return new GrpcCall(channel, selector, patience);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * @param path of the method
     * @return the answer's message; empty where the answer is a status alone, which only an error is
     */
    Optional<byte[]> unary(String path, byte[] message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PREFACE);
        out.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
        out.writeBytes(frame(HEADERS, END_HEADERS, STREAM, headers(path)));
        ByteBuffer prefixed = ByteBuffer.allocate(1 + Integer.BYTES + message.length);
        prefixed.put((byte) 0).putInt(message.length).put(message);
        out.writeBytes(frame(DATA, END_STREAM, STREAM, prefixed.array()));
        write(out.toByteArray());
        return message(answer());
    }

    // RFC 7541 section 6.2.2: literals without indexing, names by their index in the static table (appendix A).
    private static byte[] headers(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        block.write(0x04); // :path
        text(block, path);
        block.write(0x01); // :authority
        text(block, "localhost");
        block.writeBytes(new byte[] {0x0F, 0x10}); // content-type
        text(block, "application/grpc");
        block.write(0);
        text(block, "te");
        text(block, "trailers");
        // SPIFFE_Workload_Endpoint.md 3: every request carries it, so that no browser's can be one.
        block.write(0);
        text(block, "workload.spiffe.io");
        text(block, "true");
        return block.toByteArray();
    }

    /** Of less than 127 bytes, which take one for the length. */
    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(HEAD + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        return frame.array();
    }

    /** The bytes of all DATA frames until the stream's end. */
    private byte[] answer() throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int i = 0; i < MAX_FRAMES; i++) {
            ByteBuffer head = read(HEAD);
            int length = (head.get() & 0xFF) << 16 | head.getShort() & 0xFFFF;
            int type = head.get();
            int flags = head.get();
            int stream = head.getInt() & Integer.MAX_VALUE;
            if (length > MAX_FRAME || data.size() + length > MAX_MESSAGE) {
                throw new IOException("more than was asked for");
            }
            ByteBuffer payload = read(length);
            boolean ours = stream == STREAM;
            switch (type) {
                case SETTINGS -> acknowledge(flags, frame(SETTINGS, ACK, 0, new byte[0]));
                case PING -> acknowledge(flags, frame(PING, ACK, 0, unpadded(0, payload)));
                case RESET, GO_AWAY -> throw new IOException("the other side ended it");
                case DATA -> data.writeBytes(unpadded(flags, payload));
                default -> {
                    // Headers say a status, and others, windows and priorities, ask for nothing.
                }
            }
            if (ours && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                return data.toByteArray();
            }
        }
        throw new IOException("frames without an end");
    }

    private void acknowledge(int flags, byte[] answer) throws IOException {
        if ((flags & ACK) == 0) {
            write(answer);
        }
    }

    private static byte[] unpadded(int flags, ByteBuffer payload) throws IOException {
        int padding = (flags & PADDED) != 0 && payload.hasRemaining() ? payload.get() & 0xFF : 0;
        if (padding > payload.remaining()) {
            throw new IOException("more padding than bytes");
        }
        byte[] bytes = new byte[payload.remaining() - padding];
        payload.get(bytes);
        return bytes;
    }

    /** PROTOCOL-HTTP2.md: "Length-Prefixed-Message", one byte that says whether it is compressed, four of its length. */
    private static Optional<byte[]> message(byte[] data) throws IOException {
        if (data.length == 0) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(data);
        if (data.length < 1 + Integer.BYTES || in.get() != 0 || in.getInt() != in.remaining()) {
            throw new IOException("not one message as it is");
        }
        byte[] message = new byte[in.remaining()];
        in.get(message);
        return Optional.of(message);
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer);
            if (read < 0) {
                throw new EOFException("the other side hung up");
            }
            if (read == 0 && selector.select(patienceMillis) == 0) {
                throw new HttpTimeoutException("no answer in time");
            }
            selector.selectedKeys().clear();
        }
        return buffer.flip();
    }

    /** What is written fits into the socket's buffer, or the other side is not reading. */
    private void write(byte[] bytes) throws IOException {
        if (channel.write(ByteBuffer.wrap(bytes)) < bytes.length) {
            throw new IOException("the other side does not read");
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
