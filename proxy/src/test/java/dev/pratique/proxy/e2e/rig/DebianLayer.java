package dev.pratique.proxy.e2e.rig;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.stream.Stream;

/** Layers of real Debian packages, made by mmdebstrap once per machine. */
public final class DebianLayer {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Path CACHE =
            Path.of(System.getProperty("java.io.tmpdir"), "pratique-debian-" + System.getProperty("user.name"));

    private DebianLayer() {}

    /** A tar file with these packages and what they depend on, unpacked. */
    public static synchronized Path of(String... packages) {
        String release = release();
        String wanted = release + " " + String.join(",", packages);
        Path tar = CACHE.resolve(
                Digest.sha256(wanted.getBytes(StandardCharsets.UTF_8)).hex() + ".tar");
        if (!Files.exists(tar)) {
            make(tar, release, packages);
        }
        return tar;
    }

    private static void make(Path tar, String release, String... packages) {
        try {
            Files.createDirectories(CACHE);
            Path partial = Files.createTempFile(CACHE, "making-", ".tar");
            Tool.Ran ran = Tool.named("mmdebstrap")
                    .with("SOURCE_DATE_EPOCH", "1700000000")
                    .run(
                            PATIENCE,
                            "--quiet",
                            "--variant=extract",
                            "--include=" + String.join(",", packages),
                            release,
                            partial.toString());
            if (!ran.succeeded()) {
                throw new AssertionError(ran.toString());
            }
            Files.move(partial, tar, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This machine's release, for which it has package sources. */
    private static String release() {
        try (Stream<String> lines = Files.lines(Path.of("/etc/os-release"))) {
            return lines.filter(line -> line.startsWith("VERSION_CODENAME="))
                    .map(line -> line.substring(line.indexOf('=') + 1))
                    .findFirst()
                    .orElse("stable");
        } catch (IOException e) {
            return "stable";
        }
    }
}
