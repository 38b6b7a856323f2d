package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UnwrittenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

/** Makes a key pair and writes it as two files, {@code PREFIX.key} and {@code PREFIX.pub}. Never overwrites anything. */
public final class NewKeyFiles {
    private final SecureRandom random;

    public NewKeyFiles(SecureRandom random) {
        this.random = random;
    }

    /**
     * What was written.
     *
     * @param spki DER of the public key
     */
    public record Written(Path privateKey, Path publicKey, byte[] spki) {}

    /** The files that a prefix names, once it is certain that neither exists. */
    public record Names(Path privateKey, Path publicKey) {
        public static Names of(String prefix) throws Failure {
            Names names = new Names(Path.of(prefix + ".key"), Path.of(prefix + ".pub"));
            refuseExisting(names.privateKey);
            refuseExisting(names.publicKey);
            return names;
        }

        /** The one file of a key that is made elsewhere. */
        public static Path ofPublicKey(String prefix) throws Failure {
            Path file = Path.of(prefix + ".pub");
            refuseExisting(file);
            return file;
        }
    }

    /** Writes the private key for its owner alone (mode 0600), encrypted, and the public key. */
    public Written write(Names names, KeyType type, Password password) throws Failure {
        KeyPair pair = KeyPairs.generate(type, random);
        byte[] pkcs8 = pair.getPrivate().getEncoded();
        byte[] encrypted = Pbes2.encrypt(pkcs8, password, random);
        Arrays.fill(pkcs8, (byte) 0);
        byte[] spki = pair.getPublic().getEncoded();
        create(names.privateKey, Pem.write("ENCRYPTED PRIVATE KEY", encrypted), "rw-------");
        try {
            create(names.publicKey, Pem.publicKey(spki), "rw-r--r--");
        } catch (Failure e) {
            delete(names.privateKey);
            throw e;
        }
        return new Written(names.privateKey, names.publicKey, spki);
    }

    /** Writes the public half of a key that is made elsewhere. */
    public static void writePublic(Path file, byte[] spki) throws Failure {
        create(file, Pem.publicKey(spki), "rw-r--r--");
    }

    private static void create(Path file, String text, String mode) throws Failure {
        FileAttribute<?>[] attributes = FileSystems.getDefault()
                        .supportedFileAttributeViews()
                        .contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
        Set<StandardOpenOption> exclusively = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, exclusively, attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        } catch (FileAlreadyExistsException e) {
            throw exists(file).because(e);
        } catch (IOException e) {
            delete(file); // made above, and on a full disk only a part of it
            throw UnwrittenFile.because(file, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException left) {
            // The failure that is on its way out says what matters.
        }
    }

    private static void refuseExisting(Path file) throws Failure {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(file);
        }
    }

    private static Failure exists(Path file) {
        return Failure.of(
                Kind.FAILED,
                file + " exists already, and a key is never overwritten",
                "choose other names: pratique keys generate --output-key-prefix NAME");
    }
}
