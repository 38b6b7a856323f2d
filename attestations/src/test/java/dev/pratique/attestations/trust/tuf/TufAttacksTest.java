package dev.pratique.attestations.trust.tuf;

import static dev.pratique.attestations.trust.tuf.FakeTufRepository.CONTENT;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.NOW;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.TARGET;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.keyid;
import static dev.pratique.attestations.trust.tuf.FakeTufRepository.rotate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.tuf.FakeTufRepository.Role;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test is a repository with one thing wrong; section 1.5.2 of the specification has the attacks' names. */
class TufAttacksTest {
    private final FakeTufRepository repository = new FakeTufRepository();
    private final HeapTufStore store = new HeapTufStore();
    private byte[] pinned = repository.publishRoot();

    private AcceptedTarget update(Instant now) throws TufException {
        return new TufClient(pinned, store).update(TARGET, repository, content -> {}, now);
    }

    private AcceptedTarget update() throws TufException {
        return update(NOW);
    }

    private String fails(Reason reason) {
        return fails(reason, NOW);
    }

    private String fails(Reason reason, Instant now) {
        TufException[] thrown = new TufException[1];
        assertThatThrownBy(() -> update(now)).isInstanceOfSatisfying(TufException.class, e -> thrown[0] = e);
        assertThat(thrown[0].reason()).as(thrown[0].getMessage()).isEqualTo(reason);
        return thrown[0].getMessage();
    }

    private void bump(Role... roles) {
        for (Role role : roles) {
            role.version++;
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> member(Map<String, Object> json, String... path) {
        Map<String, Object> at = json;
        for (String name : path) {
            at = (Map<String, Object>) at.get(name);
        }
        return at;
    }

    // ---- TUF-01

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "missing", "1.0", "text"})
    void TUF_01_refuses_a_root_with_a_threshold_below_one(String threshold) {
        Object value = switch (threshold) {
            case "0" -> 0;
            case "-1" -> -1;
            default -> threshold;
        };
        repository.root.version = 2;
        repository.root.edit = signed -> {
            Map<String, Object> role = member(signed, "roles", "snapshot");
            role.put("threshold", value);
            if (value.equals("missing")) {
                role.remove("threshold");
            }
        };
        repository.publish();
        assertThat(fails(Reason.MALFORMED)).contains("2.root.json").contains("threshold");
        assertThat(store.files).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void TUF_01_refuses_a_delegation_with_a_threshold_below_one(int threshold) {
        Role role = new Role(TestKey.p256());
        role.threshold = threshold;
        repository.delegated.put("role", role);
        repository.delegations.add(Map.of("name", "role", "paths", List.of("*")));
        repository.publish();
        assertThat(fails(Reason.MALFORMED)).contains("targets.json").contains("threshold");
    }

    @Test
    void TUF_01_refuses_a_threshold_that_no_number_of_its_keys_reaches() throws Exception {
        repository.snapshot.threshold = 2;
        bump(repository.root);
        repository.publish();
        assertThat(fails(Reason.SIGNATURES))
                .contains("snapshot.json is signed by 1")
                .contains("2 must sign it");
    }

    // ---- TUF-02

    @Test
    void TUF_02_counts_a_key_once_under_two_keyids() {
        repository.snapshot.threshold = 2;
        bump(repository.root);
        repository.root.edit = signed -> {
            Map<String, Object> keys = member(signed, "keys");
            Map<String, Object> other = new LinkedHashMap<>(member(keys, keyid(TestKey.C)));
            other.put("x-other", 1);
            keys.put("other", other);
            member(signed, "roles", "snapshot").put("keyids", List.of(keyid(TestKey.C), "other"));
        };
        repository.snapshot.editSigned = file -> {
            List<Object> signatures = list(file.get("signatures"));
            Map<String, Object> again = map(signatures.get(0));
            Map<String, Object> copy = new LinkedHashMap<>(again);
            copy.put("keyid", "other");
            signatures.add(copy);
        };
        repository.publish();
        assertThat(fails(Reason.SIGNATURES)).contains("snapshot.json is signed by 1");
    }

    @Test
    void TUF_02_refuses_two_signatures_of_one_keyid() {
        repository.snapshot.editSigned = file -> {
            List<Object> signatures = list(file.get("signatures"));
            signatures.add(signatures.get(0));
        };
        repository.publish();
        assertThat(fails(Reason.MALFORMED)).contains("two signatures have one keyid");
    }

    @Test
    void TUF_02_refuses_a_role_that_has_a_keyid_twice() {
        bump(repository.root);
        repository.root.edit = signed ->
                member(signed, "roles", "snapshot").put("keyids", List.of(keyid(TestKey.C), keyid(TestKey.C)));
        repository.publish();
        assertThat(fails(Reason.MALFORMED)).contains("one keyid twice");
    }

    // ---- arbitrary software

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "snapshot", "targets", "root"})
    void refuses_what_another_role_signed(String name) {
        Role role = Map.of(
                        "timestamp", repository.timestamp,
                        "snapshot", repository.snapshot,
                        "targets", repository.targets,
                        "root", repository.root)
                .get(name);
        bump(repository.root);
        role.signers.add(TestKey.p256());
        repository.publish();
        assertThat(fails(Reason.SIGNATURES)).contains(name + ".json is signed by 0");
    }

    @Test
    void refuses_a_file_of_another_type_that_the_role_signed() {
        repository.timestamp.edit = signed -> signed.put("_type", "snapshot");
        repository.publish();
        assertThat(fails(Reason.MALFORMED)).contains("'_type' is not timestamp");
    }

    @Test
    void accepts_broken_signatures_beside_enough_good_ones() throws Exception {
        repository.timestamp.editSigned = file -> {
            list(file.get("signatures")).add(new LinkedHashMap<>(Map.of("keyid", "somebody", "sig", "")));
            list(file.get("signatures")).add(new LinkedHashMap<>(Map.of("keyid", keyid(TestKey.A), "sig", "xyz")));
        };
        repository.publish();
        assertThat(update().content()).isEqualTo(CONTENT);
    }

    @Test
    void refuses_a_pinned_root_that_did_not_sign_itself() {
        repository.root.signers.add(TestKey.p256());
        pinned = repository.publishRoot();
        assertThat(fails(Reason.SIGNATURES)).contains("the pinned root.json");
        assertThat(repository.asked).isEmpty();
    }

    // ---- root rotation

    record Link(List<Integer> keys, int threshold, List<Integer> signers) {}

    record Rotation(String name, boolean accepted, Link... links) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Link link(int threshold, List<Integer> keys, Integer... signers) {
        return new Link(keys, threshold, List.of(signers));
    }

    static List<Rotation> rotations() {
        List<Integer> five = List.of(0, 1, 2, 3, 4);
        List<Integer> one = List.of(0, 1, 3, 4, 5);
        return List.of(
                new Rotation(
                        "one key", true, link(1, List.of(1), 1), link(1, List.of(2), 2, 1), link(1, List.of(2), 2)),
                new Rotation("strangers sign too", true, link(1, List.of(1), 3, 1), link(1, List.of(2), 3, 2, 1)),
                new Rotation("three of five", true, link(3, five, 0, 2, 4), link(3, five, 0, 4, 1)),
                new Rotation("one of five", true, link(3, five, 0, 2, 4), link(3, one, 0, 4, 1)),
                new Rotation("more must sign", true, link(1, List.of(1, 2, 3), 1), link(2, List.of(1, 2, 3), 1, 2)),
                new Rotation(
                        "fewer must sign",
                        true,
                        link(2, List.of(1, 2, 3), 1, 2),
                        link(1, List.of(1, 2, 3), 1, 2),
                        link(1, List.of(1, 2, 3), 1)),
                new Rotation("not by the old", false, link(1, List.of(1), 1), link(1, List.of(2), 2, 3, 4)),
                new Rotation("not by the new", false, link(1, List.of(1), 1), link(1, List.of(2), 1, 3, 4)),
                new Rotation("not by three of the new", false, link(3, five, 0, 2, 4), link(3, one, 0, 2, 4)),
                new Rotation("not by three of the old", false, link(3, five, 0, 2, 4), link(3, one, 0, 4, 5)),
                new Rotation("new threshold", false, link(1, List.of(1, 2, 3), 1), link(2, List.of(1, 2, 3), 2)),
                new Rotation("old threshold", false, link(2, List.of(1, 2, 3), 1, 2), link(1, List.of(1, 2, 3), 1)));
    }

    @ParameterizedTest
    @MethodSource("rotations")
    void follows_a_rotation_that_both_roots_signed_and_no_other(Rotation rotation) throws Exception {
        List<TestKey> keys = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            keys.add(TestKey.p256());
        }
        for (int i = 0; i < rotation.links.length; i++) {
            Link link = rotation.links[i];
            Role root = repository.root;
            root.version = i + 1;
            root.threshold = link.threshold;
            root.keys.clear();
            link.keys.forEach(key -> root.keys.add(keys.get(key)));
            root.signers.clear();
            link.signers.forEach(key -> root.signers.add(keys.get(key)));
            byte[] made = repository.publishRoot();
            pinned = i == 0 ? made : pinned;
        }
        repository.publish();
        if (rotation.accepted) {
            assertThat(update().roles().get("root").version()).isEqualTo(rotation.links.length);
        } else {
            fails(Reason.SIGNATURES);
        }
    }

    @Test
    void refuses_a_root_of_another_version_than_its_name() {
        repository.root.version = 3;
        repository.files.put("metadata/2.root.json", repository.publishRoot());
        repository.publish();
        assertThat(fails(Reason.ROLLBACK)).contains("2.root.json is version 3");
    }

    // ---- TUF-05: rollback

    @Test
    void TUF_05_refuses_an_older_timestamp() throws Exception {
        bump(repository.timestamp);
        repository.publish();
        update();
        repository.timestamp.version = 1;
        repository.publish();
        assertThat(fails(Reason.ROLLBACK)).contains("timestamp.json is version 1, and version 2 was already trusted");
        assertThat(new TufClient(pinned, store).accepted(TARGET)).isPresent();
    }

    @Test
    void TUF_05_keeps_the_timestamp_that_it_has_where_another_has_its_version() throws Exception {
        repository.publish();
        update();
        byte[] kept = store.files.get("timestamp.json");
        repository.snapshot.version = 100;
        repository.publish();
        assertThat(update().roles().get("snapshot").version()).isEqualTo(1);
        assertThat(store.files.get("timestamp.json")).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void TUF_05_refuses_an_older_snapshot(boolean hashes) throws Exception {
        repository.hashes = hashes;
        bump(repository.snapshot);
        repository.publish();
        update();
        repository.snapshot.version = 1;
        bump(repository.timestamp);
        repository.publish();
        assertThat(fails(Reason.ROLLBACK)).contains("snapshot.json is version 1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void TUF_05_refuses_older_targets(boolean hashes) throws Exception {
        repository.hashes = hashes;
        bump(repository.targets);
        repository.publish();
        update();
        repository.targets.version = 1;
        bump(repository.timestamp, repository.snapshot);
        repository.publish();
        assertThat(fails(Reason.ROLLBACK)).contains("targets.json is version 1");
    }

    @Test
    void TUF_05_refuses_a_snapshot_that_leaves_a_role_out() throws Exception {
        repository.delegated.put("role", new Role(TestKey.p256()));
        repository.publish();
        update();
        repository.delegated.clear();
        bump(repository.timestamp, repository.snapshot);
        repository.publish();
        assertThat(fails(Reason.ROLLBACK)).contains("role.json is no longer named");
    }

    // ---- TUF-05: fast forward

    @Test
    void TUF_05_recovers_from_a_timestamp_far_ahead_once_its_key_is_another() throws Exception {
        repository.timestamp.version = 100;
        repository.publish();
        update();
        repository.timestamp.version = 1;
        repository.publish();
        fails(Reason.ROLLBACK);
        rotate(repository.timestamp);
        bump(repository.root);
        repository.publish();
        assertThat(update().roles().get("timestamp").version()).isEqualTo(1);
    }

    @Test
    void TUF_05_recovers_from_targets_far_ahead_once_the_snapshots_key_is_another() throws Exception {
        repository.targets.version = 100;
        repository.delegated.put("role", new Role(TestKey.p256()));
        repository.publish();
        update();
        repository.targets.version = 1;
        repository.delegated.clear();
        rotate(repository.snapshot);
        bump(repository.root, repository.snapshot, repository.timestamp);
        repository.publish();
        assertThat(update().roles().get("targets").version()).isEqualTo(1);
    }

    @Test
    void TUF_05_recovers_where_only_one_of_two_keys_was_taken_away() throws Exception {
        repository.timestamp.keys.add(TestKey.A);
        bump(repository.root);
        repository.timestamp.version = 100;
        repository.publish();
        update();
        repository.timestamp.keys.remove(TestKey.B);
        bump(repository.root);
        repository.timestamp.version = 1;
        repository.publish();
        assertThat(update().roles().get("timestamp").version()).isEqualTo(1);
    }

    @Test
    void TUF_05_keeps_what_it_knows_where_a_key_was_added_and_none_taken() throws Exception {
        repository.timestamp.version = 100;
        repository.publish();
        update();
        repository.timestamp.keys.add(TestKey.A);
        bump(repository.root);
        repository.timestamp.version = 1;
        repository.publish();
        fails(Reason.ROLLBACK);
    }

    // ---- TUF-05, CRT-15: freeze and clocks

    @ParameterizedTest
    @ValueSource(strings = {"root", "timestamp", "snapshot", "targets"})
    void TUF_05_refuses_expired_metadata_and_keeps_the_last_good(String name) throws Exception {
        repository.publish();
        update();
        Role role = Map.of(
                        "timestamp", repository.timestamp,
                        "snapshot", repository.snapshot,
                        "targets", repository.targets,
                        "root", repository.root)
                .get(name);
        bump(repository.root, repository.timestamp, repository.snapshot, repository.targets);
        role.expires = NOW.minus(Duration.ofDays(1));
        repository.publish();
        assertThat(fails(Reason.EXPIRED)).contains(name + ".json version 2 expired on 2026-05-31T12:00:00Z");
        AcceptedTarget last = new TufClient(pinned, store).accepted(TARGET).orElseThrow();
        assertThat(last.roles().get(name).version()).isEqualTo(1);
    }

    @Test
    void TUF_05_what_was_kept_expires_too() throws Exception {
        repository.publish();
        update();
        assertThat(fails(Reason.EXPIRED, NOW.plus(Duration.ofDays(30)))).contains("root.json version 1 expired");
    }

    @Test
    void TUF_05_expires_at_the_very_moment() throws Exception {
        repository.targets.expires = NOW;
        repository.publish();
        fails(Reason.EXPIRED);
        assertThat(update(NOW.minusMillis(1)).content()).isEqualTo(CONTENT);
    }

    @Test
    void CRT_15_a_clock_years_ahead_refuses_and_one_years_behind_goes_back_to_nothing() throws Exception {
        bump(repository.timestamp);
        repository.publish();
        update();
        fails(Reason.EXPIRED, NOW.plus(Duration.ofDays(730)));
        repository.timestamp.version = 1;
        repository.publish();
        fails(Reason.ROLLBACK, NOW.minus(Duration.ofDays(730)));
        assertThat(new TufClient(pinned, store).accepted(TARGET).orElseThrow().expires())
                .isEqualTo(NOW.plus(Duration.ofDays(30)));
    }

    @Test
    void an_expired_root_leads_to_the_next() throws Exception {
        repository.root.expires = NOW.minus(Duration.ofDays(1));
        pinned = repository.publishRoot();
        bump(repository.root);
        repository.root.expires = NOW.plus(Duration.ofDays(1));
        repository.publish();
        assertThat(update().roles().get("root").version()).isEqualTo(2);
    }

    // ---- mix and match

    @Test
    void refuses_a_snapshot_of_another_version_than_was_announced() throws Exception {
        repository.publish();
        repository.snapshot.version = 2;
        repository.publish();
        repository.files.put("metadata/2.snapshot.json", repository.files.get("metadata/1.snapshot.json"));
        assertThat(fails(Reason.MISMATCH)).contains("snapshot.json is version 1, and version 2 was announced");
    }

    @Test
    void refuses_targets_of_another_version_than_was_announced() throws Exception {
        repository.publish();
        bump(repository.targets);
        repository.publish();
        repository.files.put("metadata/2.targets.json", repository.files.get("metadata/1.targets.json"));
        assertThat(fails(Reason.MISMATCH)).contains("targets.json is version 1, and version 2 was announced");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.snapshot.json", "1.targets.json"})
    void refuses_metadata_of_another_hash_than_was_announced(String name) {
        repository.hashes = true;
        repository.publish();
        repository.files.compute("metadata/" + name, (path, bytes) -> spaced(bytes));
        assertThat(fails(Reason.TOO_LARGE)).contains(name);
        repository.files.compute("metadata/" + name, (path, bytes) -> {
            byte[] same = bytes.clone();
            same[same.length - 2] = ' ';
            return Arrays.copyOf(same, same.length - 1);
        });
        assertThat(fails(Reason.MISMATCH)).contains(name);
    }

    @Test
    void refuses_hashes_of_kinds_that_nobody_computes() {
        repository.targets.edit = signed -> member(signed, "targets", TARGET).put("hashes", Map.of("md5", "00"));
        repository.publish();
        assertThat(fails(Reason.MALFORMED)).contains("neither sha256 nor sha512");
    }

    @Test
    void refuses_a_target_that_is_not_what_the_metadata_names() {
        repository.publish();
        String path = repository.files.keySet().stream()
                .filter(file -> file.startsWith("targets/"))
                .findFirst()
                .orElseThrow();
        repository.files.put(path, "{\"roots\":2}".getBytes(StandardCharsets.UTF_8));
        assertThat(fails(Reason.MISMATCH)).contains(TARGET);
        repository.files.put(path, new byte[CONTENT.length + 1]);
        assertThat(fails(Reason.TOO_LARGE)).contains(TARGET);
        repository.files.put(path, new byte[0]);
        assertThat(fails(Reason.MISMATCH)).contains(TARGET);
        repository.files.remove(path);
        assertThat(fails(Reason.MISSING)).contains(TARGET);
    }

    // ---- delegations

    @Test
    void looks_into_a_circle_of_roles_once_and_into_no_more_than_the_limit() {
        for (int i = 0; i < 40; i++) {
            repository.delegated.put("role" + i, new Role(TestKey.A));
            repository.delegations.add(Map.of("name", "role" + i, "paths", List.of("*")));
        }
        repository.contents.clear();
        repository.publish();
        fails(Reason.MISSING);
        assertThat(repository.asked.stream().filter(asked -> asked.contains("role")))
                .hasSize(TufLimits.MAX_ROLES_VISITED);
    }

    @Test
    void refuses_a_delegated_role_that_its_delegators_key_did_not_sign() {
        Role role = new Role(TestKey.p256());
        role.signers.add(TestKey.p256());
        repository.delegated.put("role", role);
        repository.delegatedTargets.put("role", Map.of(TARGET, CONTENT));
        repository.delegations.add(Map.of("name", "role", "paths", List.of("*")));
        repository.contents.clear();
        repository.publish();
        assertThat(fails(Reason.SIGNATURES)).contains("role.json is signed by 0");
    }

    @Test
    void a_kept_role_counts_only_under_the_keys_that_its_delegator_has_now() throws Exception {
        Role role = new Role(TestKey.p256());
        repository.delegated.put("role", role);
        repository.delegatedTargets.put("role", Map.of(TARGET, CONTENT));
        repository.delegations.add(Map.of("name", "role", "paths", List.of("*")));
        repository.contents.clear();
        repository.publish();
        update();
        byte[] old = repository.files.get("metadata/1.role.json");
        rotate(role);
        bump(repository.targets, repository.snapshot, repository.timestamp);
        repository.publish();
        repository.files.put("metadata/1.role.json", old);
        assertThat(fails(Reason.SIGNATURES)).contains("role.json is signed by 0");
    }

    record Damage(String name, Reason reason, Consumer<Map<String, Object>> edit) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Damage> delegationDamages() {
        return List.of(
                new Damage(
                        "two of one name",
                        Reason.MALFORMED,
                        d -> list(d.get("roles")).add(list(d.get("roles")).get(0))),
                new Damage("both forms", Reason.MALFORMED, d -> first(d).put("path_hash_prefixes", List.of("00"))),
                new Damage("a class of characters", Reason.MALFORMED, d -> first(d).put("paths", List.of("[ab]"))),
                new Damage("a top-level name", Reason.MALFORMED, d -> first(d).put("name", "timestamp")),
                new Damage("an empty name", Reason.MALFORMED, d -> first(d).put("name", "")),
                new Damage("terminating is text", Reason.MALFORMED, d -> first(d).put("terminating", "true")),
                new Damage("a prefix in capitals", Reason.MALFORMED, d -> {
                    first(d).remove("paths");
                    first(d).put("path_hash_prefixes", List.of("AB"));
                }),
                new Damage("no paths", Reason.MISSING, d -> first(d).remove("paths")),
                new Damage("not in the snapshot", Reason.MISSING, d -> first(d).put("name", "another")));
    }

    @ParameterizedTest
    @MethodSource("delegationDamages")
    void refuses_delegations_that_can_be_read_in_two_ways(Damage damage) {
        repository.delegated.put("role", new Role(TestKey.p256()));
        repository.delegatedTargets.put("role", Map.of(TARGET, CONTENT));
        repository.delegations.add(Map.of("name", "role", "paths", List.of("*")));
        repository.contents.clear();
        repository.targets.edit = signed -> {
            if (signed.containsKey("delegations")) {
                damage.edit.accept(member(signed, "delegations"));
            }
        };
        repository.publish();
        fails(damage.reason);
    }

    // ---- bytes

    @Test
    void reads_no_more_than_the_limits() {
        repository.publish();
        repository.files.put("metadata/timestamp.json", new byte[TufLimits.MAX_TIMESTAMP_BYTES + 1]);
        fails(Reason.TOO_LARGE);
        repository.files.put("metadata/2.root.json", new byte[TufLimits.MAX_ROOT_BYTES + 1]);
        fails(Reason.TOO_LARGE);
    }

    static List<Damage> headDamages() {
        return List.of(
                new Damage("no version", Reason.MALFORMED, s -> s.remove("version")),
                new Damage("version 0", Reason.MALFORMED, s -> s.put("version", 0)),
                new Damage("version -1", Reason.MALFORMED, s -> s.put("version", -1)),
                new Damage("version as text", Reason.MALFORMED, s -> s.put("version", "1")),
                new Damage("no expiry", Reason.MALFORMED, s -> s.remove("expires")),
                new Damage("expiry without a zone", Reason.MALFORMED, s -> s.put("expires", "2030-01-01T00:00:00")),
                new Damage("expiry that is none", Reason.MALFORMED, s -> s.put("expires", "2030-02-30T00:00:00Z")),
                new Damage("specification 2", Reason.MALFORMED, s -> s.put("spec_version", "2.0.0")),
                new Damage("specification 1", Reason.MALFORMED, s -> s.put("spec_version", "1")),
                new Damage("a member twice but for case", Reason.MALFORMED, s -> s.put("Version", 9)),
                new Damage(
                        "meta of more",
                        Reason.MALFORMED,
                        s -> member(s, "meta").put("targets.json", Map.of("version", 1))),
                new Damage("meta of another", Reason.MALFORMED, s -> s.put("meta", Map.of("a", Map.of("version", 1)))),
                new Damage(
                        "meta version 0",
                        Reason.MALFORMED,
                        s -> member(s, "meta", "snapshot.json").put("version", 0)));
    }

    @ParameterizedTest
    @MethodSource("headDamages")
    void refuses_a_timestamp_that_is_not_as_it_must_be_though_it_is_signed(Damage damage) {
        repository.timestamp.edit = damage.edit;
        repository.publish();
        fails(damage.reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"signed\":{},\"signatures\":[]}",
                "{\"signed\":{\"_type\":1.5},\"signatures\":[]}",
                "{\"signed\":[],\"signatures\":{}}"
            })
    void refuses_what_is_no_metadata(String text) {
        repository.publish();
        repository.files.put("metadata/timestamp.json", text.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::update)
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isIn(Reason.MALFORMED, Reason.SIGNATURES));
    }

    private static byte[] spaced(byte[] bytes) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = ' ';
        return longer;
    }

    private static Map<String, Object> first(Map<String, Object> delegations) {
        return map(list(delegations.get("roles")).get(0));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
