package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.publish.Endpoints;
import dev.pratique.signer.publish.EvidenceTarget;
import dev.pratique.signer.publish.RegistryClient;
import dev.pratique.signer.publish.RegistryLogins;
import dev.pratique.signer.publish.RemoteRepository;
import dev.pratique.signer.publish.TestRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CLI-08: indexes, files, layouts and many signers, as real cosign, crane, skopeo and registries see them. */
@Tag("interop")
class SignedElsewhereInteropTest {
    @TempDir
    private Path directory;

    private ForeignTools tools;
    private TestTerminal terminal;
    private Path key;
    private Path pub;

    @BeforeEach
    void make() throws Exception {
        tools = new ForeignTools(directory);
        terminal = new TestTerminal(directory);
        TestKeys.write(directory.resolve("ci"));
        key = directory.resolve("ci.key");
        pub = directory.resolve("ci.pub");
    }

    @AfterEach
    void stop() {
        tools.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"refreg", "docker-registry", "distribution3"})
    void cosign_verifies_every_image_of_an_index_that_was_signed_as_a_whole(String program) throws Exception {
        String registry = tools.start(program);
        String one = tools.push(registry, "team/one");
        String index = registry + "/team/one:all";
        tools.run("crane", "index", "append", "-m", one, "-t", index);
        String child =
                registry + "/team/one@" + tools.run("crane", "digest", one).strip();
        cosign(false, "verify", child);
        for (String format : List.of("bundle", "cosign")) {
            run("sign", "--key", key.toString(), "--format", format, "-r", "-a", "build=417", index);
            String old = "--new-bundle-format=" + format.equals("bundle");
            cosign(true, "verify", old, "-a", "build=417", index);
            cosign(true, "verify", old, "-a", "build=417", child);
            cosign(false, "verify", old, "-a", "build=418", child);
        }
    }

    /** cosign itself has no such option for statements; what is stated of a child, it verifies like any other. */
    @ParameterizedTest
    @ValueSource(strings = {"refreg", "docker-registry"})
    void cosign_verifies_what_is_stated_of_every_image_of_an_index(String program) throws Exception {
        String registry = tools.start(program);
        String one = tools.push(registry, "team/one");
        String index = registry + "/team/one:all";
        tools.run("crane", "index", "append", "-m", one, "-t", index);
        String child =
                registry + "/team/one@" + tools.run("crane", "digest", one).strip();
        Path predicate = Files.writeString(directory.resolve("p.json"), SigningCommandsTest.PROVENANCE);
        String[] asked = {"--type", "slsaprovenance1"};
        for (String format : List.of("bundle", "cosign")) {
            String old = "--new-bundle-format=" + format.equals("bundle");
            cosign(false, "verify-attestation", old, asked[0], asked[1], child);
            run(
                    "attest",
                    "--key",
                    key.toString(),
                    "--format",
                    format,
                    "-r",
                    asked[0],
                    asked[1],
                    "--predicate",
                    predicate.toString(),
                    index);
            cosign(true, "verify-attestation", old, asked[0], asked[1], index);
            cosign(true, "verify-attestation", old, asked[0], asked[1], child);
        }
    }

    @Test
    void the_referrers_api_lists_what_was_signed_and_stated() throws Exception {
        String registry = tools.start("refreg");
        String image = tools.push(registry, "team/app");
        String digest = tools.run("crane", "digest", image).strip();
        run("sign", "--key", key.toString(), image);
        Path predicate = directory.resolve("p.json");
        Files.writeString(predicate, SigningCommandsTest.PROVENANCE);
        run("attest", "--key", key.toString(), "--type", "slsaprovenance1", "--predicate", predicate.toString(), image);
        Set<String> types = new TreeSet<>();
        for (JsonValue entry : list(registry, "referrers/" + digest)) {
            types.add(
                    entry.asObject("entry").stringsOrEmpty("annotations", 9).get("dev.sigstore.bundle.predicateType"));
            String manifest = entry.asObject("entry").getString("digest");
            assertThat(tools.run("crane", "manifest", registry + "/team/app@" + manifest))
                    .contains("\"subject\":{", digest);
        }
        assertThat(types).containsExactly("https://sigstore.dev/cosign/sign/v1", "https://slsa.dev/provenance/v1");
    }

    /** Without the API crane finds the list under its tag. */
    @Test
    void the_referrers_tag_lists_it_elsewhere() throws Exception {
        String registry = tools.start("docker-registry");
        String image = tools.push(registry, "team/app");
        String digest = tools.run("crane", "digest", image).strip();
        run("sign", "--key", key.toString(), image);
        run("sign", "--key", key.toString(), "-a", "n=2", image);
        String tag = tools.run("crane", "manifest", registry + "/team/app:" + digest.replace(':', '-'));
        assertThat(StrictJson.parseObject(tag.getBytes(StandardCharsets.UTF_8), "index", 1 << 20)
                        .arrayOrEmpty("manifests", 9))
                .hasSize(2);
        cosign(true, "verify", image);
    }

    @Test
    void cosign_verifies_bundles_in_files() throws Exception {
        Path file = directory.resolve("app.tar");
        Files.writeString(file, "content");
        Path bundle = directory.resolve("app.tar.sigstore.json");
        run("sign", "--key", key.toString(), "--bundle", bundle.toString(), file.toString());
        blob(true, "verify-blob", bundle, file);
        damaged(bundle, damaged -> blob(false, "verify-blob", damaged, file));
        Path other = directory.resolve("other.tar");
        Files.writeString(other, "contents");
        blob(false, "verify-blob", bundle, other);

        Path predicate = directory.resolve("p.json");
        Files.writeString(predicate, SigningCommandsTest.PROVENANCE);
        run(
                "attest",
                "--key",
                key.toString(),
                "--type",
                "slsaprovenance1",
                "--predicate",
                predicate.toString(),
                "--bundle",
                bundle.toString(),
                file.toString());
        blob(true, "verify-blob-attestation", bundle, file, "--type", "slsaprovenance1");
        blob(false, "verify-blob-attestation", bundle, file, "--type", "vuln");
        damaged(bundle, damaged -> blob(false, "verify-blob-attestation", damaged, file, "--type", "slsaprovenance1"));
    }

    /** The gates above can fail: the same evidence under another image's name is refused. */
    @ParameterizedTest
    @ValueSource(strings = {"bundle", "cosign"})
    void cosign_refuses_what_we_said_of_another_image(String format) throws Exception {
        String registry = tools.start("docker-registry");
        String image = tools.push(registry, "team/app");
        run("sign", "--key", key.toString(), "--format", format, image);
        String option = "--new-bundle-format=" + format.equals("bundle");
        cosign(true, "verify", option, image);
        String digest = tools.run("crane", "digest", image).strip();
        String name = registry + "/team/app";
        String copy = name + "copy";
        tools.run("crane", "copy", image, copy + ":v1");
        String tag = digest.replace(':', '-') + (format.equals("bundle") ? "" : ".sig");
        // The same evidence of another image: copied whole, it is still not about this one.
        String strange = tools.push(registry, "team/strange");
        Path content = directory.resolve("x.tar");
        Files.write(content, new byte[4096]);
        tools.run("crane", "append", "-b", strange, "-f", content.toString(), "-t", registry + "/team/app:v2");
        String second = tools.run("crane", "digest", registry + "/team/app:v2").strip();
        tools.run(
                "crane", "copy", name + ":" + tag, name + ":" + tag.replace(digest.substring(7), second.substring(7)));
        cosign(false, "verify", option, name + ":v2");
        // And what was copied with its image is found where it is.
        tools.run("crane", "copy", name + ":" + tag, copy + ":" + tag);
        cosign(true, "verify", option, copy + ":v1");
    }

    /** And with one character of the signature another one. */
    @Test
    void cosign_refuses_a_damaged_copy_of_what_we_store() throws Exception {
        String registry = tools.start("refreg");
        for (boolean whole : new boolean[] {true, false}) {
            String image = tools.push(registry, "team/bundle-" + whole);
            Path bundle = directory.resolve("b.json");
            run("sign", "--key", key.toString(), "--bundle", bundle.toString(), image);
            EvidenceTarget target = target(image);
            Manifest manifest = target.manifest(new Reference.Tag("v1"));
            damaged(bundle, damaged -> {
                byte[] bytes = Files.readAllBytes(whole ? bundle : damaged);
                Descriptor subject = Descriptor.of(manifest.mediaType(), manifest.bytes());
                target.push(BundleReferrer.of(subject, bytes, Statement.COSIGN_SIGN, Instant.EPOCH));
            });
            cosign(whole, "verify", image);
        }
    }

    /** The older forms: the signature stands in an annotation or in an envelope, what is signed in a layer. */
    @ParameterizedTest
    @CsvSource({
        "SIG, annotation, cosign/signature\":\"",
        "SIG, layer, docker-manifest-digest\":\"sha256:",
        "ATT, layer, \"sig\":\"",
        "ATT, layer, \"payload\":\""
    })
    void every_gate_refuses_a_damaged_copy_of_the_older_forms(TagScheme scheme, String where, String what)
            throws Exception {
        String registry = tools.start("refreg");
        String image = tools.push(registry, "team/app");
        Path predicate = Files.writeString(directory.resolve("p.json"), SigningCommandsTest.PROVENANCE);
        String[] type = {"--type", "slsaprovenance1"};
        if (scheme == TagScheme.SIG) {
            run("sign", "--key", key.toString(), "--format", "cosign", image);
        } else {
            run(
                    "attest",
                    "--key",
                    key.toString(),
                    "--format",
                    "cosign",
                    type[0],
                    type[1],
                    "--predicate",
                    predicate.toString(),
                    image);
        }
        gates(true, scheme, type, image);
        Digest digest = target(image).manifest(new Reference.Tag("v1")).digest();
        Reference.Tag tag = scheme.tagFor(digest);
        target(image)
                .extend(
                        tag,
                        now -> once(
                                where.equals("layer")
                                        ? spoiltLayer(registry, digest, tag, now.orElseThrow(), what)
                                        : artifact(
                                                digest,
                                                tag,
                                                List.of(),
                                                turned(now.orElseThrow().bytes(), what))));
        gates(false, scheme, type, image);
    }

    private void gates(boolean well, TagScheme scheme, String[] type, String image) throws Exception {
        String old = "--new-bundle-format=false";
        if (scheme == TagScheme.SIG) {
            cosign(well, "verify", old, image);
            assertThat(terminal.run("verify", "--key", pub.toString(), image)).isEqualTo(well ? 0 : 3);
        } else {
            cosign(well, "verify-attestation", old, type[0], type[1], image);
            assertThat(terminal.run("verify", "--key", pub.toString(), type[0], type[1], image))
                    .isEqualTo(well ? 0 : 3);
        }
    }

    /** The same manifest with another layer, whose digest is right: nothing but its content is wrong. */
    private EvidenceArtifact spoiltLayer(
            String registry, Digest subject, Reference.Tag tag, Manifest manifest, String what) {
        Digest layer = ((Manifest.Image) manifest).layers().get(0).digest();
        byte[] content;
        try {
            content =
                    tools.run("crane", "blob", registry + "/team/app@" + layer).getBytes(StandardCharsets.UTF_8);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(Digest.sha256(content)).isEqualTo(layer);
        EvidenceArtifact.Blob spoilt = EvidenceArtifact.Blob.of(turned(content, what));
        String text = new String(manifest.bytes(), StandardCharsets.UTF_8);
        byte[] naming =
                text.replace(layer.toString(), spoilt.digest().toString()).getBytes(StandardCharsets.UTF_8);
        return artifact(subject, tag, List.of(spoilt), naming);
    }

    private static EvidenceArtifact artifact(
            Digest subject, Reference.Tag tag, List<EvidenceArtifact.Blob> blobs, byte[] manifest) {
        return new EvidenceArtifact(
                subject, blobs, manifest, Optional.of(tag), Descriptor.of(MediaType.OCI_MANIFEST, manifest));
    }

    /** With another character some way behind this text. */
    private static byte[] turned(byte[] json, String what) {
        String text = new String(json, StandardCharsets.UTF_8);
        int found = text.indexOf(what);
        assertThat(found).as("%s in %s", what, text).isNotNegative();
        int at = found + what.length() + 12;
        char other = text.charAt(at) == '0' ? '1' : text.charAt(at) == 'A' ? 'B' : what.endsWith(":") ? '0' : 'A';
        return (text.substring(0, at) + other + text.substring(at + 1)).getBytes(StandardCharsets.UTF_8);
    }

    private Optional<EvidenceArtifact> once(EvidenceArtifact artifact) {
        // Asked for twice until it is written, and then for what would have to be put back: nothing.
        times++;
        return times <= 2 ? Optional.of(artifact) : Optional.empty();
    }

    private int times;

    private EvidenceTarget target(String image) throws Exception {
        RegistryClient client = new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of(), directory),
                InstantSource.system());
        return new RemoteRepository(
                        client, ImageName.parse(image).repository(), Duration.ofSeconds(20), InstantSource.system())
                .writable();
    }

    @Test
    void what_was_signed_in_a_layout_is_verified_where_skopeo_brings_it() throws Exception {
        String registry = tools.start("docker-registry");
        String image = tools.push(registry, "team/app");
        Path layout = directory.resolve("layout");
        tools.run("skopeo", "copy", "-q", "--src-tls-verify=false", "docker://" + image, "oci:" + layout + ":v1");
        run(
                "sign",
                "--key",
                key.toString(),
                "--format",
                "cosign",
                "--sign-container-identity",
                registry + "/mirror/app",
                "oci:" + layout + ":v1");
        run("verify", "--key", pub.toString(), "oci:" + layout + ":v1");
        String digest = StrictJson.parseObject(Files.readAllBytes(layout.resolve("index.json")), "index", 1 << 20)
                .arrayOrEmpty("manifests", 9)
                .get(0)
                .asObject("entry")
                .getString("digest");
        String there = registry + "/mirror/app";
        for (String tag : List.of("v1", digest.replace(':', '-') + ".sig")) {
            tools.run(
                    "skopeo",
                    "copy",
                    "-q",
                    "--preserve-digests",
                    "--dest-tls-verify=false",
                    "oci:" + layout + ":" + tag,
                    "docker://" + there + ":" + tag);
        }
        cosign(true, "verify", "--new-bundle-format=false", there + ":v1");
        // A layout that has evidence in it is still one that the containers tools read.
        run("sign", "--key", key.toString(), "oci:" + layout + ":v1");
        assertThat(tools.run("skopeo", "inspect", "oci:" + layout + ":v1")).contains(digest);
    }

    @Test
    void thirty_two_programs_at_once_leave_thirty_two_signatures_where_the_api_is() throws Exception {
        String registry = tools.start("refreg");
        String image = tools.push(registry, "team/app");
        String digest = tools.run("crane", "digest", image).strip();
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            running.add(ForeignTools.pratique(
                    directory, directory.resolve("log" + i), "sign", "--key", key.toString(), "-a", "n=" + i, image));
        }
        for (int i = 0; i < running.size(); i++) {
            assertThat(running.get(i).waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(running.get(i).exitValue())
                    .as(Files.readString(directory.resolve("log" + i)))
                    .isZero();
        }
        assertThat(list(registry, "referrers/" + digest)).hasSize(32);
    }

    /** Ctrl-C between the blob and the manifest: nothing is found, and nothing verifies. */
    @Test
    void who_is_interrupted_publishes_nothing_that_can_be_found() throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            String name = registry.host() + "/team/app";
            Process[] signing = new Process[1];
            registry.trouble(exchange -> {
                boolean manifest = exchange.getRequestMethod().equals("PUT")
                        && exchange.getRequestURI().getPath().contains("/manifests/");
                if (manifest) {
                    interrupt(signing[0]);
                }
                return manifest;
            });
            signing[0] = ForeignTools.pratique(
                    directory, directory.resolve("log"), "sign", "--key", key.toString(), name + ":v1");
            assertThat(signing[0].waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(signing[0].exitValue()).isEqualTo(130);
            registry.trouble(exchange -> false);
            assertThat(registry.log()).anyMatch(line -> line.startsWith("POST "));
            assertThat(registry.manifest("team/app/sha256-" + image.hex())).isEmpty();
            assertThat(terminal.run("verify", "--key", pub.toString(), name + ":v1"))
                    .isEqualTo(3);
            run("sign", "--key", key.toString(), name + ":v1");
            run("verify", "--key", pub.toString(), name + ":v1");
        }
    }

    private static void interrupt(Process process) throws IOException {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What uses a damaged copy. */
    private interface Use {
        void of(Path damaged) throws Exception;
    }

    /** A bundle in which one character of the signature is another. */
    private void damaged(Path bundle, Use use) throws Exception {
        String text = Files.readString(bundle);
        int at = Math.max(text.indexOf("\"signature\":\""), text.indexOf("\"sig\":\""));
        int in = text.indexOf(":\"", at) + 12;
        char other = text.charAt(in) == 'A' ? 'B' : 'A';
        Path copy = directory.resolve("damaged.json");
        Files.writeString(copy, text.substring(0, in) + other + text.substring(in + 1));
        use.of(copy);
    }

    private void blob(boolean well, String command, Path bundle, Path file, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(command, "--key", pub.toString(), "--bundle", bundle.toString()));
        args.addAll(List.of(more));
        args.add(file.toString());
        tools.cosign(well, args.toArray(new String[0]));
    }

    private void cosign(boolean well, String command, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(command, "--key", pub.toString()));
        args.addAll(List.of(more));
        tools.cosign(well, args.toArray(new String[0]));
    }

    private List<JsonValue> list(String registry, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + registry + "/v2/team/app/" + path))
                .build();
        byte[] body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
        JsonObject index = StrictJson.parseObject(body, "index", 4 << 20);
        return index.arrayOrEmpty("manifests", 99);
    }

    private void run(String... args) {
        assertThat(terminal.run(args))
                .as("%s: %s", List.of(args), terminal.err())
                .isZero();
    }
}
