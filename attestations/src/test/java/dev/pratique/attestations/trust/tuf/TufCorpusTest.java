package dev.pratique.attestations.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded repositories of others: as they were accepted then, and refused since. */
class TufCorpusTest {
    private static final Instant LATER = Instant.parse("2046-01-01T00:00:00Z");

    /** A repository as its server names the files. */
    private record Recorded(Path metadata, Path targets) implements TufFetcher {

        @Override
        public Optional<byte[]> metadata(String name, int maxBytes) {
            return bytes(metadata.resolve(name));
        }

        @Override
        public Optional<byte[]> target(String path, int maxBytes) {
            return bytes(targets.resolve(path));
        }

        private static Optional<byte[]> bytes(Path file) {
            return Files.exists(file) ? Optional.of(Shared.bytes(file)) : Optional.empty();
        }
    }

    /** A checkout of a repository: roots in a folder, the other files without the version or hash in their names. */
    private record CheckedOut(Path folder) implements TufFetcher {

        @Override
        public Optional<byte[]> metadata(String name, int maxBytes) {
            return name.endsWith(".root.json")
                    ? Recorded.bytes(folder.resolve("metadata/root_history").resolve(name))
                    : Recorded.bytes(folder.resolve("metadata").resolve(name.replaceFirst("^[0-9]+\\.", "")));
        }

        @Override
        public Optional<byte[]> target(String path, int maxBytes) {
            return Recorded.bytes(folder.resolve("targets").resolve(path.replaceFirst("[0-9a-f]{64}\\.", "")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sigstore-root-signing", "tuf-on-ci-0.11"})
    void TUF_05_accepts_a_repository_of_the_conformance_suite_at_its_time_and_not_once_it_has_expired(String name)
            throws Exception {
        Path folder = Shared.path("corpus/tuf-conformance/static_data/" + name);
        byte[] pinned = Shared.bytes(folder.resolve("initial_root.json"));
        String target = text(folder.resolve("targetpath"));
        Instant then =
                Instant.parse(text(folder.resolve("faketime")).replace(' ', 'T').replace("+00:00", "Z"));
        Recorded repository = new Recorded(folder.resolve("metadata"), folder.resolve("targets"));
        HeapTufStore store = new HeapTufStore();
        TufClient client = new TufClient(pinned, store);
        AcceptedTarget accepted = client.update(target, repository, content -> {}, then);
        assertThat(accepted.content()).isNotEmpty();
        assertThatThrownBy(() -> client.update(target, repository, content -> {}, LATER))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED));
        assertThat(client.accepted(target).orElseThrow().expires()).isBefore(LATER);
        assertThat(store.files.keySet()).contains("timestamp.json", "snapshot.json", "targets.json");
    }

    @ParameterizedTest
    @CsvSource({"public-good, 15, 2026-08-28T19:25:56Z", "staging, 14, 2026-08-28T19:23:59Z"})
    void TUF_05_accepts_sigstores_repositories_from_their_first_root_on_until_they_expire(
            String instance, long root, Instant expires) throws Exception {
        Path folder = Shared.path("corpus/sigstore-trust-roots/" + instance);
        byte[] trusted = Shared.bytes(folder.resolve("targets/trusted_root.json"));
        byte[] first = Shared.bytes(folder.resolve("metadata/root_history/1.root.json"));
        CheckedOut repository = new CheckedOut(folder);
        HeapTufStore store = new HeapTufStore();
        TufClient client = new TufClient(first, store);
        AcceptedTarget accepted =
                client.update("trusted_root.json", repository, content -> {}, Instant.parse("2026-08-21T20:00:00Z"));
        assertThat(accepted.content()).isEqualTo(trusted);
        assertThat(accepted.roles().get("root").version()).isEqualTo(root);
        for (Instant late :
                new Instant[] {Instant.parse("2026-08-29T00:00:00Z"), Instant.parse("2026-11-21T00:00:00Z")}) {
            assertThatThrownBy(() -> client.update("trusted_root.json", repository, content -> {}, late))
                    .isInstanceOfSatisfying(
                            TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED));
        }
        assertThat(accepted.expires()).isEqualTo(expires);
    }

    @ParameterizedTest
    @ValueSource(strings = {"public-good", "staging"})
    void finds_what_sigstores_only_delegation_signs(String instance) throws Exception {
        Path folder = Shared.path("corpus/sigstore-trust-roots/" + instance);
        String role = delegated(folder);
        byte[] pinned = Shared.bytes(folder.resolve("metadata/root.json"));
        AcceptedTarget keys = new TufClient(pinned, new HeapTufStore())
                .update(
                        role + "/keys.json",
                        new CheckedOut(folder),
                        content -> {},
                        Instant.parse("2026-08-21T20:00:00Z"));
        assertThat(keys.content()).isEqualTo(Shared.bytes(folder.resolve("targets/" + role + "/keys.json")));
        assertThat(keys.roles().keySet()).containsExactly("root", "timestamp", "snapshot", "targets", role);
    }

    /** Its files are in a folder of the role's name. */
    private static String delegated(Path repository) throws IOException {
        try (Stream<Path> targets = Files.list(repository.resolve("targets"))) {
            return targets.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> Files.exists(repository.resolve("targets").resolve(name + "/keys.json")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "snapshot.json", "targets.json", "root_history/15.root.json"})
    void TUF_05_refuses_a_file_of_which_any_one_byte_of_what_is_signed_differs(String file) throws Exception {
        Path folder = Shared.path("corpus/sigstore-trust-roots/public-good");
        byte[] pinned = Shared.bytes(folder.resolve("metadata/root_history/14.root.json"));
        byte[] original = Shared.bytes(folder.resolve("metadata").resolve(file));
        int from = new String(original, StandardCharsets.ISO_8859_1).indexOf("\"signed\"");
        Set<Digest> tried = new HashSet<>();
        for (int at = from + 12; at < original.length; at += Math.max(1, original.length / 16)) {
            byte[] damaged = original.clone();
            damaged[at] ^= 1;
            CheckedOut honest = new CheckedOut(folder);
            TufFetcher hostile = new TufFetcher() {
                @Override
                public Optional<byte[]> metadata(String name, int maxBytes) {
                    Optional<byte[]> bytes = honest.metadata(name, maxBytes);
                    return bytes.isPresent() && Arrays.equals(bytes.get(), original) ? Optional.of(damaged) : bytes;
                }

                @Override
                public Optional<byte[]> target(String path, int maxBytes) {
                    return honest.target(path, maxBytes);
                }
            };
            assertThatThrownBy(() -> new TufClient(pinned, new HeapTufStore())
                            .update("trusted_root.json", hostile, content -> {}, Instant.parse("2026-08-21T20:00:00Z")))
                    .as("byte " + at)
                    .isInstanceOf(TufException.class);
            tried.add(Digest.sha256(damaged));
        }
        assertThat(tried).hasSizeGreaterThan(3);
    }

    private static String text(Path file) {
        return new String(Shared.bytes(file), StandardCharsets.UTF_8).strip();
    }
}
