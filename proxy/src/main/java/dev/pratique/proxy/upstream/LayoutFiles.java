package dev.pratique.proxy.upstream;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The files of an OCI image layout (image-spec, image-layout.md). Nothing outside of the directory is read, through
 * whatever symbolic link. Blocking.
 */
final class LayoutFiles {
    private final Path root;

    LayoutFiles(Path root) {
        this.root = root;
    }

    /** The repository's own {@code index.json}, else the shared one. */
    Path index(String name) {
        // A repository's name has no dot segments: its grammar does not allow them.
        Path own = root.resolve(name).resolve("index.json");
        return Files.isRegularFile(own) ? own : root.resolve("index.json");
    }

    /** Whether this is a repository's own index, so that all in it is that repository's. */
    boolean isShared(Path index) {
        return index.equals(root.resolve("index.json"));
    }

    /**
     * A whole file.
     *
     * @throws NoSuchFileException where there is none
     * @throws TooLarge where it has more than these bytes
     */
    byte[] read(Path file, long maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(inside(file))) {
            byte[] bytes = in.readNBytes((int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 64));
            if (bytes.length > maxBytes) {
                throw new TooLarge();
            }
            return bytes;
        }
    }

    /** A blob of this repository's directory or of the shared one, if it is there. */
    Optional<Path> blob(String name, Digest digest) {
        String algorithm = digest.algorithm().prefix();
        for (Path base : List.of(root.resolve(name), root)) {
            Path file = base.resolve("blobs").resolve(algorithm).resolve(digest.hex());
            if (Files.isRegularFile(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** A file for reading. */
    FileChannel open(Path file) throws IOException {
        return FileChannel.open(inside(file), StandardOpenOption.READ);
    }

    private Path inside(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(root.toRealPath())) {
            throw new NoSuchFileException("outside of the layout");
        }
        return real;
    }

    /** There is more than the caller takes. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
