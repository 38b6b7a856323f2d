package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Textual encoding of keys (RFC 7468). */
public final class Pem {
    private Pem() {}

    /**
     * One block.
     *
     * @param label between BEGIN and the dashes
     * @param headers whether there are the headers of the encryption that OpenSSL once used
     */
    record Block(String label, byte[] content, boolean headers) {}

    static List<Block> read(String text) throws Failure {
        List<Block> blocks = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                blocks.add(new Block(
                        block.getType(), block.getContent(), !block.getHeaders().isEmpty()));
            }
        } catch (IOException | RuntimeException e) {
            // BouncyCastle's base64 decoder throws unchecked exceptions of its own.
            throw DamagedKeyFile.because("a PEM block cannot be read").because(e);
        }
        return blocks;
    }

    /** A {@code PUBLIC KEY} block. */
    public static String publicKey(byte[] spki) {
        return write("PUBLIC KEY", spki);
    }

    /** A {@code CERTIFICATE} block. */
    public static String certificate(byte[] der) {
        return write("CERTIFICATE", der);
    }

    static String write(String label, byte[] der) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return "-----BEGIN " + label + "-----\n" + lines.encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
