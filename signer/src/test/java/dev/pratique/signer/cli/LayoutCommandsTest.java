package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in OCI layouts on disk. */
class LayoutCommandsTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;
    private Path layout;
    private String key;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home);
        TestKeys.write(home.resolve("ci"));
        key = home.resolve("ci").toString();
        layout = Files.createDirectories(home.resolve("layout/blobs/sha256"))
                .getParent()
                .getParent();
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        index();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle", "cosign"})
    void what_is_signed_in_a_layout_is_verified_in_it(String format) throws Exception {
        Digest image = image("1.0");
        String name = "oci:" + layout + ":1.0";
        assertThat(terminal.run("verify", "--key", key + ".pub", name)).isEqualTo(3);
        assertThat(run(
                        "sign",
                        "--key",
                        key + ".key",
                        "--format",
                        format,
                        "--sign-container-identity",
                        "acme.example/app",
                        name))
                .isEqualTo(format.equals("bundle") ? 64 : 0);
        if (format.equals("bundle")) {
            assertThat(run("sign", "--key", key + ".key", name)).isZero();
        }
        assertThat(terminal.out()).startsWith("signing oci:" + layout + "@" + image + " (tag 1.0)\n  stored ");
        assertThat(run("verify", "--key", key + ".pub", name)).isZero();
        assertThat(run("verify", "--key", key + ".pub", "oci:" + layout + "@" + image))
                .isZero();
        // With evidence beside it there is still one image.
        assertThat(run("verify", "--key", key + ".pub", "oci:" + layout)).isZero();
        TestKeys.write(home.resolve("other"));
        assertThat(run("verify", "--key", home.resolve("other.pub").toString(), name))
                .isEqualTo(3);
    }

    /** As a copy of one platform leaves it. */
    @Test
    void refuses_an_index_of_a_layout_that_lists_what_is_not_in_it() throws Exception {
        Digest child = image("1.0");
        byte[] manifest = Files.readAllBytes(layout.resolve("blobs/sha256").resolve(child.hex()));
        byte[] whole = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_INDEX,
                "manifests",
                List.of(descriptor(MediaType.OCI_MANIFEST, manifest))));
        Digest index = Digest.sha256(whole);
        Files.write(layout.resolve("blobs/sha256").resolve(index.hex()), whole);
        Map<String, Object> entry = new LinkedHashMap<>(descriptor(MediaType.OCI_INDEX, whole));
        entry.put("annotations", Map.of("org.opencontainers.image.ref.name", "all"));
        entries.add(entry);
        index();
        assertThat(run("sign", "--key", key + ".key", "-r", "oci:" + layout + ":all"))
                .isZero();
        assertThat(terminal.out()).contains(child + ": stored as referrer");
        Files.delete(layout.resolve("blobs/sha256").resolve(child.hex()));
        byte[] before = Files.readAllBytes(layout.resolve("index.json"));
        assertThat(run("sign", "--key", key + ".key", "-r", "-a", "n=2", "oci:" + layout + ":all"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("lists " + child + ", which is not there");
        assertThat(Files.readAllBytes(layout.resolve("index.json"))).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle", "cosign"})
    void statements_too(String format) throws Exception {
        image("1.0");
        String name = "oci:" + layout + ":1.0";
        terminal.typing(SigningCommandsTest.PROVENANCE);
        assertThat(run(
                        "attest",
                        "--key",
                        key + ".key",
                        "--format",
                        format,
                        "--type",
                        "slsaprovenance1",
                        "--predicate",
                        "-",
                        name))
                .isZero();
        assertThat(run("verify", "--key", key + ".pub", "--type", "slsaprovenance1", name))
                .isZero();
        assertThat(run("verify", "--key", key + ".pub", "--type", "vuln", name)).isEqualTo(3);
    }

    @Test
    void readers_of_either_kind_find_it_and_what_was_there_stays() throws Exception {
        Digest image = image("1.0");
        image("2.0");
        Map<String, Object> before = new LinkedHashMap<>(json("index.json").members());
        before.put("annotations", Map.of("kept", "yes"));
        Files.write(layout.resolve("index.json"), JsonWriter.bytes(before));
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout + ":1.0")).isZero();
        assertThat(run("sign", "--key", key + ".key", "-a", "n=2", "oci:" + layout + ":1.0"))
                .isZero();
        JsonObject index = json("index.json");
        assertThat(index.stringsOrEmpty("annotations", 9)).containsEntry("kept", "yes");
        List<JsonObject> entries = new ArrayList<>();
        for (var entry : index.arrayOrEmpty("manifests", 99)) {
            entries.add(entry.asObject("entry"));
        }
        // Two images, two referrers without a name, one list under the referrers tag.
        assertThat(entries).hasSize(5);
        Manifest.Index list = (Manifest.Index) named(entries, "sha256-" + image.hex());
        assertThat(list.manifests()).hasSize(2);
        for (var listed : list.manifests()) {
            assertThat(blob(listed.digest()).subject()).contains(image);
            assertThat(entries).anySatisfy(entry -> {
                assertThat(entry.getString("digest")).isEqualTo(listed.digest().toString());
                assertThat(entry.getString("artifactType")).isEqualTo(MediaType.BUNDLE_V03);
            });
        }
        assertThat(temporary()).isEmpty();
    }

    @Test
    void where_names_carry_their_repository_those_of_the_evidence_do_too() throws Exception {
        Digest image = image("acme/app:1.0");
        String name = "oci:" + layout + ":acme/app:1.0";
        assertThat(run("sign", "--key", key + ".key", "--format", "cosign", name))
                .isZero();
        assertThat(terminal.out()).contains("stored under the tag sha256-" + image.hex() + ".sig");
        assertThat(Files.readString(layout.resolve("index.json")))
                .contains("\"acme/app:sha256-" + image.hex() + ".sig\"");
        assertThat(run("verify", "--key", key + ".pub", name)).isZero();
    }

    @Test
    void an_older_signature_needs_a_repository_to_name() throws Exception {
        image("1.0");
        assertThat(run("sign", "--key", key + ".key", "--format", "cosign", "oci:" + layout + ":1.0"))
                .isEqualTo(64);
        assertThat(terminal.err())
                .contains("names a repository, and oci:" + layout + " has none", "--sign-container-identity");
    }

    @Test
    void which_image_is_meant_is_never_guessed() throws Exception {
        Digest one = image("1.0");
        image("2.0");
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout)).isEqualTo(64);
        assertThat(terminal.err()).contains("may mean several images", ":1.0, :2.0");
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout + ":3.0")).isEqualTo(1);
        assertThat(terminal.err()).contains("there is no image oci:" + layout + ":3.0");
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout + ":2.0@" + one))
                .isEqualTo(1);
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout + ":1.0@" + one))
                .isZero();
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout + "@sha256:12"))
                .isEqualTo(64);
        assertThat(run("sign", "--key", key + ".key", "oci:")).isEqualTo(64);
        assertThat(run("sign", "--key", key + ".key", "oci:" + home + ":1.0")).isEqualTo(1);
        assertThat(terminal.err()).contains("there is no OCI layout in " + home);
    }

    @Test
    void bytes_that_are_not_their_digest_are_not_signed() throws Exception {
        Digest image = image("1.0");
        Files.writeString(layout.resolve("blobs/sha256").resolve(image.hex()), "{}");
        assertThat(run("sign", "--key", key + ".key", "oci:" + layout + ":1.0")).isEqualTo(1);
        assertThat(terminal.err()).contains("the file of blob " + image + " in " + layout + " holds something else");
    }

    @Test
    void thirty_two_at_once_are_all_found() throws Exception {
        Digest image = image("1.0");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> signers = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                String note = "n=" + i;
                signers.add(() -> new TestTerminal(home)
                        .run("sign", "--key", key + ".key", "-a", note, "oci:" + layout + ":1.0"));
            }
            for (Future<Integer> signed : threads.invokeAll(signers)) {
                assertThat(signed.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
        List<JsonObject> entries = new ArrayList<>();
        for (var entry : json("index.json").arrayOrEmpty("manifests", 99)) {
            entries.add(entry.asObject("entry"));
        }
        assertThat(entries).hasSize(34);
        assertThat(((Manifest.Index) named(entries, "sha256-" + image.hex())).manifests())
                .hasSize(32);
    }

    @Test
    void a_layout_that_another_program_writes_is_waited_for() throws Exception {
        image("1.0");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (FileChannel channel = FileChannel.open(layout.resolve("oci-layout"), StandardOpenOption.WRITE)) {
            Future<Integer> signing;
            try (FileLock lock = channel.lock()) {
                assertThat(lock.isValid()).isTrue();
                signing = thread.submit(
                        () -> new TestTerminal(home).run("sign", "--key", key + ".key", "oci:" + layout + ":1.0"));
                while (!Thread.getAllStackTraces().values().stream()
                        .anyMatch(stack -> Stream.of(stack)
                                .anyMatch(frame -> frame.getMethodName().equals("lock")
                                        && frame.getClassName().endsWith("publish.Layout")))) {
                    Thread.onSpinWait();
                }
                assertThat(Files.readString(layout.resolve("index.json"))).doesNotContain("bundle");
            }
            assertThat(signing.get()).isZero();
        } finally {
            thread.shutdownNow();
        }
    }

    private int run(String... args) {
        return terminal.run(args);
    }

    private List<Path> temporary() throws Exception {
        try (Stream<Path> files = Files.walk(layout)) {
            return files.filter(file -> file.toString().endsWith(".new")).toList();
        }
    }

    private Manifest named(List<JsonObject> entries, String name) throws Exception {
        for (JsonObject entry : entries) {
            if (name.equals(entry.stringsOrEmpty("annotations", 9).get("org.opencontainers.image.ref.name"))) {
                return blob(Digest.parse(entry.getString("digest")));
            }
        }
        throw new AssertionError("nothing is called " + name);
    }

    private Manifest blob(Digest digest) throws Exception {
        return Manifest.parse(Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest.hex())), null);
    }

    private JsonObject json(String file) throws Exception {
        return StrictJson.parseObject(Files.readAllBytes(layout.resolve(file)), file, 1 << 20);
    }

    private final List<Object> entries = new ArrayList<>();

    private Digest image(String name) throws Exception {
        byte[] config = ("{\"of\":\"" + name + "\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", descriptor(MediaType.OCI_CONFIG, config));
        manifest.put("layers", List.of());
        byte[] bytes = JsonWriter.bytes(manifest);
        Digest digest = Digest.sha256(bytes);
        Files.write(layout.resolve("blobs/sha256").resolve(Digest.sha256(config).hex()), config);
        Files.write(layout.resolve("blobs/sha256").resolve(digest.hex()), bytes);
        Map<String, Object> entry = new LinkedHashMap<>(descriptor(MediaType.OCI_MANIFEST, bytes));
        entry.put("annotations", Map.of("org.opencontainers.image.ref.name", name));
        entries.add(entry);
        index();
        return digest;
    }

    private void index() throws Exception {
        Files.write(
                layout.resolve("index.json"),
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries)));
    }

    private static Map<String, Object> descriptor(String type, byte[] content) {
        return Map.of(
                "mediaType",
                type,
                "size",
                content.length,
                "digest",
                Digest.sha256(content).toString());
    }
}
