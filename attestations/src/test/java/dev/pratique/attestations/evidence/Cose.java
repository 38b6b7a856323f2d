package dev.pratique.attestations.evidence;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** COSE messages, byte by byte. */
final class Cose {
    private Cose() {}

    static byte[] message() {
        return message("{\"targetArtifact\":{}}".getBytes(StandardCharsets.UTF_8));
    }

    static byte[] message(byte[] payload) {
        return hex("d28443a10126a0" + "59" + String.format("%04x", Math.max(256, payload.length))
                + HexFormat.of().formatHex(padded(payload)) + "420102");
    }

    private static byte[] padded(byte[] payload) {
        byte[] padded = new byte[Math.max(256, payload.length)];
        System.arraycopy(payload, 0, padded, 0, payload.length);
        return padded;
    }

    static byte[] hex(String... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String part : parts) {
            out.writeBytes(HexFormat.of().parseHex(part));
        }
        return out.toByteArray();
    }
}
