package dev.pratique.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people install, in a Debian that has nothing but a Java runtime. */
@Tag("dist")
class DistributionTest {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @TempDir
    private Path directory;

    private static Path built(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith("pratique")
                                    && file.toString().endsWith(suffix))
                    .toList();
            assertThat(found).as("what -Pdist built").hasSize(1);
            return found.get(0);
        }
    }

    @Test
    void the_package_installs_runs_and_leaves_nothing_but_its_configuration() throws Exception {
        try (BareDebian debian = BareDebian.in(directory)) {
            debian.take(built(".deb"), "/srv/pratique.deb");
            debian.output("dpkg", "-i", "/srv/pratique.deb");

            assertThat(archives(debian.file("/var/cache/pratique")))
                    .as("made at installation")
                    .hasSize(1)
                    .allMatch(size -> size > 1 << 20);
            assertThat(debian.output("pratique", "--version")).startsWith("pratique ");
            signsAndVerifies(debian);
            assertThat(debian.output("pratique", "config", "check")).contains("/etc/pratique");
            assertThat(debian.output("pratique", "demo", "--once")).contains("UNSIGNED");
            assertThat(debian.output("zcat", "/usr/share/man/man1/pratique-sign.1.gz"))
                    .contains(".SH EXAMPLES");
            assertThat(debian.output(
                            "bash", "-c", ". /usr/share/bash-completion/completions/pratique && complete -p pratique"))
                    .contains("pratique");
            assertThat(debian.file("/lib/systemd/system/pratique.service")).exists();
            assertThat(debian.output("getent", "passwd", "pratique")).contains("/var/lib/pratique");

            debian.output("dpkg", "-r", "pratique");
            assertThat(debian.file("/usr/lib/pratique")).doesNotExist();
            assertThat(debian.file("/etc/pratique/policy.yaml")).exists();
            debian.output("dpkg", "-P", "pratique");
            assertThat(debian.file("/etc/pratique")).doesNotExist();
            assertThat(debian.file("/var/cache/pratique")).doesNotExist();
        }
    }

    @Test
    void the_tar_runs_from_where_it_is_unpacked() throws Exception {
        Tool.named("tar").output("-xzf", built(".tar.gz").toString(), "-C", directory.toString());
        Path home = directory.resolve(built(".tar.gz").getFileName().toString().replace(".tar.gz", ""));
        String program = home.resolve("bin/pratique").toString();
        assertThat(Tool.named("env").output(program, "--version")).startsWith("pratique ");
        assertThat(archives(home.resolve("cache")))
                .as("made at the first start")
                .hasSize(1)
                .allMatch(size -> size > 1 << 20);
        assertThat(Tool.named("env").output(program, "config", "check")).contains("config/default");
        assertThat(Tool.named("env").output(program, "demo", "--once")).contains("UNSIGNED");
        assertThat(home.resolve("share/man/man1/pratique-verify.1.gz")).exists();
        assertThat(home.resolve("share/completion/pratique.fish")).content().contains("complete -c pratique");
    }

    private static void signsAndVerifies(BareDebian debian) throws IOException {
        Files.writeString(debian.file("/srv/artifact"), "something to sign");
        debian.output(
                "env", "PRATIQUE_PASSWORD=secret", "pratique", "keys", "generate", "--output-key-prefix", "/srv/key");
        debian.output(
                "env",
                "PRATIQUE_PASSWORD=secret",
                "pratique",
                "sign",
                "--key",
                "/srv/key.key",
                "--bundle",
                "/srv/bundle.json",
                "/srv/artifact");
        debian.output("pratique", "verify", "--key", "/srv/key.pub", "--bundle", "/srv/bundle.json", "/srv/artifact");
        Files.writeString(debian.file("/srv/artifact"), "something else");
        assertThat(debian.run(
                                "pratique",
                                "verify",
                                "--key",
                                "/srv/key.pub",
                                "--bundle",
                                "/srv/bundle.json",
                                "/srv/artifact")
                        .exit())
                .isEqualTo(3);
    }

    private static List<Long> archives(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.toFile().length()).toList();
        }
    }
}
