package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Key files that are made here. */
class NewKeyFilesTest extends PrivateKeyFiles {
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void whatIsWrittenCanBeRead(KeyType type) throws Exception {
        NewKeyFiles.Written written = generate(type, "correct horse");
        PrivateKeyFile.Opened opened =
                file("correct horse").open(written.privateKey().toString());
        assertThat(opened.signer().publicKey()).isEqualTo(written.spki());
        assertThat(opened.warning()).isEmpty();
        assertThat(Files.readString(written.publicKey())).isEqualTo(Pem.publicKey(written.spki()));
    }

    @Test
    void theFilesAreTheOwnersAndEncrypted() throws Exception {
        NewKeyFiles.Written written = generate(KeyType.P256, "pw");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written.privateKey())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(written.privateKey())).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {".key", ".pub"})
    void nothingIsOverwritten(String suffix) throws Exception {
        Path existing = directory.resolve("k" + suffix);
        Files.writeString(existing, "precious");
        assertThatThrownBy(() -> generate(KeyType.P256, "pw")).hasMessageContaining("exists already");
        assertThat(Files.readString(existing)).isEqualTo("precious");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void aDanglingLinkIsNotFollowed() throws Exception {
        Files.createSymbolicLink(directory.resolve("k.key"), directory.resolve("elsewhere"));
        assertThatThrownBy(() -> generate(KeyType.P256, "pw")).hasMessageContaining("exists already");
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    /** Two writers that both saw no file: the second still finds the first one's. */
    @Test
    void theLastMomentIsLookedAtToo() throws Exception {
        NewKeyFiles.Names names = NewKeyFiles.Names.of(directory.resolve("k").toString());
        Files.writeString(names.publicKey(), "precious");
        assertThatThrownBy(() -> new NewKeyFiles(RANDOM).write(names, KeyType.P256, password("pw")))
                .hasMessageContaining("exists already");
        assertThat(names.privateKey()).doesNotExist();
    }

    /** CLI-06. */
    @Test
    void aKeyThatOthersCanReadIsPointedOut() throws Exception {
        NewKeyFiles.Written written = generate(KeyType.P256, "pw");
        Files.setPosixFilePermissions(written.privateKey(), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(file("pw").open(written.privateKey().toString()).warning().orElse(""))
                .contains("others can read")
                .contains("chmod 600");
    }
}
