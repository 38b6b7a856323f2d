package dev.pratique.attestations.trust.tuf;

import static dev.pratique.attestations.trust.tuf.FakeTufRepository.CONTENT;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.NOW;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.tuf.FakeTufRepository.Role;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TufClientTest {
    private final FakeTufRepository repository = new FakeTufRepository();
    private final HeapTufStore store = new HeapTufStore();
    private byte[] pinned = repository.publishRoot();

    private AcceptedTarget update() throws TufException {
        return update(TARGET);
    }

    private AcceptedTarget update(String path) throws TufException {
        return new TufClient(pinned, store).update(path, repository, content -> {}, NOW);
    }

    private void fails(Reason reason) {
        assertThatThrownBy(this::update)
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private void delegate(String name, String pattern, boolean terminating, Map<String, byte[]> targets) {
        repository.delegated.put(name, new Role(TestKey.p256()));
        repository.delegatedTargets.put(name, targets);
        repository.delegations.add(Map.of("name", name, "paths", List.of(pattern), "terminating", terminating));
    }

    @Test
    void asks_in_the_order_of_the_specification_and_once() throws Exception {
        repository.publish();
        AcceptedTarget accepted = update();
        assertThat(accepted.content()).isEqualTo(CONTENT);
        assertThat(repository.asked)
                .containsExactly(
                        "metadata/2.root.json",
                        "metadata/timestamp.json",
                        "metadata/1.snapshot.json",
                        "metadata/1.targets.json",
                        "targets/" + Digest.sha256(CONTENT).hex() + "." + TARGET);
        assertThat(accepted.roles().keySet()).containsExactly("root", "timestamp", "snapshot", "targets");
        repository.asked.clear();
        update();
        assertThat(repository.asked).containsExactly("metadata/2.root.json", "metadata/timestamp.json");
    }

    @Test
    void expires_when_the_first_of_its_metadata_does() throws Exception {
        repository.timestamp.expires = NOW.plus(Duration.ofDays(3));
        repository.publish();
        assertThat(update().expires()).isEqualTo(NOW.plus(Duration.ofDays(3)));
    }

    @Test
    void names_files_without_versions_where_snapshots_are_not_consistent() throws Exception {
        repository.consistent = false;
        pinned = repository.publishRoot();
        repository.publish();
        update();
        assertThat(repository.asked).contains("metadata/snapshot.json", "metadata/targets.json", "targets/" + TARGET);
    }

    @Test
    void remembers_what_it_accepted_without_asking_and_not_for_another_repository() throws Exception {
        repository.publish();
        AcceptedTarget accepted = update();
        repository.asked.clear();
        AcceptedTarget kept = new TufClient(pinned, store).accepted(TARGET).orElseThrow();
        assertThat(kept.content()).isEqualTo(CONTENT);
        assertThat(kept.roles()).isEqualTo(accepted.roles());
        assertThat(kept.updated()).isEqualTo(NOW);
        assertThat(repository.asked).isEmpty();
        FakeTufRepository other = new FakeTufRepository();
        List.of(other.root, other.timestamp, other.snapshot, other.targets).forEach(FakeTufRepository::rotate);
        assertThat(new TufClient(other.publishRoot(), store).accepted(TARGET)).isEmpty();
        assertThat(new TufClient(pinned, store).accepted("another")).isEmpty();
    }

    @Test
    void keeps_the_last_good_target_where_an_update_fails_midway() throws Exception {
        repository.publish();
        update();
        repository.snapshot.version = 2;
        repository.timestamp.version = 2;
        repository.publish();
        repository.files.remove("metadata/2.snapshot.json");
        fails(Reason.MISSING);
        assertThat(new TufClient(pinned, store).accepted(TARGET).orElseThrow().content())
                .isEqualTo(CONTENT);
        repository.publish();
        assertThat(update().roles().get("snapshot").version()).isEqualTo(2);
    }

    @Test
    void keeps_the_last_good_target_where_the_new_one_cannot_be_used() throws Exception {
        repository.publish();
        update();
        repository.contents.put(TARGET, "nonsense".getBytes(StandardCharsets.UTF_8));
        repository.targets.version = 2;
        repository.snapshot.version = 2;
        repository.timestamp.version = 2;
        repository.publish();
        TufClient client = new TufClient(pinned, store);
        assertThatThrownBy(() -> client.update(
                        TARGET,
                        repository,
                        content -> {
                            throw new MalformedEvidenceException("it is no trusted root");
                        },
                        NOW))
                .isInstanceOf(TufException.class)
                .hasMessageContaining("it is no trusted root");
        assertThat(client.accepted(TARGET).orElseThrow().content()).isEqualTo(CONTENT);
        assertThat(update().content()).isEqualTo("nonsense".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void goes_on_where_its_store_was_damaged() throws Exception {
        repository.publish();
        update();
        store.files.replaceAll((name, content) -> new byte[] {'x'});
        assertThatThrownBy(() -> new TufClient(pinned, store).accepted(TARGET))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE));
        assertThat(update().content()).isEqualTo(CONTENT);
        assertThat(new TufClient(pinned, store).accepted(TARGET)).isPresent();
    }

    @Test
    void follows_roots_one_by_one_and_checks_kept_ones_again() throws Exception {
        TestKey second = TestKey.p256();
        TestKey third = TestKey.p256();
        repository.root.version = 2;
        repository.root.keys.set(0, second);
        repository.root.signers.addAll(List.of(TestKey.A, second));
        repository.publishRoot();
        repository.root.version = 3;
        repository.root.keys.set(0, third);
        repository.root.signers.clear();
        repository.root.signers.addAll(List.of(second, third));
        repository.publish();
        assertThat(update().roles().get("root").version()).isEqualTo(3);
        repository.asked.clear();
        repository.files.remove("metadata/2.root.json");
        assertThat(update().roles().get("root").version()).isEqualTo(3);
        assertThat(repository.asked).startsWith("metadata/4.root.json");
    }

    @Test
    void counts_what_has_no_spelling_of_its_own_for_the_signature_and_nothing_else() throws Exception {
        repository.root.edit = signed -> signed.put("x-later", Map.of("b", 1, "a", List.of("\"", "\\", "\u00fc\n")));
        repository.root.version = 2;
        repository.publish();
        assertThat(update().roles().get("root").version()).isEqualTo(2);
    }

    @Test
    void asks_delegated_roles_in_order_for_their_paths_alone() throws Exception {
        byte[] first = {1};
        byte[] second = {2};
        delegate("other", "other/*", true, Map.of("a/file", first));
        delegate("deep", "a/b/*", false, Map.of("a/file", first));
        delegate("mine", "a/*", false, Map.of("a/file", second));
        repository.publish();
        AcceptedTarget accepted = update("a/file");
        assertThat(accepted.content()).isEqualTo(second);
        assertThat(accepted.roles().keySet()).containsExactly("root", "timestamp", "snapshot", "targets", "mine");
        assertThat(repository.asked)
                .contains("targets/a/" + Digest.sha256(second).hex() + ".file");
    }

    @Test
    void asks_nobody_behind_a_terminating_delegation() {
        delegate("first", "a/*", true, Map.of());
        delegate("second", "a/*", false, Map.of("a/file", new byte[] {1}));
        repository.publish();
        assertThatThrownBy(() -> update("a/file"))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
        assertThat(repository.asked).noneMatch(asked -> asked.contains("second"));
    }

    @Test
    void finds_delegated_roles_by_the_hash_of_the_path() throws Exception {
        String path = "a/file";
        String prefix =
                Digest.sha256(path.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 2);
        repository.delegated.put("bin", new Role(TestKey.p256()));
        repository.delegatedTargets.put("bin", Map.of(path, new byte[] {7}));
        repository.delegations.add(Map.of("name", "bin", "path_hash_prefixes", List.of(prefix)));
        repository.publish();
        assertThat(update(path).content()).isEqualTo(new byte[] {7});
    }

    @Test
    void asks_for_unusual_role_names_in_one_path_segment() throws Exception {
        for (String name : List.of("?", "#", "/delegatedrole", "../delegatedrole")) {
            FakeTufRepository unusual = new FakeTufRepository();
            unusual.delegated.put(name, new Role(TestKey.p256()));
            unusual.delegatedTargets.put(name, Map.of("a/file", new byte[] {1}));
            unusual.delegations.add(Map.of("name", name, "paths", List.of("a/*")));
            byte[] root = unusual.publishRoot();
            unusual.publish();
            assertThatThrownBy(
                            () -> new TufClient(root, new HeapTufStore()).update("a/file", unusual, content -> {}, NOW))
                    .hasMessageContaining("the repository has no 1.");
            String asked = unusual.asked.get(unusual.asked.size() - 1);
            assertThat(asked).matches("metadata/1\\.[A-Za-z0-9._~%-]+\\.json");
            unusual.files.put(asked, unusual.files.get("metadata/1." + name + ".json"));
            assertThat(new TufClient(root, new HeapTufStore())
                            .update("a/file", unusual, content -> {}, NOW)
                            .content())
                    .isEqualTo(new byte[] {1});
        }
    }

    @Test
    void refuses_to_ask_for_a_path_out_of_the_repository() {
        for (String path : List.of("", "/a", "a//b", "../a", "a/./b", "a\\b", "a/..")) {
            assertThatThrownBy(() -> update(path))
                    .isInstanceOfSatisfying(
                            TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
        }
        assertThat(repository.asked).isEmpty();
    }
}
