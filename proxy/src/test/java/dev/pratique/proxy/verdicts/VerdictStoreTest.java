package dev.pratique.proxy.verdicts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictStoreTest {
    private static final Repository APP = new Repository("up.example", "acme/app");
    private static final Digest IMAGE = Digest.sha256("image".getBytes(StandardCharsets.UTF_8));
    private static final Digest LAYER = Digest.sha256("layer".getBytes(StandardCharsets.UTF_8));
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final VerdictKey KEY = new VerdictKey(APP, IMAGE, "req", new PolicyRevision("r1"), "1");

    @TempDir
    Path directory;

    private Path home;

    @BeforeEach
    void home() {
        home = directory.resolve("verdicts");
    }

    @Test
    void gives_back_what_was_written_after_a_restart() throws IOException {
        FoundEvidence found = new FoundEvidence(
                List.of(new EvidenceBytes(
                        MediaType.SIMPLE_SIGNING, new byte[] {0, 1, -1}, Map.of("a", "b"), LAYER, "tag x")),
                List.of(new UnreadSource("api", "500")),
                List.of(),
                Set.of(EvidenceLimit.PAGES, EvidenceLimit.PIECES),
                NOW);
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            store.change()
                    .verdict(KEY, stored())
                    .evidence(APP, IMAGE, found)
                    .tag(APP, "v1", new VerdictStore.SeenTag(IMAGE, NOW))
                    .memberThrough(APP, LAYER, blob(), IMAGE)
                    .commit();
        }
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            assertThat(store.verdict(KEY, NOW)).contains(stored());
            FoundEvidence read = store.evidence(APP, IMAGE).orElseThrow();
            assertThat(read.items().get(0).bytes()).containsExactly(0, 1, -1);
            assertThat(read.unread()).isEqualTo(found.unread());
            assertThat(read.limits()).isEqualTo(found.limits());
            assertThat(store.tag(APP, "v1")).contains(new VerdictStore.SeenTag(IMAGE, NOW));
            assertThat(store.member(APP, LAYER).orElseThrow().parents()).containsExactly(IMAGE);
        }
    }

    @Test
    void lists_verdicts_in_the_order_of_their_subjects_and_goes_on_after_one() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            Repository other = new Repository("up.example", "acme/app2");
            VerdictStore.Change change = store.change();
            List<VerdictKey> keys = new ArrayList<>();
            for (Repository repository : List.of(APP, other)) {
                for (int i = 0; i < 5; i++) {
                    for (String revision : List.of("r1", "r2")) {
                        keys.add(new VerdictKey(repository, IMAGE, "req" + i, new PolicyRevision(revision), "1"));
                    }
                }
            }
            keys.forEach(key -> change.verdict(key, stored()));
            change.commit();
            WrittenVerdicts all = store.verdicts(Optional.empty(), "", 100);
            assertThat(all.verdicts()).extracting(WrittenVerdicts.Written::key).isEqualTo(keys);
            assertThat(all.readTo()).isEmpty();
            assertThat(store.verdicts(Optional.of(APP), "", 100).verdicts()).hasSize(10);
            List<VerdictKey> paged = new ArrayList<>();
            Optional<String> after = Optional.of("");
            while (after.isPresent()) {
                WrittenVerdicts page = store.verdicts(Optional.empty(), after.get(), 3);
                assertThat(page.verdicts().size()).isLessThanOrEqualTo(4);
                page.verdicts().forEach(written -> paged.add(written.key()));
                after = page.readTo();
            }
            assertThat(paged).isEqualTo(keys);
        }
    }

    @Test
    void every_part_of_the_key_separates() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            store.change().verdict(KEY, stored()).commit();
            Repository other = new Repository("up.example", "acme/other");
            assertThat(store.verdict(new VerdictKey(other, IMAGE, "req", KEY.revision(), "1"), NOW))
                    .isEmpty();
            assertThat(store.verdict(new VerdictKey(APP, LAYER, "req", KEY.revision(), "1"), NOW))
                    .isEmpty();
            assertThat(store.verdict(new VerdictKey(APP, IMAGE, "other", KEY.revision(), "1"), NOW))
                    .isEmpty();
            assertThat(store.verdict(new VerdictKey(APP, IMAGE, "req", new PolicyRevision("r2"), "1"), NOW))
                    .isEmpty();
            assertThat(store.verdict(new VerdictKey(APP, IMAGE, "req", KEY.revision(), "2"), NOW))
                    .isEmpty();
        }
    }

    @Test
    void a_verdict_judged_later_than_now_is_a_miss() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            store.change().verdict(KEY, stored()).commit();
            assertThat(store.verdict(KEY, NOW.minusMillis(1))).isEmpty();
        }
    }

    @Test
    void remembers_the_latest_parent_first_and_forgets_the_oldest() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            Digest last = IMAGE;
            for (int i = 0; i < Member.MAX_PARENTS + 6; i++) {
                last = Digest.sha256(new byte[] {(byte) i});
                store.change().memberThrough(APP, LAYER, blob(), last).commit();
            }
            Member member = store.member(APP, LAYER).orElseThrow();
            assertThat(member.parents()).hasSize(Member.MAX_PARENTS).startsWith(last);
        }
    }

    @Test
    void one_change_may_touch_a_digest_twice() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            store.change()
                    .memberThrough(APP, LAYER, blob(), IMAGE)
                    .memberConfirmed(APP, LAYER, blob(), NOW)
                    .commit();
            Member member = store.member(APP, LAYER).orElseThrow();
            assertThat(member.parents()).containsExactly(IMAGE);
            assertThat(member.confirmedAt()).isEqualTo(NOW.toEpochMilli());
        }
    }

    @Test
    void what_is_known_to_be_a_manifest_is_not_forgotten_when_something_lists_it_as_a_layer() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            Member manifest = new Member(Member.Kind.MANIFEST, 10, "m", List.of(), 0);
            store.change().memberConfirmed(APP, IMAGE, manifest, NOW).commit();
            store.change().memberThrough(APP, IMAGE, blob(), LAYER).commit();
            assertThat(store.member(APP, IMAGE).orElseThrow().kind()).isEqualTo(Member.Kind.MANIFEST);
        }
    }

    @Test
    void is_readable_by_its_owner_alone() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
                    .isEqualTo("rwx------");
            assertThat(store.unreadable()).isZero();
        }
    }

    @Test
    void says_that_another_process_uses_it() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            assertThat(store.unreadable()).isZero();
            assertThatThrownBy(() -> VerdictStore.open(home, said -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another proxy");
        }
    }

    @Test
    void a_corrupt_store_is_a_miss_and_is_put_aside() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            store.change().verdict(KEY, stored()).commit();
        }
        try (Stream<Path> files = Files.list(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().equals("LOCK")) {
                    Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
                }
            }
        }
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            assertThat(store.verdict(KEY, NOW)).isEmpty();
            store.change().verdict(KEY, stored()).commit();
            assertThat(store.verdict(KEY, NOW)).isPresent();
        }
        assertThat(directory.resolve("verdicts.corrupt-1")).isDirectory();
    }

    @Test
    void a_sweep_deletes_what_has_ended_and_nothing_else() throws IOException {
        try (VerdictStore store = VerdictStore.open(home, said -> {})) {
            store.change()
                    .verdict(KEY, stored())
                    .evidence(APP, IMAGE, FoundEvidence.none(NOW))
                    .memberThrough(APP, LAYER, blob(), IMAGE)
                    .commit();
            Duration week = Duration.ofDays(7);
            VerdictStore.Kept kept = new VerdictStore.Kept(week, Duration.ZERO, digest -> true);
            assertThat(store.sweep(NOW.plusSeconds(59), kept)).isZero();
            assertThat(store.verdict(KEY, NOW)).isPresent();
            assertThat(store.sweep(NOW.plusSeconds(60), kept)).isOne();
            assertThat(store.verdict(KEY, NOW)).isEmpty();
            assertThat(store.evidence(APP, IMAGE)).isPresent();
            assertThat(store.sweep(NOW.plus(week), kept)).isOne();
            assertThat(store.evidence(APP, IMAGE)).isEmpty();
            assertThat(store.member(APP, LAYER)).isPresent();
        }
    }

    @Test
    void whoever_asks_after_the_end_meets_a_miss() throws IOException {
        VerdictStore store = VerdictStore.open(home, said -> {});
        store.change().verdict(KEY, stored()).commit();
        store.close();
        assertThat(store.verdict(KEY, NOW)).isEmpty();
        assertThat(store.sweep(NOW, new VerdictStore.Kept(Duration.ZERO, Duration.ZERO, digest -> false)))
                .isZero();
        store.change().verdict(KEY, stored()).commit();
    }

    private static Member blob() {
        return new Member(Member.Kind.BLOB, 5, "layer", List.of(), 0);
    }

    private static StoredVerdict stored() {
        return new StoredVerdict(
                new Verdict.Admitted(
                        List.of(Finding.passed(Check.IDENTITY, "signed by ci", "tag")),
                        List.of("deprecated"),
                        Optional.of(RefusalReason.UNSIGNED),
                        NOW.plusSeconds(60)),
                NOW,
                NOW);
    }
}
