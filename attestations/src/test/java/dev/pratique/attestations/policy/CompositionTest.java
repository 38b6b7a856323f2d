package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.testing.FakeRegistry;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an image is put together: content elsewhere, indexes inside indexes, children that are not what the index says. */
class CompositionTest {
    private static final List<String> URLS = List.of("https://elsewhere.example/layer");
    private static final Platform AMD64 = Platform.of("linux", "amd64", null);
    private static final Platform ARM64 = Platform.of("linux", "arm64", null);

    private final FakeRegistry registry = new FakeRegistry();

    private static Requirements requirements(Mode mode, boolean foreignLayers, Platform... platforms) {
        return new Requirements(
                mode,
                Optional.empty(),
                Optional.empty(),
                BaseRequirement.NONE,
                Set.of(platforms),
                false,
                foreignLayers);
    }

    private static final Requirements ENFORCE = requirements(Mode.ENFORCE, false);

    private Map<String, Object> blob(String mediaType, List<String> urls) {
        Digest digest = registry.blob(utf8("{}"));
        return map(
                "mediaType", mediaType, "digest", digest.toString(), "size", 2, "urls", urls.isEmpty() ? null : urls);
    }

    private byte[] image(String name, List<String> configUrls, List<String> layerUrls) {
        return JsonWriter.bytes(map(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_MANIFEST,
                "config",
                blob(MediaType.OCI_CONFIG, configUrls),
                "layers",
                List.of(
                        blob("application/vnd.oci.image.layer.v1.tar", List.of()),
                        blob("application/vnd.oci.image.layer.nondistributable.v1.tar", layerUrls)),
                "annotations",
                map("name", name)));
    }

    private byte[] plain(String name) {
        return image(name, List.of(), List.of());
    }

    /** Published under the digest, and described as an index does it. */
    private Map<String, Object> child(byte[] manifest, String mediaType) {
        return map(
                "mediaType",
                mediaType,
                "digest",
                registry.manifest(manifest, mediaType).toString(),
                "size",
                manifest.length);
    }

    private Map<String, Object> child(byte[] manifest) {
        return child(manifest, MediaType.OCI_MANIFEST);
    }

    private Map<String, Object> child(byte[] manifest, Platform platform) {
        Map<String, Object> child = child(manifest);
        child.put("platform", map("os", platform.os(), "architecture", platform.architecture()));
        return child;
    }

    @SafeVarargs
    private static byte[] index(Map<String, Object>... children) {
        return Shelf.index(new ArrayList<>(Arrays.asList(children)));
    }

    private Verdict judge(byte[] manifest, Requirements requirements) throws Exception {
        Manifest parsed = Manifest.parse(manifest, null);
        Deadline deadline = Deadline.after(Shelf.NOW, Duration.ofSeconds(10));
        ShapeReader.Look look =
                new ShapeReader(registry).look(Shelf.REPOSITORY, parsed.digest(), parsed, requirements, deadline);
        return new Judge(Catalog.empty())
                .judge(new Judge.Case(
                        requirements,
                        new Verifier(new TrustRoots(List.of()))
                                .verify(
                                        Shelf.REPOSITORY,
                                        Subject.of(parsed.digest()),
                                        FoundEvidence.none(Shelf.NOW),
                                        Shelf.NOW),
                        look.shape(),
                        look.composition(),
                        Shelf.NOW,
                        Shelf.GOOD_UNTIL));
    }

    private void admits(byte[] manifest, Requirements requirements) throws Exception {
        assertThat(judge(manifest, requirements)).isInstanceOf(Verdict.Admitted.class);
    }

    private void refuses(byte[] manifest, RefusalReason reason, String detail) throws Exception {
        Verdict verdict = judge(manifest, ENFORCE);
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        assertThat(((Verdict.Refused) verdict).reason()).isEqualTo(reason);
        assertThat(((Verdict.Refused) verdict).detail()).contains(detail);
        assertThat(((Verdict.Refused) verdict).findings())
                .anyMatch(finding -> finding.saw().contains(detail));
    }

    @Test
    void refuses_layers_and_configurations_with_urls_unless_the_rule_allows_them() throws Exception {
        byte[] layer = image("a", List.of(), URLS);
        byte[] config = image("b", URLS, List.of());
        refuses(layer, RefusalReason.FOREIGN_LAYERS, "layer 1");
        refuses(config, RefusalReason.FOREIGN_LAYERS, "the configuration");
        refuses(index(child(plain("c")), child(layer)), RefusalReason.FOREIGN_LAYERS, "layer 1 of manifest");
        refuses(index(child(config)), RefusalReason.FOREIGN_LAYERS, "the configuration of manifest");
        for (byte[] manifest : List.of(layer, config, index(child(layer)))) {
            admits(manifest, requirements(Mode.ENFORCE, true));
            Verdict warned = judge(manifest, requirements(Mode.WARN, false));
            assertThat(((Verdict.Admitted) warned).wouldRefuse()).contains(RefusalReason.FOREIGN_LAYERS);
        }
    }

    @Test
    void refuses_children_with_urls() throws Exception {
        Map<String, Object> elsewhere = child(plain("a"));
        elsewhere.put("urls", URLS);
        refuses(index(elsewhere), RefusalReason.FOREIGN_LAYERS, "manifest ");
        Map<String, Object> unknown = child(utf8("{}"), "application/x-anything");
        unknown.put("urls", URLS);
        refuses(index(unknown), RefusalReason.FOREIGN_LAYERS, "manifest ");
    }

    // image-spec layer.md: "such a media type SHOULD NOT affect whether an implementation downloads the layer". What
    // counts is where it is fetched.
    @Test
    void a_nondistributable_layer_without_urls_is_a_layer() throws Exception {
        admits(plain("a"), ENFORCE);
        admits(index(child(plain("a"))), ENFORCE);
    }

    @Test
    void only_what_the_rule_admits_is_looked_at() throws Exception {
        byte[] manifest = index(child(plain("a"), AMD64), child(image("b", List.of(), URLS), ARM64));
        registry.blob(utf8("{}"));
        Verdict onlyAmd64 = judge(manifest, requirements(Mode.ENFORCE, false, AMD64));
        assertThat(onlyAmd64).isInstanceOf(Verdict.Admitted.class);
        assertThat(judge(manifest, requirements(Mode.ENFORCE, false, ARM64))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void an_index_inside_an_index_is_judged_and_nothing_deeper() throws Exception {
        byte[] inner = index(child(plain("a")));
        byte[] outer = index(child(inner, MediaType.OCI_INDEX), child(plain("b")));
        admits(outer, ENFORCE);
        admits(outer, requirements(Mode.ENFORCE, true));
        byte[] foreign = index(child(index(child(image("c", List.of(), URLS))), MediaType.OCI_INDEX));
        refuses(foreign, RefusalReason.FOREIGN_LAYERS, "layer 1 of manifest");
        byte[] deeper = index(child(outer, MediaType.OCI_INDEX));
        refuses(deeper, RefusalReason.NESTED_TOO_DEEPLY, "manifest ");
        assertThat(judge(deeper, requirements(Mode.ENFORCE, true))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void too_many_indexes_and_images_are_refused_and_each_is_fetched_once() throws Exception {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i <= IndexReader.MAX_IMAGES; i++) {
            many.add(child(plain("image " + i)));
        }
        refuses(Shelf.index(many), RefusalReason.MANIFEST_INVALID, "more than 64 images");
        admits(Shelf.index(many), requirements(Mode.ENFORCE, true));
        List<Object> indexes = new ArrayList<>();
        for (int i = 0; i <= 8; i++) {
            indexes.add(child(index(child(plain("image " + i))), MediaType.OCI_INDEX));
        }
        refuses(Shelf.index(indexes), RefusalReason.MANIFEST_INVALID, "more than 8 indexes");
        registry.asked().clear();
        admits(Shelf.index(Collections.nCopies(1000, child(plain("one")))), ENFORCE);
        assertThat(registry.asked()).hasSize(1);
    }

    @Test
    void no_more_is_read_than_fits_in_memory() throws Exception {
        List<Object> large = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Map<String, Object> child = child(plain("large " + i));
            child.put("size", Manifest.MAX_BYTES);
            large.add(child);
        }
        registry.asked().clear();
        refuses(Shelf.index(large), RefusalReason.MANIFEST_INVALID, "its index says 4194304");
        assertThat(registry.asked()).hasSize(4);
        Map<String, Object> endless = child(plain("endless"));
        endless.put("size", Long.MAX_VALUE);
        refuses(index(endless), RefusalReason.MANIFEST_INVALID, "16 MiB of manifests");
        endless.put("mediaType", MediaType.OCI_INDEX);
        refuses(index(endless), RefusalReason.MANIFEST_INVALID, "larger than a manifest may be");
    }

    @Test
    void REG_14_refuses_children_that_are_not_what_the_index_says() throws Exception {
        byte[] manifest = plain("a");
        Map<String, Object> longer = child(manifest);
        longer.put("size", manifest.length + 1);
        refuses(index(longer), RefusalReason.MANIFEST_INVALID, "its index says " + (manifest.length + 1));
        Map<String, Object> other = child(manifest);
        other.put("mediaType", MediaType.DOCKER_MANIFEST);
        refuses(index(other), RefusalReason.MANIFEST_INVALID, "its index says " + MediaType.DOCKER_MANIFEST);
        Map<String, Object> anIndex = child(manifest);
        anIndex.put("mediaType", MediaType.OCI_INDEX);
        refuses(index(anIndex), RefusalReason.MANIFEST_INVALID, "its index says " + MediaType.OCI_INDEX);
    }

    @Test
    void REG_22_refuses_an_index_with_a_child_of_schema_1() throws Exception {
        byte[] old = JsonWriter.bytes(map("schemaVersion", 1, "fsLayers", List.of()));
        refuses(index(child(old)), RefusalReason.MANIFEST_INVALID, "schemaVersion is 1");
    }

    // image-spec image-index.md: "An encountered mediaType that is unknown to the implementation MUST NOT generate an
    // error."
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-anything",
                MediaType.ARTIFACT_MANIFEST,
                MediaType.SCHEMA1,
                "application/vnd.oci.image.manifest.v2+json"
            })
    void passes_over_entries_of_unknown_types(String type) throws Exception {
        admits(index(child(utf8("anything"), type), child(plain("a"))), ENFORCE);
        admits(index(child(utf8("anything"), type)), ENFORCE);
        admits(index(), ENFORCE);
    }

    // Where only some platforms were copied there is nothing to fetch, here or elsewhere.
    @Test
    void passes_over_children_that_the_registry_does_not_have() throws Exception {
        Map<String, Object> gone = child(plain("a"));
        registry.answer("manifests/" + gone.get("digest"), FakeRegistry.MISSING);
        admits(index(gone, child(plain("b"))), ENFORCE);
        Map<String, Object> swapped = child(plain("c"));
        registry.answer(
                "manifests/" + swapped.get("digest"), FakeRegistry.found(plain("evil"), MediaType.OCI_MANIFEST));
        admits(index(swapped), ENFORCE);
    }

    @Test
    void is_undecided_where_a_child_cannot_be_read() throws Exception {
        for (Fetched none :
                List.of(new Fetched.Unread("it answered 503", Duration.ofSeconds(1)), new Fetched.Denied(403))) {
            Map<String, Object> child = child(plain("a"));
            registry.answer("manifests/" + child.get("digest"), none);
            assertThat(judge(index(child), ENFORCE)).isInstanceOf(Verdict.Undecided.class);
            admits(index(child), requirements(Mode.ENFORCE, true));
        }
    }
}
