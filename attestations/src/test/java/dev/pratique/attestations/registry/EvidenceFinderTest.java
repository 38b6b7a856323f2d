package dev.pratique.attestations.registry;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static dev.pratique.attestations.testing.FakeRegistry.MISSING;
import static dev.pratique.attestations.testing.FakeRegistry.found;
import static dev.pratique.attestations.testing.VerdictAssert.answer;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static dev.pratique.attestations.testing.VerdictAssert.assertUndecided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceForm;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.testing.FakeRegistry;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceFinderTest {
    private static final Digest OTHER = Digest.sha256(utf8("another image"));

    private final Shelf image = new Shelf();

    private Layer good() {
        return Evidence.bundle(Evidence.signed(image.subject), TestKey.A);
    }

    // ---- layouts

    @Test
    void finds_evidence_in_every_layout_at_once() {
        image.sig(Evidence.simple(image.subject, TestKey.A))
                .att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.A))
                .referrer(good());
        FoundEvidence found = image.find();
        assertThat(found.items()).hasSize(3);
        assertThat(found.unread()).isEmpty();
        assertThat(found.broken()).isEmpty();
        assertThat(found.limitReached()).isFalse();
        assertThat(found.foundAt()).isEqualTo(Shelf.NOW);
    }

    /** Whoever adds a kind says here, because the compiler asks, of which layer it is. */
    @ParameterizedTest
    @EnumSource
    void finds_evidence_of_every_kind_which_is_served_as_such_too(EvidenceBytes.Kind kind) {
        String mediaType = switch (kind) {
            case SIMPLE_SIGNING -> MediaType.SIMPLE_SIGNING;
            case DSSE_ENVELOPE -> MediaType.DSSE_ENVELOPE;
            case SIGSTORE_BUNDLE -> MediaType.BUNDLE_V03;
        };
        byte[] bytes = utf8("{}");
        image.referrer(mediaType, image.subject, new Layer(mediaType, bytes, Map.of()));
        FoundEvidence found = image.find();
        assertThat(found.items()).extracting(EvidenceBytes::kind).containsExactly(kind);
        assertThat(EvidenceForm.isLayer(mediaType, bytes)).isTrue();
        // What is found and judged by nobody would be as good as not there, and nobody would know why.
        assertThat(new Verifier(Shelf.roots("acme", TestKey.A))
                        .verify(Shelf.REPOSITORY, Subject.of(image.subject), found, Shelf.NOW)
                        .findings())
                .extracting(Finding::where)
                .contains(found.items().get(0).where());
    }

    @Test
    void asks_the_fallback_tag_only_where_the_api_answers_404() {
        image.referrer(good()).withoutApi();
        assertAdmitted(image.judge());
        Shelf withApi = new Shelf().referrer(good());
        assertAdmitted(withApi.judge());
        assertThat(withApi.registry.asked().stream().map(FakeRegistry::place))
                .doesNotContain(withApi.tagPlace(TagScheme.REFERRERS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MediaType.OCI_EMPTY,
                "",
                MediaType.OCI_CONFIG,
                MediaType.BUNDLE_V03,
                "application/vnd.dev.sigstore.bundle+json;version=0.3",
                MediaType.COSIGN_ARTIFACT_SIG,
                MediaType.DSSE_ENVELOPE
            })
    void an_entry_of_the_fallback_list_is_opened_whatever_cosign_wrote_as_its_type(String artifactType) {
        image.referrer(artifactType, image.subject, good()).withoutApi();
        assertAdmitted(image.judge());
    }

    @Test
    void an_entry_without_artifact_type_is_opened() {
        image.referrer(null, image.subject, good()).withoutApi();
        assertAdmitted(image.judge());
    }

    @Test
    void entries_that_are_certainly_something_else_are_not_opened() {
        for (int i = 0; i < 200; i++) {
            image.list(map(
                    "mediaType",
                    MediaType.OCI_MANIFEST,
                    "digest",
                    Digest.sha256(utf8("sbom " + i)).toString(),
                    "size",
                    100,
                    "artifactType",
                    i % 2 == 0 ? "application/spdx+json" : "application/vnd.cncf.notary.signature"));
        }
        image.referrer(good());
        FoundEvidence found = image.find();
        assertThat(found.items()).hasSize(1);
        assertThat(found.limitReached()).isFalse();
        assertThat(image.registry.asked()).hasSize(5);
    }

    @Test
    void the_old_referrer_form_of_cosign_is_read() {
        image.referrer(MediaType.COSIGN_ARTIFACT_SIG, image.subject, Evidence.simple(image.subject, TestKey.A));
        assertAdmitted(image.judge());
    }

    @Test
    void the_same_evidence_in_two_places_is_one_piece() {
        image.referrer(good());
        Shelf both = new Shelf();
        Layer layer = good();
        both.sig(layer).referrer(layer);
        assertThat(both.find().items()).hasSize(1);
    }

    @Test
    void the_same_bytes_under_another_media_type_do_not_hide_the_good_piece() {
        Layer good = good();
        Layer lying = new Layer("application/vnd.dev.sigstore.bundle+json;version=0.1", good.bytes(), Map.of());
        assertAdmitted(image.sig(lying).referrer(good).judge());
        assertThat(image.find().items()).extracting(EvidenceBytes::mediaType).hasSize(2);
    }

    @Test
    void BND_18_a_bundle_of_another_version_than_its_layer_is_refused() {
        image.referrer(new Layer("application/vnd.dev.sigstore.bundle+json;version=0.2", good().bytes(), Map.of()));
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void BND_18_a_layer_of_another_bundle_version_than_its_artifact_is_refused() {
        Layer layer = new Layer("application/vnd.dev.sigstore.bundle.v0.2+json", good().bytes(), Map.of());
        image.referrer(MediaType.BUNDLE_V03, image.subject, layer);
        assertThat(image.find().items()).isEmpty();
        assertThat(image.find().broken())
                .singleElement()
                .satisfies(broken -> assertThat(broken.what())
                        .isEqualTo("its artifactType is a bundle of version 0.3, its layer one of version 0.2"));
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void follows_pages_to_the_end() {
        Shelf shelf = new Shelf();
        byte[] manifest = shelf.manifest(MediaType.BUNDLE_V03, shelf.subject, good());
        Digest digest = shelf.registry.manifest(manifest, MediaType.OCI_MANIFEST);
        page(shelf, "", Optional.of("2"));
        page(shelf, "?2", Optional.of("3"));
        page(shelf, "?3", Optional.empty(), entry(digest, manifest.length));
        assertAdmitted(shelf.judge());
    }

    // ---- REG-19

    @Test
    void REG_19_a_listed_manifest_about_another_image_proves_nothing() {
        image.referrer(MediaType.BUNDLE_V03, OTHER, good());
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
        assertThat(image.find().items()).isEmpty();
    }

    @Test
    void REG_19_a_listed_manifest_about_nothing_proves_nothing() {
        image.referrer(MediaType.BUNDLE_V03, null, good());
        assertThat(image.find().items()).isEmpty();
    }

    @Test
    void REG_19_a_poisoned_fallback_tag_is_not_read_while_the_api_works() {
        byte[] evil = image.manifest(MediaType.BUNDLE_V03, image.subject, good());
        Digest digest = image.registry.manifest(evil, MediaType.OCI_MANIFEST);
        image.registry.answer(
                image.tagPlace(TagScheme.REFERRERS),
                found(Shelf.index(List.of(entry(digest, evil.length))), MediaType.OCI_INDEX));
        assertRefused(image.judge(), RefusalReason.UNSIGNED);
    }

    @Test
    void REG_19_the_type_in_the_list_counts_for_nothing_against_the_layers() {
        image.referrer(MediaType.COSIGN_ARTIFACT_SIG, image.subject, good());
        assertAdmitted(image.judge());
        Layer tar = new Layer("application/vnd.oci.image.layer.v1.tar+gzip", good().bytes(), Map.of());
        assertRefused(
                new Shelf().referrer(MediaType.BUNDLE_V03, image.subject, tar).judge(), RefusalReason.UNSIGNED);
    }

    @Test
    void REG_19_bytes_that_are_not_the_listed_digest_prove_nothing() {
        byte[] manifest = image.manifest(MediaType.BUNDLE_V03, image.subject, good());
        image.registry.answer("manifests/" + OTHER, found(manifest, MediaType.OCI_MANIFEST));
        image.list(entry(OTHER, manifest.length));
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void one_broken_entry_of_a_list_does_not_hide_the_others() {
        Map<String, Object> annotations = map();
        for (int i = 0; i < 400; i++) {
            annotations.put("a" + i, "b");
        }
        Map<String, Object> loud = entry(OTHER, 10);
        loud.put("annotations", annotations);
        image.list(loud)
                .list(map("mediaType", "x", "digest", "sha256:abc", "size", -1))
                .list(map())
                .referrer(good())
                .list(map("mediaType", "a/b", "digest", "sha384:" + "0".repeat(96), "size", 1));
        assertAdmitted(image.judge());
        assertThat(image.find().broken()).hasSize(4);
        assertThat(image.find().unread()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "{}",
                "{\"schemaVersion\":2}",
                "{\"schemaVersion\":1,\"manifests\":[]}",
                "{\"schemaVersion\":2,\"manifests\":{}}",
                "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}",
                "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}",
                "{\"schemaVersion\":2,\"Manifests\":[]}",
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"manifests\":[]}",
            })
    void a_list_that_cannot_be_read_may_hide_a_signature_so_nothing_is_decided(String body) {
        image.registry.answer(image.referrersPlace(), found(utf8(body), MediaType.OCI_INDEX));
        assertUndecided(image.judge());
        assertAdmitted(image.sig(Evidence.simple(image.subject, TestKey.A)).judge());
    }

    @Test
    void a_list_with_another_content_type_is_not_read() {
        image.registry.answer(image.referrersPlace(), found(Shelf.index(List.of()), "text/html"));
        assertUndecided(image.judge());
    }

    @Test
    void an_empty_list_written_by_go_is_an_empty_list() {
        image.registry.answer(
                image.referrersPlace(), found(utf8("{\"schemaVersion\":2,\"manifests\":null}"), MediaType.OCI_INDEX));
        assertRefused(image.judge(), RefusalReason.UNSIGNED);
    }

    @Test
    void a_tag_of_the_scheme_that_names_an_index_holds_no_signature() {
        image.registry.answer(image.tagPlace(TagScheme.SIG), found(Shelf.index(List.of()), MediaType.OCI_INDEX));
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
    }

    // ---- SIG-06

    @Test
    void SIG_06_pages_without_end_are_left_after_some() {
        for (int i = 0; i < 10_000; i++) {
            page(image, i == 0 ? "" : "?" + i, Optional.of(String.valueOf(i + 1)));
        }
        Verdict verdict = image.judge();
        assertRefused(verdict, RefusalReason.EVIDENCE_LIMIT);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .contains("there is more evidence than is looked at (at most 128 pages of the list of referrers)");
        assertThat(image.registry.asked()).hasSizeLessThanOrEqualTo(EvidenceLimits.MAX_PAGES + 3);
        image.sig(Evidence.simple(image.subject, TestKey.A));
        assertAdmitted(image.judge());
    }

    @Test
    void SIG_06_a_page_that_names_itself_as_the_next_ends_too() {
        page(image, "", Optional.of("again"));
        page(image, "?again", Optional.of("again"));
        assertRefused(image.judge(), RefusalReason.EVIDENCE_LIMIT);
        assertThat(image.registry.asked()).hasSize(4);
    }

    @Test
    void SIG_06_long_pages_without_end_are_left_by_their_length() {
        byte[] page = Shelf.index(List.of(map("mediaType", "a/b", "annotations", map("a", "b".repeat(3 << 20)))));
        for (int i = 0; i < 100; i++) {
            image.registry.answer(
                    image.referrersPlace() + (i == 0 ? "" : "?" + i),
                    new Fetched.Found(page, MediaType.OCI_INDEX, null, Optional.of(String.valueOf(i + 1))));
        }
        FoundEvidence found = image.find();
        assertThat(found.limits()).containsExactly(EvidenceLimit.LIST_BYTES);
        assertThat(found.broken()).hasSize(6);
        assertThat(image.registry.asked()).hasSize(6 + 2);
    }

    /** What the pages name, and what lies under the tags, must be opened too. */
    @Test
    void SIG_06_pages_have_half_of_the_time_and_what_they_name_the_rest() {
        List<Deadline> deadlines = new ArrayList<>();
        page(image, "", Optional.of("2"));
        page(image, "?2", Optional.empty(), listed(image, good()));
        RegistryReader reader = (fetches, deadline) -> {
            deadlines.add(deadline);
            return image.registry.fetchAll(fetches, deadline);
        };
        Deadline all = Deadline.after(Shelf.NOW, Duration.ofSeconds(20));
        new EvidenceFinder(reader).find(Shelf.REPOSITORY, image.subject, all, Shelf.NOW);
        assertThat(deadlines).containsExactly(all, Deadline.after(Shelf.NOW, Duration.ofSeconds(10)), all, all);
    }

    @Test
    void SIG_06_entries_that_cannot_be_read_are_told_a_few_times_however_many_pages_they_are_on() {
        for (int i = 0; i < 20; i++) {
            page(image, i == 0 ? "" : "?" + i, i == 19 ? Optional.empty() : Optional.of(String.valueOf(i + 1)), map());
        }
        assertThat(image.find().broken()).hasSize(10);
    }

    /** Whatever the registry makes of one list, it is one list: as a tag, in one page, in pages of any length. */
    @ParameterizedTest
    @CsvSource({
        // What is certainly something else takes no room.
        "649, application/vnd.example.scan+json, ADMITTED, ''",
        "5000, application/vnd.example.scan+json, ADMITTED, ''",
        // The newest of what may be evidence are looked at.
        "649, application/vnd.dev.sigstore.bundle.v0.3+json, ADMITTED, 'REFERRERS MANIFESTS'",
        "100, application/vnd.dev.sigstore.bundle.v0.3+json, ADMITTED, 'MANIFESTS'"
    })
    void one_list_gives_one_answer_in_every_form(int others, String type, String answer, String limits) {
        for (int size : new int[] {0, 10_000, 100, 50}) {
            Shelf shelf = new Shelf();
            List<Map<String, Object>> entries = new ArrayList<>();
            for (int i = 0; i < others; i++) {
                Map<String, Object> other = entry(Digest.sha256(utf8("other " + i)), 10);
                other.put("artifactType", type);
                entries.add(other);
            }
            entries.add(listed(shelf, good()));
            if (size == 0) {
                shelf.withoutApi();
                shelf.registry.answer(
                        shelf.tagPlace(TagScheme.REFERRERS),
                        found(Shelf.index(List.copyOf(entries)), MediaType.OCI_INDEX));
            } else {
                pages(shelf, entries, size);
            }
            FoundEvidence found = shelf.find();
            assertThat(found.limits().stream().sorted().map(Enum::name).collect(Collectors.joining(" ")))
                    .isEqualTo(limits);
            assertThat(found.items()).hasSize(1);
            assertThat(answer(shelf.judge())).isEqualTo(answer);
        }
    }

    @Test
    void SIG_06_ten_thousand_entries_are_read_from_the_newest() {
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            entries.add(entry(Digest.sha256(utf8("junk " + i)), 10));
        }
        byte[] manifest = image.manifest(MediaType.BUNDLE_V03, image.subject, good());
        entries.add(entry(image.registry.manifest(manifest, MediaType.OCI_MANIFEST), manifest.length));
        image.registry.answer(image.referrersPlace(), found(Shelf.index(entries), MediaType.OCI_INDEX));
        assertAdmitted(image.judge());
        assertThat(image.find().limitReached()).isTrue();
        assertThat(image.registry.asked().size()).isLessThan(3 * EvidenceLimits.MAX_MANIFESTS);
    }

    // What the cap means: whoever can push may hide older referrers behind 64 newer ones of an evidence type, which
    // leaves the image refused, never admitted; tags, and the newest referrers, are always looked at.
    @Test
    void SIG_06_sixty_junk_referrers_do_not_crowd_out_a_good_signature() {
        image.referrer(good());
        junk(60);
        assertAdmitted(image.judge());
        junk(64);
        assertRefused(image.judge(), RefusalReason.SIGNATURE_UNTRUSTED);
        assertThat(image.find().limitReached()).isTrue();
        image.sig(Evidence.simple(image.subject, TestKey.A));
        assertAdmitted(image.judge());
    }

    @Test
    void SIG_06_a_sig_tag_full_of_junk_does_not_crowd_out_a_good_referrer() {
        List<Layer> junk = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            junk.add(Evidence.simple(utf8("junk " + i), TestKey.B.sign(utf8("x"))));
        }
        image.sig(junk.toArray(new Layer[0])).att(junk.toArray(new Layer[0])).referrer(good());
        assertThat(image.find().items()).hasSize(EvidenceLimits.MAX_ITEMS);
        assertAdmitted(image.judge());
    }

    /** What a map prints is ambiguous; two pieces are one only where their annotations are equal. */
    @Test
    void SIG_06_annotations_that_print_alike_do_not_hide_a_signature() {
        Layer plain = Evidence.simple(image.subject, TestKey.A);
        String signature = plain.annotations().get(Evidence.SIGNATURE);
        Map<String, String> annotations = new TreeMap<>(plain.annotations());
        annotations.put("who", "ci");
        Layer good = new Layer(plain.mediaType(), plain.bytes(), annotations);
        Map<String, String> alike = Map.of(Evidence.SIGNATURE, signature + ", who=ci");
        Layer hiding = new Layer(plain.mediaType(), plain.bytes(), alike);
        assertThat(alike).hasToString(annotations.toString());
        for (List<Layer> order : List.of(List.of(good, hiding), List.of(hiding, good))) {
            Shelf referred = new Shelf();
            order.forEach(layer -> referred.referrer(MediaType.COSIGN_ARTIFACT_SIG, referred.subject, layer));
            Shelf tagged = new Shelf().sig(order.toArray(new Layer[0]));
            for (Shelf shelf : List.of(referred, tagged)) {
                assertThat(shelf.find().items()).hasSize(2);
                assertAdmitted(shelf.judge());
            }
        }
    }

    @Test
    void SIG_06_huge_junk_does_not_use_up_the_bytes_of_a_good_signature() {
        image.referrer(good());
        for (int i = 0; i < 5; i++) {
            byte[] manifest = utf8("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST
                    + "\",\"config\":{\"mediaType\":\"a/b\",\"digest\":\"" + OTHER + "\",\"size\":2},\"layers\":["
                    + "{\"mediaType\":\"" + MediaType.BUNDLE_V03 + "\",\"digest\":\"" + Digest.sha256(utf8("big " + i))
                    + "\",\"size\":" + EvidenceLimits.MAX_ENVELOPE_BYTES
                    + "}],\"subject\":{\"mediaType\":\"a/b\",\"digest\":\"" + image.subject + "\",\"size\":2}}");
            image.list(entry(image.registry.manifest(manifest, MediaType.OCI_MANIFEST), manifest.length));
        }
        assertAdmitted(image.judge());
        assertThat(image.find().limitReached()).isTrue();
    }

    @Test
    void SIG_06_listed_manifests_that_are_large_are_left_before_they_take_memory_and_hide_nothing() {
        image.referrer(good());
        for (int i = 0; i < 40; i++) {
            image.list(entry(Digest.sha256(utf8("large " + i)), EvidenceLimits.MAX_REFERRER_BYTES));
        }
        image.list(entry(OTHER, EvidenceLimits.MAX_REFERRER_BYTES + 1));
        assertAdmitted(image.judge());
        assertThat(image.find().limitReached()).isTrue();
        assertThat(image.find().broken()).hasSize(12);
    }

    @Test
    void evidence_that_there_is_no_memory_for_is_unread_and_the_smallest_is_read_first() {
        byte[] large = new byte[100_000];
        image.referrer(good()).referrer(new Layer(MediaType.BUNDLE_V03, large, Map.of()));
        AtomicLong left = new AtomicLong(50_000);
        FoundEvidence found = new EvidenceFinder(image.registry)
                .find(
                        Shelf.REPOSITORY,
                        image.subject,
                        Deadline.after(Shelf.NOW, Duration.ofSeconds(10)),
                        Shelf.NOW,
                        bytes -> left.addAndGet(-bytes) >= 0);
        assertThat(found.items()).hasSize(1);
        assertThat(found.unread())
                .singleElement()
                .satisfies(unread -> assertThat(unread.what()).contains("no memory"));
    }

    @Test
    void a_manifest_of_usual_size_is_opened_whatever_the_list_says_of_its_length() {
        byte[] manifest = image.manifest(MediaType.BUNDLE_V03, image.subject, good());
        image.list(entry(image.registry.manifest(manifest, MediaType.OCI_MANIFEST), 1));
        assertAdmitted(image.judge());
    }

    @Test
    void sizes_that_overflow_when_added_are_beyond_the_limit() {
        String layer =
                "{\"mediaType\":\"" + MediaType.BUNDLE_V03 + "\",\"digest\":\"%s\",\"size\":9223372036854775807}";
        byte[] manifest = utf8("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"digest\":\"" + OTHER
                + "\",\"size\":2},\"layers\":["
                + String.format(layer, OTHER) + "," + String.format(layer, Digest.sha256(utf8("2"))) + "]}");
        image.tag(TagScheme.SIG, manifest);
        assertRefused(image.judge(), RefusalReason.EVIDENCE_LIMIT);
        assertThat(image.registry.asked()).noneMatch(fetch -> fetch instanceof Fetch.BlobOf);
    }

    // ---- POL-08

    static Stream<Fetched> noAnswers() {
        return Stream.of(
                new Fetched.Unread("the upstream answered 500", Duration.ofSeconds(1)),
                new Fetched.Unread("the upstream answered 429", Duration.ofSeconds(60)),
                new Fetched.Unread("no answer in time", Duration.ofSeconds(1)),
                new Fetched.Unread("the TLS handshake failed", Duration.ofSeconds(1)),
                new Fetched.Denied(401),
                new Fetched.Denied(403));
    }

    /** Of a tag or a list, which nothing promised: what cannot be an answer says nothing of what is there. */
    static Stream<Fetched> noAnswersOfPlaces() {
        return Stream.concat(
                noAnswers(),
                Stream.of(
                        new Fetched.Wrong("the token service answered with something that is no token"),
                        new Fetched.Wrong("the registry answered 204"),
                        new Fetched.Wrong("the body is larger than 4194304 bytes"),
                        new Fetched.Wrong("it redirects too often or to nowhere")));
    }

    @ParameterizedTest
    @MethodSource("noAnswersOfPlaces")
    void POL_08_a_source_without_an_answer_leaves_an_unsigned_image_undecided(Fetched noAnswer) {
        for (String place :
                List.of(image.tagPlace(TagScheme.SIG), image.tagPlace(TagScheme.ATT), image.referrersPlace())) {
            Shelf shelf = new Shelf();
            shelf.registry.answer(place, noAnswer);
            assertUndecided(shelf.judge());
        }
        Shelf fallback = new Shelf();
        fallback.withoutApi();
        fallback.registry.answer(fallback.tagPlace(TagScheme.REFERRERS), noAnswer);
        assertUndecided(fallback.judge());
    }

    @ParameterizedTest
    @MethodSource("noAnswersOfPlaces")
    void POL_08_what_was_found_admits_whatever_the_other_sources_answer(Fetched noAnswer) {
        image.sig(Evidence.simple(image.subject, TestKey.A));
        image.registry.answer(image.tagPlace(TagScheme.ATT), noAnswer).answer(image.referrersPlace(), noAnswer);
        assertAdmitted(image.judge());
        Shelf other = new Shelf().referrer(good());
        other.registry.answer(other.tagPlace(TagScheme.ATT), noAnswer).answer(other.tagPlace(TagScheme.SIG), noAnswer);
        assertAdmitted(other.judge());
    }

    /** Signers write the referrers tag where the API gives no list, whatever it answers instead. */
    @ParameterizedTest
    @MethodSource("noAnswersOfPlaces")
    void POL_08_where_no_list_comes_what_the_referrers_tag_names_counts(Fetched noAnswer) {
        image.withoutApi();
        image.referrer(good());
        image.registry.answer(image.referrersPlace(), noAnswer);
        assertAdmitted(image.judge());
        assertThat(image.find().unread()).isNotEmpty();
        Shelf html = new Shelf();
        html.withoutApi();
        html.referrer(good());
        html.registry.answer(
                html.referrersPlace(),
                new Fetched.Found(
                        "<html>not here</html>".getBytes(StandardCharsets.UTF_8), "text/html", null, Optional.empty()));
        assertAdmitted(html.judge());
    }

    @ParameterizedTest
    @MethodSource("noAnswersOfPlaces")
    void POL_08_what_was_found_and_does_not_suffice_stays_undecided(Fetched noAnswer) {
        image.sig(Evidence.simple(image.subject, TestKey.B));
        image.registry.answer(image.referrersPlace(), noAnswer);
        assertUndecided(image.judge());
    }

    @ParameterizedTest
    @MethodSource("noAnswers")
    void POL_08_evidence_that_is_there_but_cannot_be_fetched_leaves_it_undecided(Fetched noAnswer) {
        Layer layer = good();
        image.referrer(layer);
        image.registry.answer("blobs/" + Digest.sha256(layer.bytes()), noAnswer);
        assertUndecided(image.judge());
        Shelf shelf = new Shelf();
        shelf.list(entry(OTHER, 10));
        shelf.registry.answer("manifests/" + OTHER, noAnswer);
        assertUndecided(shelf.judge());
    }

    @ParameterizedTest
    @MethodSource("noAnswersOfPlaces")
    void POL_08_a_list_whose_second_page_cannot_be_had_leaves_it_undecided(Fetched noAnswer) {
        page(image, "", Optional.of("2"));
        image.registry.answer(image.referrersPlace() + "?2", noAnswer);
        assertUndecided(image.judge());
        page(image, "", Optional.of("2"), listed(image, good()));
        assertAdmitted(image.judge());
    }

    @Test
    void POL_08_a_page_that_the_registry_promised_and_does_not_have_is_no_end_of_the_list() {
        page(image, "", Optional.of("2"));
        image.registry.answer(image.referrersPlace() + "?2", MISSING);
        assertUndecided(image.judge());
        assertThat(image.find().unread())
                .containsExactly(new UnreadSource("referrers API", "the registry lost the list between two pages"));
    }

    @Test
    void POL_08_a_list_that_goes_on_elsewhere_is_no_shorter_list_and_what_its_first_page_names_counts() {
        String elsewhere = Fetched.Found.ELSEWHERE;
        image.registry.answer(
                image.referrersPlace() + "?" + elsewhere, new Fetched.Wrong("the next page lies outside of the list"));
        page(image, "", Optional.of(elsewhere));
        assertUndecided(image.judge());
        page(image, "", Optional.of(elsewhere), listed(image, good()));
        assertAdmitted(image.judge());
    }

    @Test
    void POL_08_only_a_definite_not_there_everywhere_is_unsigned() {
        image.withoutApi();
        assertRefused(image.judge(), RefusalReason.UNSIGNED);
        image.registry.answer(image.tagPlace(TagScheme.SIG), MISSING);
        assertRefused(image.judge(), RefusalReason.UNSIGNED);
    }

    @Test
    void POL_08_evidence_that_is_listed_but_gone_is_a_definite_answer() {
        image.list(entry(OTHER, 10));
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
        image.sig(Evidence.simple(image.subject, TestKey.A));
        assertAdmitted(image.judge());
    }

    @Test
    void a_blob_that_is_longer_than_its_descriptor_says_proves_nothing() {
        byte[] payload = Evidence.payload(image.subject);
        byte[] manifest = JsonWriter.bytes(map(
                "schemaVersion",
                2,
                "config",
                map("mediaType", "a/b", "digest", OTHER.toString(), "size", 2),
                "layers",
                List.of(map(
                        "mediaType",
                        MediaType.SIMPLE_SIGNING,
                        "digest",
                        image.registry.blob(payload).toString(),
                        "size",
                        payload.length - 1,
                        "annotations",
                        map(Evidence.SIGNATURE, Evidence.base64(TestKey.A.sign(payload)))))));
        image.tag(TagScheme.SIG, manifest);
        assertRefused(image.judge(), RefusalReason.MALFORMED_EVIDENCE);
    }

    // ---- helpers

    private void junk(int count) {
        for (int i = 0; i < count; i++) {
            image.referrer(
                    Evidence.bundle(Evidence.statement("https://junk.example/" + i, image.subject, map()), TestKey.B));
        }
    }

    private static Map<String, Object> entry(Digest digest, int size) {
        return map(
                "mediaType",
                MediaType.OCI_MANIFEST,
                "digest",
                digest.toString(),
                "size",
                size,
                "artifactType",
                MediaType.BUNDLE_V03);
    }

    private static Map<String, Object> listed(Shelf shelf, Layer layer) {
        byte[] manifest = shelf.manifest(MediaType.BUNDLE_V03, shelf.subject, layer);
        return entry(shelf.registry.manifest(manifest, MediaType.OCI_MANIFEST), manifest.length);
    }

    @SuppressWarnings("unchecked")
    private static void pages(Shelf shelf, List<Map<String, Object>> entries, int size) {
        for (int from = 0; from < entries.size(); from += size) {
            int to = Math.min(entries.size(), from + size);
            Optional<String> next = to == entries.size() ? Optional.empty() : Optional.of(String.valueOf(to));
            page(
                    shelf,
                    from == 0 ? "" : "?" + from,
                    next,
                    entries.subList(from, to).toArray(new Map[0]));
        }
    }

    @SafeVarargs
    private static void page(Shelf shelf, String place, Optional<String> next, Map<String, Object>... entries) {
        byte[] bytes = Shelf.index(List.of((Object[]) entries));
        shelf.registry.answer(
                shelf.referrersPlace() + place, new Fetched.Found(bytes, MediaType.OCI_INDEX, null, next));
    }
}
