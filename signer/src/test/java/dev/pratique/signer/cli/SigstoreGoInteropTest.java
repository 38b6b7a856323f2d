package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CLI-08: a strict reader of Sigstore's own accepts what keys in files sign here, and no damaged copy of it. */
@Tag("interop")
class SigstoreGoInteropTest {
    @TempDir
    private Path directory;

    private BundleReader reader;
    private TestTerminal terminal;

    @BeforeEach
    void make() throws Exception {
        reader = new BundleReader(directory);
        terminal = new TestTerminal(directory).with("PRATIQUE_PASSWORD", "pw");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p256", "p384", "p521", "ed25519", "rsa2048", "rsa3072", "rsa4096"})
    void sigstore_go_accepts_our_bundles_and_no_damaged_copy(String type) throws Exception {
        Path key = generate(type, "ci");
        Path stranger = generate(type, "stranger");
        Path predicate = directory.resolve("predicate.json");
        Files.writeString(predicate, SigningCommandsTest.PROVENANCE);
        Path file = Files.writeString(directory.resolve("app.tar"), "content");
        Path other = Files.writeString(directory.resolve("other.tar"), "contents");
        Path bundle = directory.resolve("bundle.json");
        String[] signing = {"--key", directory.resolve("ci.key").toString(), "--bundle", bundle.toString()};
        String[] stating = {"--type", "slsaprovenance1", "--predicate", predicate.toString()};
        try (TestRegistry registry = new TestRegistry(true)) {
            String image = registry.image("team/app", "v1").toString();
            String another = Digest.sha256(new byte[1]).toString();
            String name = registry.host() + "/team/app@" + image;

            run("sign", signing, name);
            reader.acceptsNothingElse(bundle, key, "-digest", image);
            reader.refuses(bundle, stranger, "-digest", image);
            reader.refuses(bundle, key, "-digest", another);

            run("attest", signing, stating, name);
            reader.acceptsNothingElse(bundle, key, "-digest", image);
            reader.refuses(bundle, stranger, "-digest", image);
            reader.refuses(bundle, key, "-digest", another);
        }
        run("sign", signing, file.toString());
        reader.acceptsNothingElse(bundle, key, "-artifact", file.toString());
        reader.refuses(bundle, stranger, "-artifact", file.toString());
        reader.refuses(bundle, key, "-artifact", other.toString());

        run("attest", signing, stating, file.toString());
        reader.acceptsNothingElse(bundle, key, "-artifact", file.toString());
        reader.refuses(bundle, key, "-artifact", other.toString());
    }

    private Path generate(String type, String name) {
        assertThat(terminal.run(
                        "keys",
                        "generate",
                        "--type",
                        type,
                        "--output-key-prefix",
                        directory.resolve(name).toString()))
                .as(terminal.err())
                .isZero();
        return directory.resolve(name + ".pub");
    }

    private void run(String command, String[] signing, String[] stating, String what) {
        String[] all = new String[signing.length + stating.length + 2];
        all[0] = command;
        System.arraycopy(signing, 0, all, 1, signing.length);
        System.arraycopy(stating, 0, all, 1 + signing.length, stating.length);
        all[all.length - 1] = what;
        assertThat(terminal.run(all)).as(terminal.err()).isZero();
    }

    private void run(String command, String[] signing, String what) {
        run(command, signing, new String[0], what);
    }
}
