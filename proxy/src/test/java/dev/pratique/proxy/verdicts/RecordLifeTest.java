package dev.pratique.proxy.verdicts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.verdicts.Member.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long records are kept, and which content they hold. */
class RecordLifeTest {
    private static final Repository APP = new Repository("registry.example", "acme/app");
    private static final Repository OTHER = new Repository("registry.example", "acme/other");
    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration MONTH = Duration.ofDays(30);

    @TempDir
    Path directory;

    private final Set<Digest> stored = new HashSet<>();
    private VerdictStore records;

    @BeforeEach
    void open() throws IOException {
        records = VerdictStore.open(directory.resolve("verdicts"), said -> {});
    }

    @AfterEach
    void close() {
        records.close();
    }

    private static Digest digest(String name) {
        return Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    private static Member as(Kind kind, String mediaType) {
        return new Member(kind, 1000, mediaType, List.of(), 0);
    }

    private void listed(String name, String parent, Kind kind, String mediaType) {
        records.change()
                .memberThrough(APP, digest(name), as(kind, mediaType), digest(parent))
                .commit();
    }

    private void served(String name, Kind kind, Instant at) {
        records.change()
                .memberConfirmed(APP, digest(name), as(kind, MediaType.OCI_MANIFEST), at)
                .commit();
    }

    private void judged(Repository repository, String name, Instant until) {
        VerdictKey key = new VerdictKey(repository, digest(name), "req", new PolicyRevision("r1"), "1");
        Verdict.Admitted admitted = new Verdict.Admitted(List.of(), List.of(), Optional.empty(), until);
        records.change().verdict(key, new StoredVerdict(admitted, THEN, THEN)).commit();
    }

    private int sweep(Duration later) {
        return records.sweep(
                THEN.plus(later), new VerdictStore.Kept(Duration.ofDays(7), Duration.ZERO, stored::contains));
    }

    private boolean known(String name) {
        return records.member(APP, digest(name)).isPresent();
    }

    @Test
    void a_layer_that_nobody_has_asked_for_in_a_month_is_forgotten() {
        served("manifest", Kind.MANIFEST, THEN);
        listed("layer", "manifest", Kind.BLOB, "layer");
        served("layer", Kind.BLOB, THEN);
        assertThat(sweep(MONTH.minusSeconds(1))).isZero();
        assertThat(sweep(MONTH)).isOne();
        assertThat(known("layer")).isFalse();
        assertThat(known("manifest")).isTrue();
    }

    @Test
    void a_layer_stays_while_it_is_stored_or_its_image_is_pulled() {
        served("manifest", Kind.MANIFEST, THEN);
        listed("stored", "manifest", Kind.BLOB, "layer");
        stored.add(digest("stored"));
        listed("shared", "manifest", Kind.BLOB, "layer");
        listed("shared", "living", Kind.BLOB, "layer");
        served("living", Kind.MANIFEST, THEN.plus(MONTH));
        assertThat(sweep(MONTH.plusDays(1))).isZero();
        assertThat(known("stored")).isTrue();
        assertThat(known("shared")).isTrue();
    }

    @Test
    void what_is_known_to_be_a_manifest_or_evidence_is_never_forgotten() {
        served("refused", Kind.MANIFEST, THEN);
        served("evidence", Kind.EVIDENCE, THEN);
        listed("child", "index", Kind.MANIFEST, MediaType.OCI_MANIFEST);
        assertThat(sweep(Duration.ofDays(10_000))).isZero();
        // As long as this is known, an image that lists it as a layer does not admit it.
        assertThat(records.member(APP, digest("refused")).orElseThrow().kind()).isEqualTo(Kind.MANIFEST);
        assertThat(records.member(APP, digest("evidence")).orElseThrow().kind()).isEqualTo(Kind.EVIDENCE);
        assertThat(known("child")).isTrue();
    }

    @Test
    void a_tag_is_remembered_for_a_day_or_as_long_as_it_may_be_used() {
        records.change()
                .tag(APP, "1.0", new VerdictStore.SeenTag(digest("image"), THEN))
                .commit();
        assertThat(sweep(Duration.ofHours(23))).isZero();
        VerdictStore.Kept week = new VerdictStore.Kept(Duration.ofDays(7), Duration.ofDays(7), stored::contains);
        assertThat(records.sweep(THEN.plus(Duration.ofDays(6)), week)).isZero();
        assertThat(records.tag(APP, "1.0")).isPresent();
        assertThat(sweep(Duration.ofDays(1))).isOne();
        assertThat(records.tag(APP, "1.0")).isEmpty();
    }

    @Test
    void a_verdict_in_force_holds_its_manifest_its_config_its_children_and_evidence_but_no_layers() {
        judged(APP, "index", THEN.plusSeconds(60));
        served("index", Kind.MANIFEST, THEN);
        listed("child", "index", Kind.MANIFEST, MediaType.OCI_MANIFEST);
        listed("config", "child", Kind.BLOB, MediaType.OCI_CONFIG);
        listed("layer", "child", Kind.BLOB, "application/vnd.oci.image.layer.v1.tar+gzip");
        listed("signature", "index", Kind.EVIDENCE, MediaType.OCI_MANIFEST);
        listed("bundle", "signature", Kind.BLOB, MediaType.BUNDLE_V03);
        assertThat(records.pinned(THEN))
                .containsExactlyInAnyOrder(
                        digest("index"), digest("child"), digest("config"), digest("signature"), digest("bundle"));
    }

    @Test
    void a_verdict_that_has_ended_or_is_about_another_repository_holds_nothing_here() {
        judged(APP, "old", THEN.plusSeconds(60));
        listed("config of old", "old", Kind.BLOB, MediaType.OCI_CONFIG);
        judged(OTHER, "manifest", THEN.plus(MONTH));
        listed("config of manifest", "manifest", Kind.BLOB, MediaType.OCI_CONFIG);
        assertThat(records.pinned(THEN.plusSeconds(60))).doesNotContain(digest("old"), digest("config of old"));
    }

    @Test
    void a_config_of_no_sane_length_is_not_held() {
        judged(APP, "manifest", THEN.plus(MONTH));
        Member huge = new Member(Kind.BLOB, 5L << 20, MediaType.OCI_CONFIG, List.of(), 0);
        records.change()
                .memberThrough(APP, digest("huge"), huge, digest("manifest"))
                .commit();
        assertThat(records.pinned(THEN)).containsExactly(digest("manifest"));
    }

    @Test
    void a_store_that_is_closed_holds_and_forgets_nothing() {
        judged(APP, "manifest", THEN.plus(MONTH));
        records.close();
        assertThat(records.pinned(THEN)).isEmpty();
        assertThat(sweep(MONTH)).isZero();
    }
}
