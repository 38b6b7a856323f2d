package dev.pratique.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Tool.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The root of a Debian that has a Java runtime and hardly more, made by mmdebstrap. Needs to be root. */
final class BareDebian implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    private final Path root;

    private BareDebian(Path root) {
        this.root = root;
    }

    static BareDebian in(Path directory) throws IOException {
        Path root = directory.resolve("root");
        Ran made = Tool.named("mmdebstrap")
                .run(
                        PATIENCE,
                        "--quiet",
                        "--variant=minbase",
                        "--include=openjdk-17-jre-headless,adduser,ca-certificates,bash-completion",
                        // Slim images leave these out; the manual is to be looked at.
                        "--dpkgopt=path-include=/usr/share/man/*",
                        release(),
                        root.toString());
        assertThat(made.exit()).as(made.toString()).isZero();
        return new BareDebian(root);
    }

    private static String release() throws IOException {
        return Files.readAllLines(Path.of("/etc/os-release")).stream()
                .filter(line -> line.startsWith("VERSION_CODENAME="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .findFirst()
                .orElse("stable");
    }

    /** A file or directory inside, seen from outside. */
    Path file(String path) {
        return root.resolve(path.substring(1));
    }

    /** Copies a file in. */
    void take(Path file, String path) throws IOException {
        Files.createDirectories(file(path).getParent());
        Files.copy(file, file(path));
    }

    /** Runs a command inside, with nothing of this process's environment that matters. */
    Ran run(String... command) {
        // A JVM finds its libraries through /proc.
        List<String> arguments = new ArrayList<>(List.of(
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--root=" + root,
                "--mount-proc",
                "/usr/bin/env",
                "-i",
                "HOME=/root",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8"));
        arguments.addAll(List.of(command));
        return Tool.named("unshare").run(PATIENCE, arguments.toArray(String[]::new));
    }

    /** As {@link #run}; the command must succeed. */
    String output(String... command) {
        Ran ran = run(command);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran.out();
    }

    @Override
    public void close() {
        Tool.named("rm").run("-rf", "--one-file-system", root.toString());
    }
}
