package dev.pratique.attestations.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** Archives of version 7's format, which has no magic number. */
final class Tars {
    private Tars() {}

    /** One file, as tar writes it. */
    static byte[] ordinary(String name, String content) {
        byte[] tar = new byte[2048];
        put(tar, 0, name);
        put(tar, 100, "0000644\0");
        put(tar, 108, "0000000\0");
        put(tar, 116, "0000000\0");
        put(tar, 124, String.format("%011o ", content.length()));
        put(tar, 136, "00000000000 ");
        put(tar, 512, content);
        return sealed(tar);
    }

    /** One file whose name begins with this text, and not a character that is not printable. */
    static byte[] plainText(String begin) {
        byte[] tar = new byte[1024];
        Arrays.fill(tar, (byte) ' ');
        put(tar, 0, begin);
        Arrays.fill(tar, begin.length(), 100, (byte) 'x');
        put(tar, 100, "000644  ");
        put(tar, 124, "00000000144 ");
        put(tar, 512, "#!/bin/sh");
        return sealed(tar);
    }

    private static byte[] sealed(byte[] tar) {
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xff;
        }
        put(tar, 148, String.format("%06o", sum));
        return tar;
    }

    private static void put(byte[] tar, int at, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        System.arraycopy(bytes, 0, tar, at, bytes.length);
    }
}
