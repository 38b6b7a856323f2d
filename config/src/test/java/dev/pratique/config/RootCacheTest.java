package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.config.RefreshedRoot.WhenStale;
import dev.pratique.config.RootCache.Standing;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootCacheTest {
    private static final RefreshedRoot SIGSTORE = RefreshedRoot.publicGood("sigstore");
    private static final RefreshedRoot PRIVATE = new RefreshedRoot(
            "acme", URI.create("https://tuf.example/a"), BuiltInRoot.pinnedRoot(), false, false, WhenStale.UNDECIDED);

    @TempDir
    private Path work;

    private RootCache cache;

    @BeforeEach
    void make() {
        cache = new RootCache(work.resolve("deep/trust"));
    }

    @Test
    void before_the_first_update_there_is_what_came_with_the_program_or_nothing() throws Exception {
        Standing standing = cache.standing(SIGSTORE).orElseThrow();
        assertThat(standing.accepted()).isEmpty();
        assertThat(standing.json()).isEqualTo(BuiltInRoot.bytes());
        assertThat(standing.expires()).isEqualTo(Instant.parse("2026-11-20T13:58:18Z"));
        assertThat(cache.standing(PRIVATE)).isEmpty();
        assertThat(work.resolve("deep")).doesNotExist();
    }

    @Test
    void after_an_update_it_stands_in_files_of_nobody_elses() throws Exception {
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        Standing standing = cache.standing(SIGSTORE).orElseThrow();
        assertThat(standing.accepted().orElseThrow().updated()).isEqualTo(RecordedSigstore.THEN);
        assertThat(standing.expires()).isEqualTo(RecordedSigstore.EXPIRED);
        assertThat(standing.isStale(RecordedSigstore.EXPIRED.minusSeconds(1))).isFalse();
        assertThat(standing.isStale(RecordedSigstore.EXPIRED)).isTrue();
        Path own = cache.fileOf(SIGSTORE).getParent();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rwx------");
        assertThat(own.resolve("accepted.json")).exists();
    }

    @Test
    void TUF_05_an_update_that_fails_leaves_the_last_good_root() throws Exception {
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        assertThatThrownBy(() ->
                        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN.plus(Duration.ofDays(10))))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED));
        assertThat(cache.standing(SIGSTORE).orElseThrow().expires()).isEqualTo(RecordedSigstore.EXPIRED);
    }

    @Test
    void what_is_kept_and_damaged_is_not_used() throws Exception {
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        cache.update(PRIVATE, new RecordedSigstore(), RecordedSigstore.THEN);
        Files.writeString(cache.fileOf(SIGSTORE), "{");
        Files.writeString(cache.fileOf(PRIVATE), "{");
        Standing standing = cache.standing(SIGSTORE).orElseThrow();
        assertThat(standing.accepted()).isEmpty();
        assertThat(standing.trouble().orElseThrow()).contains("damaged");
        assertThatThrownBy(() -> cache.standing(PRIVATE)).isInstanceOf(TufException.class);
    }

    @Test
    void TUF_05_what_is_kept_is_compared_with_the_metadata_that_names_it() throws Exception {
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        Path file = cache.fileOf(SIGSTORE);
        String other =
                Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of("src/test/resources/trusted_root.json")));
        Files.writeString(
                file, Files.readString(file).replaceFirst("\"content\":\"[^\"]*\"", "\"content\":\"" + other + "\""));
        Standing standing = cache.standing(SIGSTORE).orElseThrow();
        assertThat(standing.json()).isEqualTo(BuiltInRoot.bytes());
        assertThat(standing.accepted()).isEmpty();
        assertThat(standing.trouble().orElseThrow()).contains("is not the file that was announced");
    }

    /** Sigstore's, pinned by one of its earlier roots. */
    private static RefreshedRoot pinnedBy(int version, boolean builtIn) {
        return new RefreshedRoot(
                "sigstore",
                BuiltInRoot.REPOSITORY,
                new RecordedSigstore().file("metadata/root_history/" + version + ".root.json"),
                builtIn,
                false,
                WhenStale.USE);
    }

    /** As it was before its newest root. */
    private static TufFetcher withoutNewestRoot() {
        RecordedSigstore repository = new RecordedSigstore();
        return new TufFetcher() {
            @Override
            public Optional<byte[]> metadata(String name, int maxBytes) {
                return name.equals("15.root.json") ? Optional.empty() : repository.metadata(name, maxBytes);
            }

            @Override
            public Optional<byte[]> target(String path, int maxBytes) {
                return repository.target(path, maxBytes);
            }
        };
    }

    @Test
    void TUF_05_what_was_accepted_stays_when_the_program_pins_a_later_root() throws Exception {
        cache.update(pinnedBy(14, true), new RecordedSigstore(), RecordedSigstore.THEN);
        for (RefreshedRoot root : List.of(pinnedBy(14, true), SIGSTORE)) {
            Standing standing = cache.standing(root).orElseThrow();
            assertThat(standing.accepted()).isPresent();
            assertThat(standing.expires()).isEqualTo(RecordedSigstore.EXPIRED);
        }
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN.plusSeconds(60));
        assertThat(cache.standing(pinnedBy(14, true))
                        .flatMap(Standing::accepted)
                        .orElseThrow()
                        .updated())
                .isEqualTo(RecordedSigstore.THEN.plusSeconds(60));
    }

    @Test
    void TUF_05_a_program_whose_pinned_root_the_last_update_did_not_see_stands_on_its_own() throws Exception {
        Instant before = Instant.parse("2026-06-20T00:00:00Z");
        cache.update(pinnedBy(14, true), withoutNewestRoot(), before);
        Standing standing = cache.standing(SIGSTORE).orElseThrow();
        assertThat(standing.accepted()).isEmpty();
        assertThat(standing.json()).isEqualTo(BuiltInRoot.bytes());
        assertThat(standing.trouble()).isEmpty();
        assertThat(cache.standing(pinnedBy(15, false)).orElseThrow().accepted()).isPresent();
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        assertThat(cache.standing(SIGSTORE).orElseThrow().accepted()).isPresent();
    }

    @Test
    void two_roots_of_one_repository_that_no_chain_links_do_not_disown_each_others_updates() throws Exception {
        RecordedSigstore staging = new RecordedSigstore("staging");
        RefreshedRoot other = new RefreshedRoot(
                "other", BuiltInRoot.REPOSITORY, staging.file("metadata/root.json"), false, false, WhenStale.USE);
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        assertThat(cache.standing(other)).isEmpty();
        cache.update(other, staging, RecordedSigstore.THEN);
        Standing one = cache.standing(SIGSTORE).orElseThrow();
        Standing two = cache.standing(other).orElseThrow();
        assertThat(one.json()).isEqualTo(BuiltInRoot.bytes());
        assertThat(two.json()).isEqualTo(staging.file("targets/trusted_root.json"));
        assertThat(one.accepted()).isPresent();
        assertThat(two.accepted()).isPresent();
        assertThat(cache.fileOf(SIGSTORE)).isNotEqualTo(cache.fileOf(other));
    }

    @Test
    void what_an_earlier_version_of_the_program_kept_is_nothing() throws Exception {
        Path before = work.resolve("deep/trust/tuf-repo-cdn.sigstore.dev-527c9e84bdb4");
        Files.createDirectories(before);
        Files.writeString(before.resolve("accepted.json"), "{}");
        assertThat(cache.standing(SIGSTORE).orElseThrow().trouble()).isEmpty();
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        assertThat(cache.standing(SIGSTORE).orElseThrow().accepted()).isPresent();
    }

    @Test
    void repositories_do_not_share_what_was_seen() throws Exception {
        cache.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN);
        assertThat(cache.standing(PRIVATE)).isEmpty();
        assertThat(cache.fileOf(PRIVATE).getParent().getFileName().toString()).startsWith("tuf.example-");
    }

    @Test
    void one_update_of_a_repository_at_a_time() throws Exception {
        RecordedSigstore repository = new RecordedSigstore();
        TufFetcher reentering = new TufFetcher() {
            @Override
            public Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
                cache.update(SIGSTORE, repository, RecordedSigstore.THEN);
                return Optional.empty();
            }

            @Override
            public Optional<byte[]> target(String path, int maxBytes) {
                return Optional.empty();
            }
        };
        assertThatThrownBy(() -> cache.update(SIGSTORE, reentering, RecordedSigstore.THEN))
                .isInstanceOf(TufException.class)
                .hasMessageContaining("under way");
        assertThat(repository.asked).isZero();
        cache.update(SIGSTORE, repository, RecordedSigstore.THEN);
    }

    @Test
    void says_so_where_the_directory_cannot_be_made() throws Exception {
        Files.writeString(work.resolve("file"), "");
        RootCache nowhere = new RootCache(work.resolve("file/trust"));
        assertThatThrownBy(() -> nowhere.update(SIGSTORE, new RecordedSigstore(), RecordedSigstore.THEN))
                .isInstanceOfSatisfying(
                        TufException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE));
        assertThat(nowhere.standing(SIGSTORE)).isPresent();
    }
}
