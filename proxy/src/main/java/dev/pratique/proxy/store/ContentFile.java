package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Reads stored files. Blocking. */
final class ContentFile {
    private static final int CHUNK = 256 << 10;

    private ContentFile() {}

    /** The bytes are not what they were when they were stored. */
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1;

        Damaged() {
            super("stored content no longer has its digest");
        }
    }

    /**
     * Opens a content. Manifests, configurations and evidence, which decide what is pulled and run, are short enough to be
     * hashed again each time; what is longer is left to the client and to the reading in the background.
     *
     * @throws Damaged where it was hashed and has another digest
     */
    static StoredContent open(Path path, Digest digest, StoreLimits limits) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        boolean kept = false;
        try {
            long size = file.size();
            if (size <= limits.smallBytes()) {
                byte[] bytes = whole(file, (int) size);
                if (!digest.matches(bytes)) {
                    throw new Damaged();
                }
                return StoredContent.inMemory(bytes);
            }
            boolean hashed = size <= limits.hashedBytes();
            if (hashed && !digest.matches(whole(file, (int) size))) {
                throw new Damaged();
            }
            kept = true;
            return StoredContent.inFile(file, size, hashed);
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    private static byte[] whole(FileChannel file, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, bytes.position()) < 0) {
                throw new Damaged();
            }
        }
        return bytes.array();
    }

    /** Whether a file still has its digest. */
    static boolean matches(Path path, Digest digest, Pace pace) throws IOException, InterruptedException {
        MessageDigest hash = digest.algorithm().newDigest();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(path)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                hash.update(chunk, 0, count);
                pace.took(count);
            }
        }
        return HexFormat.of().formatHex(hash.digest()).equals(digest.hex());
    }

    /** Writes a new file and flushes it. */
    static void write(Path path, byte[] content) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                file.write(left);
            }
            file.force(true);
        }
    }
}
