package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.descriptor;
import static dev.pratique.proxy.admission.GateBench.require;
import static dev.pratique.proxy.admission.GateBench.rule;
import static dev.pratique.proxy.admission.GateBench.said;
import static dev.pratique.proxy.admission.GateBench.signedBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ways to make something unsigned pass because something else that passes names its digest. */
class MembershipAttacksTest {
    private static final Platform AMD64 = Platform.of("linux", "amd64", null);
    private static final Platform ARM64 = Platform.of("linux", "arm64", null);

    @TempDir
    Path directory;

    private GateBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 2, 16);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void an_unsigned_manifest_does_not_pass_as_a_layer_of_evidence() throws Exception {
        Pushed evil = bench.push(APP, "evil", "malware");
        Digest evidence = evidence(evil.digest(), MediaType.OCI_EMPTY, MediaType.SIMPLE_SIGNING, evil.bytes());
        assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pull(APP, evil.digest().toString()))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pull(APP, "evil"))).isEqualTo("UNSIGNED");
        assertThat(bench.pullBlob(APP, evil.config())).isNotInstanceOf(PullAnswer.Pass.class);
    }

    @Test
    void an_unsigned_manifest_that_was_refused_does_not_pass_once_evidence_lists_it() throws Exception {
        Pushed evil = bench.push(APP, "evil", "malware");
        assertThat(said(bench.pull(APP, "evil"))).isEqualTo("UNSIGNED");
        Digest evidence = evidence(evil.digest(), MediaType.OCI_EMPTY, MediaType.SIMPLE_SIGNING, evil.bytes());
        assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("UNSIGNED");
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(APP, evil.digest().toString()))).isEqualTo("UNSIGNED");
    }

    @Test
    void an_unsigned_manifest_does_not_pass_as_a_layer_of_a_signed_image() throws Exception {
        Pushed evil = bench.push(APP, "evil", "malware");
        byte[] config = bytes("{}");
        bench.registry.blob(APP, config);
        byte[] carrier = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_MANIFEST,
                "config",
                descriptor(MediaType.OCI_CONFIG, config),
                "layers",
                List.of(descriptor("application/vnd.oci.image.layer.v1.tar", evil.bytes()))));
        Digest signed = bench.registry.manifest(APP, carrier, "v1");
        bench.sign(APP, signed, bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, evil.digest().toString()))).isEqualTo("UNSIGNED");
    }

    @Test
    void what_one_rule_made_a_member_is_none_for_a_rule_that_does_not_admit_its_platform() throws Exception {
        Requirements amd64Only = new Requirements(
                Mode.ENFORCE,
                Optional.of(SignedBy.any(Set.of("ci"))),
                Optional.empty(),
                BaseRequirement.NONE,
                Set.of(AMD64),
                false,
                false);
        bench.standard = bench.standard(
                2,
                new Rule("dev", List.of(new Glob("**")), Set.of("dev"), List.of(), signedBy("ci")),
                rule("prod", "**", new Rule.Require(amd64Only)));
        Map<Platform, Pushed> children = new LinkedHashMap<>();
        Pushed wanted = bench.push(APP, "a", "app");
        Pushed foreign = bench.push(APP, "b", "other");
        children.put(AMD64, wanted);
        children.put(ARM64, foreign);
        bench.sign(APP, bench.pushIndex(APP, "v1", children), bench.key);
        assertThat(said(pullAs("dev", "v1"))).isEqualTo("ADMITTED");
        assertThat(said(pullAs("dev", foreign.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(said(pullAs("prod", "v1"))).isEqualTo("ADMITTED");
        assertThat(said(pullAs("prod", wanted.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(said(pullAs("prod", foreign.digest().toString()))).isEqualTo("UNSIGNED");
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void REG_14_a_child_with_other_bytes_is_neither_served_nor_kept(Mode mode) throws Exception {
        bench.standard = bench.standard(2, rule("all", "**", require(mode, Set.of("ci"), BaseRequirement.NONE)));
        Pushed child = bench.push(APP, "child", "app");
        bench.sign(APP, bench.pushIndex(APP, "v1", Map.of(AMD64, child)), bench.key);
        bench.registry.fault = fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().pinned().equals(Optional.of(child.digest()))
                ? Optional.of(new Fetched.Wrong("the bytes have another digest"))
                : Optional.empty();
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("UPSTREAM_WRONG_BYTES");
        assertThat(bench.content.read(child.digest(), 1 << 20)).isEmpty();
        bench.registry.reachable();
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("ADMITTED");
    }

    @Test
    void REG_14_an_index_whose_child_has_other_bytes_stands_on_no_base() throws Exception {
        bench.standard =
                bench.standard(2, rule("all", "**", require(Mode.ENFORCE, Set.of("ci"), BaseRequirement.CATALOG)));
        Pushed child = bench.push(APP, "child", "app");
        bench.sign(APP, bench.pushIndex(APP, "v1", Map.of(AMD64, child)), bench.key);
        bench.registry.fault = fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().pinned().equals(Optional.of(child.digest()))
                ? Optional.of(new Fetched.Wrong("the bytes have another digest"))
                : Optional.empty();
        PullAnswer answer = bench.pull(APP, "v1");
        assertThat(said(answer)).isEqualTo("MANIFEST_INVALID");
        assertThat(((PullAnswer.Refuse) answer).verdict().detail()).contains("another digest");
    }

    @Test
    void a_file_system_that_calls_itself_evidence_is_judged_as_what_can_be_run() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        byte[] tar = new byte[1024];
        System.arraycopy(bytes("bin/sh"), 0, tar, 0, 6);
        Digest disguised = evidence(image.digest(), MediaType.OCI_CONFIG, "text/spdx+json", tar);
        assertThat(said(bench.pull(APP, disguised.toString()))).isEqualTo("UNSIGNED");
        assertThat(bench.pullBlob(APP, Digest.sha256(tar))).isNotInstanceOf(PullAnswer.Pass.class);
    }

    @Test
    void a_file_system_that_calls_itself_evidence_does_not_pass_in_a_list_of_evidence() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        byte[] tar = new byte[1024];
        Digest disguised = evidence(image.digest(), MediaType.OCI_CONFIG, "text/spdx+json", tar);
        byte[] list = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_INDEX,
                "manifests",
                List.of(Map.of("mediaType", MediaType.OCI_MANIFEST, "digest", disguised.toString(), "size", 2))));
        String tag = "sha256-" + image.digest().hex();
        bench.registry.manifest(APP, list, tag);
        assertThat(said(bench.pull(APP, tag))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, disguised.toString()))).isEqualTo("UNSIGNED");
    }

    private PullAnswer pullAs(String environment, String reference) throws Exception {
        return bench.ask(
                new PullRequest(PullRequest.Kind.MANIFEST, APP, Reference.parse(reference), "127.0.0.1", environment));
    }

    /** A manifest whose only layer calls itself evidence about the subject. */
    private Digest evidence(Digest subject, String configType, String layerType, byte[] layer) {
        byte[] config = bytes("{}");
        bench.registry.blob(APP, config);
        bench.registry.blob(APP, layer);
        return bench.registry.manifest(
                APP,
                JsonWriter.bytes(Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MediaType.OCI_MANIFEST,
                        "subject",
                        Map.of("mediaType", MediaType.OCI_MANIFEST, "digest", subject.toString(), "size", 2),
                        "config",
                        descriptor(configType, config),
                        "layers",
                        List.of(descriptor(layerType, layer)))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
