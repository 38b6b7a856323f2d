package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many images in one call, and indexes. */
class SeveralImagesTest extends ImagesToSign {
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

    /** Each name is answered for, and each tag is looked at again. */
    @Test
    void two_tags_of_one_image_are_two_rows_and_one_signature() throws Exception {
        Digest image = registry.image("team/app", "v1");
        registry.store("team/app", "latest", registry.bytes("team/app", image), MediaType.OCI_MANIFEST);
        registry.image("team/app", "v2");
        registry.trouble(exchange -> {
            if (exchange.getRequestMethod().equals("POST")) {
                registry.image("team/app", "latest"); // another one
            }
            return false;
        });
        assertThat(terminal.run(
                        "sign", "--key", key, "-o", "json", name + ":v1", name + ":v2", name + ":latest", name + ":v1"))
                .isZero();
        List<String> rows = new ArrayList<>();
        for (var one : json().arrayOrEmpty("signed", 9)) {
            JsonObject row = one.asObject("signed");
            rows.add(row.getString("image") + " " + row.get("added") + " "
                    + row.findString("tagNow").isPresent());
        }
        assertThat(rows)
                .containsExactly(
                        name + ":v1 JsonBoolean[value=true] false",
                        name + ":latest JsonBoolean[value=false] true",
                        name + ":v2 JsonBoolean[value=true] false");
        assertThat(terminal.err())
                .contains("signing " + name + "@" + image + " (tag latest)")
                .contains("the tag latest of " + name + " has moved meanwhile");
        assertThat(registry.log().stream().filter(line -> line.startsWith("PUT /v2/team/app/manifests/")))
                .hasSize(2);
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

    /** Whoever writes an index could have any digest signed; so not even the index is, of which that could be read. */
    @ParameterizedTest
    @ValueSource(strings = {"sign", "attest"})
    void refuses_an_index_that_lists_what_is_not_there_before_anything_is_signed(String command) {
        Digest there = registry.image("team/app", "a");
        String absent = "sha256:" + "ab".repeat(32);
        Digest index = sparse(there, absent, 7);
        registry.image("team/app", "v2");
        List<String> typed = new ArrayList<>(List.of(command, "--key", key, "-r", name + ":sparse"));
        if (command.equals("attest")) {
            terminal.typing(SigningCommandsTest.PROVENANCE);
            typed.addAll(List.of("--type", "slsaprovenance1", "--predicate", "-"));
        }
        assertThat(terminal.run(typed.toArray(new String[0]))).isEqualTo(1);
        assertThat(terminal.err())
                .isEqualTo(
                        "pratique: the index " + name + "@" + index + " lists " + absent + ", which is not there\n"
                                + "hint: push or copy the whole image first; or sign what is there by its digests, without --recursive\n");
        assertThat(terminal.out()).isEmpty();
        assertThat(registry.log()).noneMatch(line -> line.matches("(PUT|POST|PATCH) .*"));
        if (command.equals("sign")) {
            // The images beside it are signed all the same.
            assertThat(terminal.run("sign", "--key", key, "-r", name + ":sparse", name + ":v2"))
                    .isEqualTo(1);
            assertThat(terminal.out()).contains("(tag v2)").doesNotContain(absent, index.toString(), there.toString());
        }
    }

    @Test
    void what_an_index_says_of_its_children_is_not_what_is_signed() throws Exception {
        Digest there = registry.image("team/app", "a");
        sparse(there, there.toString(), 7);
        assertThat(terminal.run("sign", "--key", key, "-r", "-o", "json", name + ":sparse"))
                .isZero();
        String evidence =
                json().arrayOrEmpty("signed", 9).get(1).asObject("row").getString("evidence");
        JsonObject subject = StrictJson.parseObject(
                        registry.bytes("team/app", Digest.parse(evidence)), "evidence", 1 << 20)
                .getObject("subject");
        assertThat(subject.get("size").asSize("size")).isEqualTo(registry.bytes("team/app", there).length);
        assertThat(subject.getString("mediaType")).isEqualTo(MANIFEST);
    }

    /** Of BuildKit's index: what it has of its own about an image is a manifest like the others. */
    @Test
    void a_manifest_without_a_platform_is_signed_too() {
        Digest there = registry.image("team/app", "a");
        Digest statements = registry.image("team/app", "buildkit");
        index("{\"mediaType\":\"" + MANIFEST + "\",\"size\":9,\"digest\":\"" + there
                + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},{\"mediaType\":\"" + MANIFEST
                + "\",\"size\":9,\"digest\":\"" + statements
                + "\",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},\"annotations\":"
                + "{\"vnd.docker.reference.type\":\"attestation-manifest\"}}");
        assertThat(terminal.run("sign", "--key", key, "-r", name + ":sparse")).isZero();
        assertThat(terminal.out()).contains(there + ": stored as", statements + ": stored as");
    }

    /** An index that gives its second manifest another type and size than any has. */
    private Digest sparse(Digest there, String other, int size) {
        return index("{\"mediaType\":\"" + MANIFEST + "\",\"size\":7,\"digest\":\"" + there
                + "\"},{\"mediaType\":\"application/vnd.example.other\",\"size\":" + size + ",\"digest\":\"" + other
                + "\"}");
    }

    private Digest index(String manifests) {
        String json =
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[" + manifests + "]}";
        return registry.store("team/app", "sparse", json.getBytes(StandardCharsets.UTF_8), MediaType.OCI_INDEX);
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
                .endsWith("; what was signed is " + before
                        + "; if the other one was meant, run it again, and name images by digest\n");
    }

    /** CLI-01. */
    @Test
    void a_tag_that_names_nothing_any_more_or_cannot_be_seen_is_in_the_document() throws Exception {
        registry.image("team/app", "v1");
        for (int status : new int[] {404, 403}) {
            AtomicInteger written = new AtomicInteger();
            registry.trouble(exchange -> {
                if (exchange.getRequestMethod().equals("PUT")) {
                    written.incrementAndGet();
                }
                boolean asked =
                        written.get() > 0 && exchange.getRequestURI().getPath().endsWith("/manifests/v1");
                if (asked) {
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                }
                return asked;
            });
            assertThat(terminal.run("sign", "--key", key, "-o", "json", name + ":v1"))
                    .isZero();
            assertThat(json().arrayOrEmpty("signed", 1).get(0).asObject("row").getString("tagNow"))
                    .isEqualTo(status == 404 ? "none" : "unknown");
            assertThat(terminal.err()).contains("warning: ").contains("name images by digest");
        }
        registry.trouble(exchange -> false);
        assertThat(terminal.run("sign", "--key", key, "-o", "json", name + ":v1"))
                .isZero();
        assertThat(terminal.out()).doesNotContain("tagNow");
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
}
