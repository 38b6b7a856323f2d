package dev.pratique.proxy.e2e.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;

/** A layer of one file. */
public final class TarLayer {
    private static final int BLOCK = 512;
    private static final int CHECKSUM_AT = 148;

    private TarLayer() {}

    public static Path of(String name, String content) {
        return of(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** So many bytes that no compression makes fewer. */
    public static Path random(int bytes) {
        byte[] content = new byte[bytes];
        new SecureRandom().nextBytes(content);
        return of("random.bin", content);
    }

    private static Path of(String name, byte[] content) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream(content.length + 4 * BLOCK);
        tar.writeBytes(header(name, content.length));
        tar.writeBytes(content);
        tar.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK + 2 * BLOCK]);
        try {
            return Files.write(Scratch.file(".tar"), tar.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** POSIX ustar. */
    private static byte[] header(String name, int size) {
        ByteBuffer header = ByteBuffer.allocate(BLOCK);
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, octal(size));
        put(header, 136, octal(0));
        put(header, CHECKSUM_AT, "        ");
        put(header, 156, "0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte octet : header.array()) {
            sum += octet & 0xff;
        }
        put(header, CHECKSUM_AT, String.format(Locale.ROOT, "%06o\0 ", sum));
        return header.array();
    }

    private static String octal(int value) {
        return String.format(Locale.ROOT, "%011o", value);
    }

    private static void put(ByteBuffer header, int at, String text) {
        header.position(at).put(text.getBytes(StandardCharsets.US_ASCII));
    }
}
