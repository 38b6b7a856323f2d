package dev.pratique.signer.keys;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The password of a key file. Nothing prints it, and it is overwritten when closed. */
public final class Password implements AutoCloseable {
    private final byte[] utf8;

    private Password(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** @param chars overwritten with zeros */
    public static Password of(char[] chars) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(chars));
        byte[] utf8 = new byte[encoded.remaining()];
        encoded.get(utf8).clear();
        encoded.put(new byte[encoded.capacity()]);
        Arrays.fill(chars, '\0');
        return new Password(utf8);
    }

    public boolean isEmpty() {
        return utf8.length == 0;
    }

    boolean isSameAs(Password other) {
        return Arrays.equals(utf8, other.utf8);
    }

    /** UTF-8; not to be kept. */
    byte[] utf8() {
        return utf8;
    }

    @Override
    public void close() {
        Arrays.fill(utf8, (byte) 0);
    }

    @Override
    public String toString() {
        return "(a password)";
    }
}
