package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of so many bytes, in memory. To mount one takes a right that developers seldom have: without it the test is
 * skipped, and fails where the environment says {@code CI=true}.
 */
public final class SmallDisk implements AutoCloseable {
    private final Path directory;
    private final Tool umount;

    private SmallDisk(Path directory, Tool umount) {
        this.directory = directory;
        this.umount = umount;
    }

    /** @param inodes files and directories that fit */
    public static SmallDisk of(int mebibytes, int inodes) {
        Path directory = Scratch.directory("disk");
        Tool.Ran ran = Tool.named("mount")
                .run("-t", "tmpfs", "-o", "size=" + mebibytes + "m,nr_inodes=" + inodes, "tmpfs", directory.toString());
        if (!ran.succeeded() && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("CI runs every test, and this one mounts a file system\n" + ran);
        }
        Assumptions.assumeTrue(ran.succeeded(), "no right to mount a file system");
        return new SmallDisk(directory, Tool.named("umount"));
    }

    public Path directory() {
        return directory;
    }

    /** Takes all that is left, as somebody else's file. */
    public void fillUp() {
        Path ballast = directory.resolve("ballast-" + System.nanoTime());
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    /** Gives it back. */
    public void relieve() {
        try (var files = Files.newDirectoryStream(directory, "ballast-*")) {
            for (Path each : files) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        umount.run("-l", directory.toString());
    }
}
