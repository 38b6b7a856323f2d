package dev.pratique.attestations.trust.tuf;

import static dev.pratique.attestations.trust.tuf.FakeTufRepository.CONTENT;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.NOW;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.TARGET;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.rotate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.tuf.FakeTufRepository.Role;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of an update counts as far as a pinned root vouches for all of it. */
class KeptUpdateTest {
    private final FakeTufRepository repository = new FakeTufRepository();
    private final HeapTufStore store = new HeapTufStore();
    private final byte[] first = repository.publishRoot();

    private AcceptedTarget update(byte[] pinned) throws TufException {
        return new TufClient(pinned, store).update(TARGET, repository, content -> {}, NOW);
    }

    private AcceptedTarget accepted(byte[] pinned) throws TufException {
        return new TufClient(pinned, store).accepted(TARGET).orElseThrow();
    }

    private KeptUpdate kept() throws MalformedEvidenceException {
        return KeptUpdate.parse(store.files.get(AcceptedTarget.NAME));
    }

    private void keep(KeptUpdate update) {
        store.write(AcceptedTarget.NAME, update.toJson());
    }

    private byte[] laterRoot() {
        repository.root.version++;
        return repository.publishRoot();
    }

    private void doesNotHold(String why) {
        assertThatThrownBy(() -> accepted(first))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE))
                .hasMessageContaining(why);
    }

    // ---- which pinned roots it counts for

    @Test
    void TUF_05_every_root_that_the_update_went_through_may_be_pinned_later() throws Exception {
        byte[] second = laterRoot();
        byte[] third = laterRoot();
        repository.publish();
        AcceptedTarget accepted = update(first);
        for (byte[] pinned : List.of(first, second, third)) {
            assertThat(accepted(pinned)).usingRecursiveComparison().isEqualTo(accepted);
        }
    }

    @Test
    void TUF_05_a_program_with_an_earlier_pinned_root_still_finds_its_way() throws Exception {
        byte[] second = laterRoot();
        repository.publish();
        update(first);
        laterRoot();
        repository.publish();
        update(second);
        assertThat(accepted(first).roles().get("root").version()).isEqualTo(3);
        store.files.clear();
        update(second);
        assertThat(kept().roots().keySet()).containsExactly(2L, 3L);
        assertThat(accepted(first).roles().get("root").version()).isEqualTo(3);
    }

    @Test
    void TUF_05_a_pinned_root_later_than_all_vouches_for_what_its_keys_signed_and_says_that_it_is_older()
            throws Exception {
        repository.publish();
        assertThat(update(first).predatesPinnedRoot()).isFalse();
        laterRoot();
        byte[] third = laterRoot();
        AcceptedTarget old = accepted(third);
        assertThat(old.predatesPinnedRoot()).isTrue();
        assertThat(old.roles().get("root").version()).isEqualTo(3);
        assertThat(accepted(first).isNewerThan(old)).isTrue();
        assertThat(old.isNewerThan(accepted(first))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "snapshot", "targets"})
    void TUF_05_a_pinned_root_later_than_all_that_took_a_key_away_vouches_for_nothing(String role) throws Exception {
        repository.publish();
        update(first);
        rotate(
                switch (role) {
                    case "timestamp" -> repository.timestamp;
                    case "snapshot" -> repository.snapshot;
                    default -> repository.targets;
                });
        byte[] second = laterRoot();
        assertThat(new TufClient(second, store).accepted(TARGET)).isEmpty();
        assertThat(accepted(first).content()).isEqualTo(CONTENT);
    }

    @Test
    void TUF_05_an_update_by_a_later_pinned_root_does_not_go_back_behind_what_was_seen_before_it() throws Exception {
        repository.timestamp.version = 7;
        repository.publish();
        update(first);
        byte[] second = laterRoot();
        repository.timestamp.version = 6;
        repository.publish();
        assertThatThrownBy(() -> update(second))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ROLLBACK));
    }

    @Test
    void another_repositorys_root_finds_nothing() throws Exception {
        repository.publish();
        update(first);
        FakeTufRepository other = new FakeTufRepository();
        List.of(other.root, other.timestamp, other.snapshot, other.targets).forEach(FakeTufRepository::rotate);
        assertThat(new TufClient(other.publishRoot(), store).accepted(TARGET)).isEmpty();
        other.root.version = 2;
        assertThat(new TufClient(other.publishRoot(), store).accepted(TARGET)).isEmpty();
    }

    // ---- what is checked

    @Test
    void TUF_05_expiry_says_how_old_it_is_and_is_no_reason_against_it() throws Exception {
        repository.timestamp.expires = NOW.plus(Duration.ofSeconds(1));
        repository.publish();
        update(first);
        assertThat(accepted(first).expires()).isEqualTo(NOW.plus(Duration.ofSeconds(1)));
    }

    @Test
    void TUF_05_another_target_than_the_metadata_names_does_not_count() throws Exception {
        repository.publish();
        update(first);
        KeptUpdate kept = kept();
        byte[] other = "{\"roots\":2}".getBytes(StandardCharsets.UTF_8);
        keep(new KeptUpdate(TARGET, other, kept.roots(), kept.files(), NOW));
        doesNotHold(TARGET + " is not the file that was announced");
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "snapshot.json", "targets.json", "root"})
    void TUF_05_metadata_of_which_any_byte_that_is_signed_differs_does_not_count(String name) throws Exception {
        laterRoot();
        repository.publish();
        update(first);
        KeptUpdate kept = kept();
        byte[] original =
                name.equals("root") ? kept.roots().get(2L) : kept.files().get(name);
        int from = new String(original, StandardCharsets.ISO_8859_1).indexOf("\"signed\"");
        int to = new String(original, StandardCharsets.ISO_8859_1).indexOf("\"signatures\"");
        assertThat(to - from).isGreaterThan(100);
        for (int at = from + 12; at < to - 2; at += 16) {
            byte[] damaged = original.clone();
            damaged[at] ^= 1;
            TreeMap<Long, byte[]> roots = new TreeMap<>(kept.roots());
            Map<String, byte[]> files = new LinkedHashMap<>(kept.files());
            if (name.equals("root")) {
                roots.put(2L, damaged);
            } else {
                files.put(name, damaged);
            }
            keep(new KeptUpdate(TARGET, CONTENT, roots, files, NOW));
            doesNotHold("does not hold");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "snapshot.json", "targets.json"})
    void TUF_05_metadata_that_is_missing_or_of_another_update_does_not_count(String name) throws Exception {
        repository.publish();
        update(first);
        KeptUpdate old = kept();
        for (Role role : List.of(repository.targets, repository.snapshot, repository.timestamp)) {
            role.version++;
        }
        repository.contents.put(TARGET, new byte[] {'2'});
        repository.publish();
        update(first);
        KeptUpdate now = kept();
        Map<String, byte[]> without = new LinkedHashMap<>(now.files());
        without.remove(name);
        keep(new KeptUpdate(TARGET, now.content(), now.roots(), without, NOW));
        doesNotHold("does not hold");
        Map<String, byte[]> mixed = new LinkedHashMap<>(now.files());
        mixed.put(name, old.files().get(name));
        keep(new KeptUpdate(TARGET, now.content(), now.roots(), mixed, NOW));
        doesNotHold("does not hold");
        keep(now);
        assertThat(accepted(first).content()).isEqualTo(new byte[] {'2'});
    }

    @Test
    void TUF_05_a_root_that_is_left_out_ends_it() throws Exception {
        laterRoot();
        laterRoot();
        repository.publish();
        update(first);
        KeptUpdate kept = kept();
        TreeMap<Long, byte[]> roots = new TreeMap<>(kept.roots());
        roots.remove(2L);
        keep(new KeptUpdate(TARGET, CONTENT, roots, kept.files(), NOW));
        doesNotHold("2.root.json is version 3");
    }

    @Test
    void TUF_05_a_root_under_another_version_ends_it() throws Exception {
        repository.publish();
        update(first);
        KeptUpdate kept = kept();
        TreeMap<Long, byte[]> roots = new TreeMap<>(kept.roots());
        roots.put(9L, first);
        keep(new KeptUpdate(TARGET, CONTENT, roots, kept.files(), NOW));
        doesNotHold("2.root.json is version 1");
    }

    @Test
    void delegated_roles_that_were_used_are_kept_and_checked_too() throws Exception {
        repository.delegated.put("mine", new Role(TestKey.p256()));
        repository.delegatedTargets.put("mine", Map.of("a/file", CONTENT));
        repository.delegations.add(Map.of("name", "mine", "paths", List.of("a/*")));
        repository.publish();
        TufClient client = new TufClient(first, store);
        AcceptedTarget updated = client.update("a/file", repository, content -> {}, NOW);
        assertThat(client.accepted("a/file").orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(updated);
        KeptUpdate kept = kept();
        Map<String, byte[]> files = new LinkedHashMap<>(kept.files());
        assertThat(files.keySet().removeIf(name -> name.startsWith("delegated-")))
                .isTrue();
        keep(new KeptUpdate("a/file", CONTENT, kept.roots(), files, NOW));
        assertThatThrownBy(() -> client.accepted("a/file")).isInstanceOf(TufException.class);
    }

    @Test
    void kept_files_of_what_was_unchanged_are_part_of_the_next_update() throws Exception {
        repository.publish();
        update(first);
        repository.timestamp.version = 2;
        repository.publish();
        update(first);
        assertThat(accepted(first).roles().get("timestamp").version()).isEqualTo(2);
        update(first);
        assertThat(accepted(first).content()).isEqualTo(CONTENT);
    }

    // ---- its form and size

    @Test
    void what_comes_to_more_than_is_kept_is_refused_and_changes_nothing() throws Exception {
        repository.publish();
        update(first);
        byte[] before = store.files.get(AcceptedTarget.NAME);
        byte[] large = new byte[TufLimits.MAX_TARGET_BYTES];
        Arrays.fill(large, (byte) 'x');
        repository.contents.put(TARGET, large);
        repository.targets.edit = signed -> signed.put("x-long", "y".repeat(3 << 20));
        for (Role role : List.of(repository.targets, repository.snapshot, repository.timestamp)) {
            role.version++;
        }
        repository.publish();
        assertThatThrownBy(() -> update(first))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
        assertThat(store.files.get(AcceptedTarget.NAME)).isEqualTo(before);
    }

    @Test
    void roots_before_the_pinned_one_give_way_where_there_is_no_room() throws Exception {
        repository.publish();
        update(first);
        KeptUpdate kept = kept();
        TreeMap<Long, byte[]> many = new TreeMap<>();
        for (long version = 1; version <= TufLimits.MAX_KEPT_ROOTS; version++) {
            many.put(1_000_000 - version, new byte[] {1});
        }
        repository.root.version = 1_000_000;
        byte[] late = repository.publishRoot();
        many.put(1_000_000L, late);
        many.pollFirstEntry();
        keep(new KeptUpdate(TARGET, CONTENT, many, kept.files(), NOW));
        repository.root.version++;
        repository.publish();
        update(late);
        assertThat(kept().roots().keySet()).containsExactly(1_000_000L, 1_000_001L);
    }

    @Test
    void what_an_earlier_version_of_the_program_kept_is_damaged_and_replaced() throws Exception {
        repository.publish();
        store.write(
                AcceptedTarget.NAME,
                JsonWriter.bytes(Map.of(
                        "path",
                        TARGET,
                        "updated",
                        NOW.toString(),
                        "pinnedRoot",
                        "sha256:" + "0".repeat(64),
                        "roles",
                        Map.of("root", Map.of("version", 1, "expires", NOW.toString())),
                        "content",
                        "e30=")));
        doesNotHold("damaged");
        update(first);
        assertThat(accepted(first).content()).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{'path':'a','updated':'today','roots':{'1':'AA=='},'metadata':{},'content':''}",
                "{'path':'a','updated':'2026-01-01T00:00:00Z','roots':{},'metadata':{},'content':''}",
                "{'path':'a','updated':'2026-01-01T00:00:00Z','roots':{'01':'AA=='},'metadata':{},'content':''}",
                "{'path':'a','updated':'2026-01-01T00:00:00Z','roots':{'1':1},'metadata':{},'content':''}",
                "{'path':'a','updated':'2026-01-01T00:00:00Z','roots':{'1':'AA=='},'metadata':[],'content':''}",
                "{'path':'a','updated':'2026-01-01T00:00:00Z','roots':{'1':'AA=='},'metadata':{'x':'*'},'content':''}"
            })
    void what_is_none_is_not_read(String text) {
        store.write(AcceptedTarget.NAME, text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        doesNotHold("damaged");
    }
}
