package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many images in one call, and what is done besides pushing. */
class SeveralImagesTest {
    private static final String MANIFEST = dev.pratique.attestations.image.MediaType.OCI_MANIFEST;

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private String key;
    private String name;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home);
        registry = new TestRegistry(true);
        TestKeys.write(home.resolve("ci"));
        key = home.resolve("ci.key").toString();
        name = registry.host() + "/team/app";
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void fifty_are_signed_in_one_call_and_told_in_their_order() throws Exception {
        List<String> command = new ArrayList<>(List.of("sign", "--key", key));
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Digest image = registry.image("team/app", "v" + i);
            command.add(name + ":v" + i);
            wanted.add("signing " + name + "@" + image + " (tag v" + i + ")");
        }
        assertThat(terminal.run(command.toArray(new String[0]))).isZero();
        List<String> lines = terminal.out().lines().toList();
        assertThat(lines.subList(0, 50)).isEqualTo(wanted);
        assertThat(lines).hasSize(100);
        for (int i = 0; i < 50; i++) {
            String image =
                    wanted.get(i).substring("signing ".length(), wanted.get(i).indexOf(" (tag"));
            assertThat(lines.get(50 + i)).startsWith("  " + image + ": stored as referrer sha256:");
        }
    }

    @Test
    void every_digest_is_shown_before_anything_is_written() {
        registry.image("team/app", "v1");
        registry.image("team/app", "v2");
        List<String> shown = new ArrayList<>();
        registry.trouble(exchange -> {
            if (exchange.getRequestMethod().matches("POST|PUT") && shown.isEmpty()) {
                shown.add(terminal.out());
            }
            return false;
        });
        assertThat(terminal.run("sign", "--key", key, name + ":v1", name + ":v2"))
                .isZero();
        assertThat(shown.get(0).lines().filter(line -> line.startsWith("signing ")))
                .hasSize(2);
    }

    @Test
    void one_that_fails_does_not_hide_the_others() throws Exception {
        Digest one = registry.image("team/app", "v1");
        Digest two = registry.image("team/app", "v2");
        assertThat(terminal.run("sign", "--key", key, name + ":v1", name + ":none", name + ":v2"))
                .isEqualTo(1);
        assertThat(terminal.out()).contains(one + ": stored as", two + ": stored as");
        assertThat(terminal.err())
                .isEqualTo("pratique: " + name + ":none: there is no image " + name
                        + ":none\nhint: push the image first; it is signed where it is\n");
        assertThat(terminal.run("sign", "--key", key, "-o", "json", name + ":v1", name + ":none", "127.0.0.1:1/a:b"))
                .isEqualTo(1);
        JsonObject document = json();
        assertThat(document.getString("schema")).isEqualTo("pratique.sign/v1");
        assertThat(document.arrayOrEmpty("signed", 9)).hasSize(1);
        List<String> exits = new ArrayList<>();
        for (var failed : document.arrayOrEmpty("failed", 9)) {
            JsonObject row = failed.asObject("failed");
            exits.add(row.getString("image") + " " + row.get("exit").asSize("exit"));
        }
        assertThat(exits).containsExactly(name + ":none 1", "127.0.0.1:1/a:b 69");
    }

    @Test
    void where_all_fail_alike_the_exit_code_says_how() {
        assertThat(terminal.run("sign", "--key", key, "127.0.0.1:1/a:b", "127.0.0.1:1/a:c"))
                .isEqualTo(69);
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void the_same_image_twice_is_signed_once() {
        Digest image = registry.image("team/app", "v1");
        assertThat(terminal.run("sign", "--key", key, name + ":v1", name + "@" + image))
                .isZero();
        assertThat(terminal.out().lines().filter(line -> line.contains("stored as")))
                .hasSize(1);
    }

    @Test
    void recursive_goes_through_indexes_in_indexes_and_signs_each_once() {
        Digest one = registry.image("team/app", "a");
        Digest two = registry.image("team/app", "b");
        Digest inner = registry.index("team/app", "inner", one, two);
        Digest outer = registry.indexOf("team/app", "outer", inner, one);
        assertThat(terminal.run("sign", "--key", key, "-r", name + ":outer")).isZero();
        List<String> signing = terminal.out()
                .lines()
                .filter(line -> line.startsWith("signing"))
                .toList();
        assertThat(signing)
                .containsExactly(
                        "signing " + name + "@" + outer + " (tag outer)",
                        "signing " + name + "@" + inner + " (of the index)",
                        "signing " + name + "@" + one + " (of the index)",
                        "signing " + name + "@" + two + " (of the index)");
    }

    @Test
    void a_statement_is_made_about_every_manifest_of_an_index() throws Exception {
        Digest one = registry.image("team/app", "a");
        Digest two = registry.image("team/app", "b");
        Digest inner = registry.index("team/app", "inner", one, two);
        Digest outer = registry.indexOf("team/app", "outer", inner, one);
        String pub = home.resolve("ci.pub").toString();
        String[] verify = {"verify", "--key", pub, "--type", "slsaprovenance1", ""};
        terminal.typing(SigningCommandsTest.PROVENANCE);
        assertThat(terminal.run(
                        "attest", "--key", key, "--type", "slsaprovenance1", "--predicate", "-", name + ":outer"))
                .isZero();
        verify[5] = name + "@" + one;
        assertThat(terminal.run(verify)).isEqualTo(3);

        terminal.typing(SigningCommandsTest.PROVENANCE);
        assertThat(terminal.run(
                        "attest",
                        "--key",
                        key,
                        "-r",
                        "--type",
                        "slsaprovenance1",
                        "--predicate",
                        "-",
                        "-o",
                        "json",
                        name + ":outer"))
                .isZero();
        List<String> attested = new ArrayList<>();
        for (var row : json().arrayOrEmpty("attested", 9)) {
            attested.add(row.asObject("attested").getString("digest"));
        }
        assertThat(attested).containsExactly(outer.toString(), inner.toString(), one.toString(), two.toString());
        for (String each : attested) {
            verify[5] = name + "@" + each;
            assertThat(terminal.run(verify)).as(each).isZero();
        }
        assertThat(terminal.run(
                        "attest",
                        "--key",
                        key,
                        "-r",
                        "--type",
                        "slsaprovenance1",
                        "--predicate",
                        "-",
                        "--bundle",
                        home.resolve("b.json").toString(),
                        name + ":outer"))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("one file holds the bundle of one manifest");
    }

    /** CLI-01. */
    @Test
    void a_tag_that_moves_meanwhile_is_told_and_the_digest_that_was_shown_is_signed() {
        Digest before = registry.image("team/app", "v1");
        AtomicInteger stored = new AtomicInteger();
        registry.trouble(exchange -> {
            if (exchange.getRequestMethod().equals("PUT") && stored.getAndIncrement() == 0) {
                registry.store(
                        "team/app", "v1", registry.bytes("team/app", registry.image("team/app", "other")), MANIFEST);
            }
            return false;
        });
        assertThat(terminal.run("sign", "--key", key, name + ":v1")).isZero();
        assertThat(terminal.out()).startsWith("signing " + name + "@" + before + " (tag v1)\n");
        assertThat(terminal.err())
                .startsWith("warning: the tag v1 of " + name + " has moved meanwhile: it names sha256:")
                .endsWith("; what was signed is " + before + "\n");
    }

    @Test
    void a_dry_run_signs_and_writes_nothing() throws Exception {
        Digest image = registry.image("team/app", "v1");
        for (String format : List.of("bundle", "cosign")) {
            assertThat(terminal.run("sign", "--key", key, "--format", format, "--dry-run", name + ":v1"))
                    .isZero();
            assertThat(terminal.out())
                    .isEqualTo("would sign " + name + "@" + image + " (tag v1)\n  would be stored "
                            + (format.equals("bundle")
                                    ? "as a referrer"
                                    : "under the tag sha256-" + image.hex() + ".sig")
                            + "\n");
        }
        assertThat(terminal.run("sign", "--key", key, "--dry-run", "-o", "json", name + ":v1"))
                .isZero();
        assertThat(json().get("dryRun")).hasToString("JsonBoolean[value=true]");
        Path file = home.resolve("b.json");
        assertThat(terminal.run("sign", "--key", key, "--dry-run", "--bundle", file.toString(), name + ":v1"))
                .isZero();
        assertThat(file).doesNotExist();
        // The key is opened: what would fail, fails.
        assertThat(terminal.run("sign", "--key", home.resolve("none.key").toString(), "--dry-run", name + ":v1"))
                .isEqualTo(1);
        assertThat(registry.log()).noneMatch(line -> line.matches("(PUT|POST|PATCH|DELETE) .*"));
    }

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

    private JsonObject json() throws Exception {
        return StrictJson.parseObject(terminal.out().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
    }
}
