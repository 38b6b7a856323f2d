package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.cli.PratiqueProcess.Ran;
import dev.pratique.signer.publish.TestRegistry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where what is printed goes: a disk can be full, a reader can go away. */
class StandardOutputTest {
    private static final File FULL = new File("/dev/full");

    @TempDir
    private Path directory;

    private PratiqueProcess pratique;

    @BeforeEach
    void make() throws Exception {
        pratique = new PratiqueProcess(directory, Map.of());
        TestKeys.write(directory.resolve("ci"));
    }

    private Ran ontoAFullDisk(String... arguments) throws Exception {
        Assumptions.assumeTrue(FULL.exists());
        return pratique.run(started -> {}, Redirect.to(FULL), arguments);
    }

    @Test
    void a_full_disk_behind_it_is_a_failure_whatever_is_printed() throws Exception {
        for (String[] arguments : new String[][] {
            {"keys", "public", "--key", "ci.key"}, {"keys", "public", "--key", "ci.key", "-o", "json"}, {"--help"}
        }) {
            Ran ran = ontoAFullDisk(arguments);
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err()).startsWith("pratique: standard output cannot be written\nhint: is the disk full");
        }
    }

    @Test
    void what_was_signed_stays_where_the_document_about_it_is_lost() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            registry.image("team/app", "v1");
            String image = registry.host() + "/team/app:v1";
            assertThat(ontoAFullDisk("sign", "-o", "json", "--key", "ci.key", image)
                            .exit())
                    .isEqualTo(1);
            assertThat(pratique.run("verify", "--key", "ci.pub", image).exit()).isZero();
        }
    }

    @Test
    void a_failure_of_the_command_keeps_its_exit_code() throws Exception {
        Ran ran = ontoAFullDisk("keys", "public", "-o", "json", "--key", "awskms:///x");
        assertThat(ran.exit()).isEqualTo(64);
        assertThat(ran.err()).contains("the name of the key in AWS KMS is wrong", "standard output cannot be written");
    }

    @Test
    void a_reader_that_went_away_is_no_failure() throws Exception {
        Ran ran = pratique.run(StandardOutputTest::leave, Redirect.PIPE, "keys", "public", "--key", "ci.key");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
    }

    /** Before it has written anything: a JVM takes its time to start. */
    private static void leave(Process process) {
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void what_is_written_is_whole() throws Exception {
        Ran ran = pratique.run("keys", "public", "--key", "ci.key");
        assertThat(ran.out()).isEqualTo(Files.readString(directory.resolve("ci.pub")));
    }
}
