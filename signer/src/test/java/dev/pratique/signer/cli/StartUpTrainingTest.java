package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the archive of classes is made from; where it fails, every command starts slowly and nobody is told. */
class StartUpTrainingTest {
    @TempDir
    private Path directory;

    @Test
    void signs_and_verifies_files_and_images_over_HTTP_and_HTTPS() throws Exception {
        StartUpTraining.train(directory);
        assertThat(directory.resolve("key.key")).isNotEmptyFile();
        assertThat(directory.resolve("bundle.json")).content().contains("messageSignature");
        assertThat(directory.resolve("registry.pem")).content().startsWith("-----BEGIN CERTIFICATE-----");
    }
}
