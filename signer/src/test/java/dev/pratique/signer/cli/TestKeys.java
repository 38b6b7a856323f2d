package dev.pratique.signer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Key files without a password, whose derivation takes its time by intent. */
final class TestKeys {
    private TestKeys() {}

    /** Writes {@code PREFIX.key} and {@code PREFIX.pub}. */
    static void write(Path prefix) throws Exception {
        write(prefix, "EC", "secp256r1");
    }

    /** @param parameter the curve, the number of bits, or nothing */
    static KeyPair pair(String algorithm, String parameter) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (parameter.matches("[0-9]+")) {
            generator.initialize(Integer.parseInt(parameter));
        } else if (!parameter.isEmpty()) {
            generator.initialize(new ECGenParameterSpec(parameter));
        }
        return generator.generateKeyPair();
    }

    /** The same of such a pair. */
    static void write(Path prefix, String algorithm, String parameter) throws Exception {
        KeyPair pair = pair(algorithm, parameter);
        Path key = Path.of(prefix + ".key");
        Files.writeString(key, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                Path.of(prefix + ".pub"), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    }

    static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
