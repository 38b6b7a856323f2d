package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Files and ports of this run; the files are gone when it ends. */
public final class Scratch {
    private static final AtomicLong NEXT = new AtomicLong();
    private static final Path ROOT = root();

    private Scratch() {}

    /** A new empty directory. */
    public static Path directory(String name) {
        try {
            return Files.createDirectory(ROOT.resolve(name + "-" + NEXT.incrementAndGet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's name that nobody else has. */
    public static Path file(String suffix) {
        return ROOT.resolve(NEXT.incrementAndGet() + suffix);
    }

    /** A new file of this text. */
    public static Path file(String suffix, String text) {
        try {
            return Files.writeString(file(suffix), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port of the loopback interface on which nobody listened a moment ago. */
    public static int port() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        try {
            Path root = Files.createTempDirectory("pratique-e2e-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root), "delete-scratch"));
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a tree; what is still written to at the end of a run may stay behind. */
    private static void delete(Path tree) {
        try (Stream<Path> paths = Files.walk(tree)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            System.err.println("left behind: " + tree);
        }
    }
}
