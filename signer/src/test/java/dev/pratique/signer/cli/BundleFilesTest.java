package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Evidence that goes to a file, and what it may be about. */
class BundleFilesTest extends ImagesToSign {
    @Test
    void a_bundle_is_written_and_nothing_pushed() throws Exception {
        Digest image = registry.image("team/app", "v1");
        Path file = home.resolve("app.sigstore.json");
        assertThat(terminal.run("sign", "--key", key, "--bundle", file.toString(), name + ":v1"))
                .isZero();
        assertThat(terminal.out()).endsWith("  written to " + file + "\n");
        assertThat(registry.log()).noneMatch(line -> line.matches("(PUT|POST) .*"));
        assertThat(terminal.run(
                        "verify",
                        "--key",
                        home.resolve("ci.pub").toString(),
                        "--bundle",
                        file.toString(),
                        image.toString()))
                .isZero();
        assertThat(terminal.run("sign", "--key", key, "--bundle", file.toString(), name + ":v1", name + ":v2"))
                .isEqualTo(64);
        assertThat(terminal.run("sign", "--key", key, "-r", "--bundle", file.toString(), name + ":v1"))
                .isEqualTo(64);
        assertThat(terminal.run("sign", "--key", key, "--format=cosign", "--bundle", file.toString(), name + ":v1"))
                .isEqualTo(64);
    }

    @Test
    void a_file_is_signed_with_a_signature_of_the_message() throws Exception {
        Path app = home.resolve("app.tar");
        Files.writeString(app, "content");
        Path bundle = home.resolve("app.tar.sigstore.json");
        assertThat(terminal.run("sign", "--key", key, "--bundle", bundle.toString(), app.toString()))
                .isZero();
        assertThat(terminal.out())
                .isEqualTo("signing " + app + " (" + Digest.sha256("content".getBytes(StandardCharsets.UTF_8))
                        + ")\n  written to " + bundle + "\n");
        assertThat(Files.readString(bundle)).contains("\"messageSignature\"");
        String pub = home.resolve("ci.pub").toString();
        assertThat(terminal.run("verify", "--key", pub, "--bundle", bundle.toString(), app.toString()))
                .isZero();
        Files.writeString(app, "contents");
        assertThat(terminal.run("verify", "--key", pub, "--bundle", bundle.toString(), app.toString()))
                .isEqualTo(3);
    }

    @Test
    void a_statement_about_a_file_or_a_digest_is_a_bundle_too() throws Exception {
        Path app = home.resolve("app.tar");
        Files.writeString(app, "content");
        String pub = home.resolve("ci.pub").toString();
        Path bundle = home.resolve("b.json");
        String digest = "sha256:" + "ab".repeat(32);
        for (String subject : List.of(app.toString(), digest)) {
            terminal.typing(SigningCommandsTest.PROVENANCE);
            assertThat(terminal.run(
                            "attest",
                            "--key",
                            key,
                            "--type",
                            "slsaprovenance1",
                            "--predicate",
                            "-",
                            "--bundle",
                            bundle.toString(),
                            subject))
                    .isZero();
            assertThat(terminal.run(
                            "verify",
                            "--key",
                            pub,
                            "--type",
                            "slsaprovenance1",
                            "--bundle",
                            bundle.toString(),
                            subject))
                    .isZero();
        }
        assertThat(terminal.run("sign", "--key", key, "--bundle", bundle.toString(), digest))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("of a digest alone no signature can be made");
    }

    @Test
    void nobody_signs_another_thing_than_was_meant() throws Exception {
        String out = home.resolve("b.json").toString();
        // A name that is neither a file nor says its registry: a typo shall not become an image of Docker Hub.
        assertThat(terminal.run("sign", "--key", key, "--bundle", out, "ap.tar"))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("there is no file ap.tar, and as an image it names no registry");
        assertThat(terminal.run("sign", "--key", key, "--bundle", out, "./none.tar"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("there is no file ./none.tar");
        // A file without --bundle is not looked for in a registry.
        Path file = home.resolve("app.tar");
        Files.writeString(file, "x");
        assertThat(terminal.run("sign", "--key", key, file.toString())).isEqualTo(64);
        assertThat(terminal.err()).contains("is a file, and an image is signed in its registry", "--bundle FILE");
        assertThat(terminal.run("sign", "--key", key, "sha256:" + "ab".repeat(32)))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("a digest alone names no repository");
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void an_older_signature_names_the_repository_that_it_is_told() throws Exception {
        Digest image = registry.image("team/app", "v1");
        assertThat(terminal.run(
                        "sign",
                        "--key",
                        key,
                        "--format",
                        "cosign",
                        "--sign-container-identity",
                        "ghcr.io/acme/app",
                        name + ":v1"))
                .isZero();
        var manifest = (dev.pratique.attestations.image.Manifest.Image)
                registry.manifest("team/app/sha256-" + image.hex() + ".sig").orElseThrow();
        assertThat(new String(registry.blob(manifest.layers().get(0).digest()), StandardCharsets.UTF_8))
                .contains("\"docker-reference\":\"ghcr.io/acme/app\"");
        assertThat(terminal.run("sign", "--key", key, "--sign-container-identity", "ghcr.io/acme/app", name + ":v1"))
                .isEqualTo(64);
    }

    /** What is written to a full disk, or not at all. */
    @Test
    void a_full_disk_is_said_and_leaves_what_was_there() throws Exception {
        registry.image("team/app", "v1");
        assertThat(terminal.run("sign", "--key", key, "--bundle", "/dev/full", name + ":v1"))
                .isEqualTo(1);
        assertThat(terminal.err())
                .isEqualTo(
                        "pratique: /dev/full cannot be written: the disk is full\nhint: make room, and run it again\n");
        Path there = home.resolve("there");
        assertThat(terminal.run(
                        "sign",
                        "--key",
                        key,
                        "--bundle",
                        there.resolve("b.json").toString(),
                        name + ":v1"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("cannot be written: there is no such directory");
        Path old = home.resolve("old.json");
        Files.writeString(old, "old");
        assertThat(terminal.run("sign", "--key", key, "--bundle", old.toString(), name + ":none"))
                .isEqualTo(1);
        assertThat(old).hasContent("old");
        try (Stream<Path> files = Files.list(home)) {
            assertThat(files.filter(file -> file.toString().endsWith(".new"))).isEmpty();
        }
    }

    @Test
    void a_predicate_of_another_form_than_its_type_says_where() {
        registry.image("team/app", "v1");
        terminal.typing("{\"buildDefinition\":{\"buildType\":\"x\"},\"runDetails\":{}}");
        assertThat(terminal.run("attest", "--key", key, "--type", "slsaprovenance1", "--predicate", "-", name + ":v1"))
                .isEqualTo(1);
        assertThat(terminal.err())
                .isEqualTo(
                        "pratique: the predicate is no SLSA provenance v1: buildDefinition.externalParameters is missing;"
                                + " buildDefinition.buildType is not a URI; runDetails.builder is missing\n"
                                + "hint: slsa.dev/spec/v1.0/provenance says what belongs in it\n");
        terminal.typing("{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"x\",\"predicate\":{}}");
        assertThat(terminal.run("attest", "--key", key, "--type", "slsaprovenance1", "--predicate", "-", name + ":v1"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("is a whole statement, not its predicate", "jq .predicate");
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void custom_is_any_text_as_cosign_keeps_it() throws Exception {
        registry.image("team/app", "v1");
        terminal.typing("looked at, and good");
        assertThat(terminal.run("attest", "--key", key, "--type", "custom", "--predicate", "-", name + ":v1"))
                .isZero();
        assertThat(terminal.run("verify", "--key", home.resolve("ci.pub").toString(), "--type", "custom", name + ":v1"))
                .isZero();
    }
}
