package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.attestations.trust.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is built in is the public Sigstore's, by its own signatures. */
class PublicGoodTest {

    @TempDir
    private Path work;

    @Test
    void has_the_keys_and_certificates_of_the_recorded_root() throws Exception {
        TrustedRoot recorded = TrustedRoot.parse(new RecordedSigstore().file("targets/trusted_root.json"));
        TrustedRoot builtIn = BuiltInRoot.publicGood();
        assertThat(keys(builtIn)).containsExactlyElementsOf(keys(recorded)).hasSize(4);
        assertThat(builtIn.authorities()).isEqualTo(recorded.authorities()).hasSize(2);
        assertThat(builtIn.timestampAuthorities())
                .isEqualTo(recorded.timestampAuthorities())
                .hasSize(1);
        assertThat(builtIn.notes()).isEmpty();
    }

    @Test
    void says_of_which_release_it_is_and_of_which_day() {
        assertThat(BuiltInRoot.release()).matches("sigstore-python [0-9]+(\\.[0-9]+)+");
        // Of a release after the root metadata that it has, and before that ends.
        assertThat(BuiltInRoot.released())
                .isAfterOrEqualTo(LocalDate.of(2026, 10, 20))
                .isBefore(LocalDate.ofInstant(BuiltInRoot.metadata().expires(), ZoneOffset.UTC));
    }

    private static List<String> keys(TrustedRoot root) {
        return Stream.concat(root.logs().stream(), root.certificateLogs().stream())
                .map(TransparencyLog::key)
                .map(VerificationKey::id)
                .map(Object::toString)
                .toList();
    }

    @Test
    void is_what_sigstores_repository_signs() throws Exception {
        RecordedSigstore repository = new RecordedSigstore();
        RefreshedRoot root = RefreshedRoot.publicGood("sigstore");
        assertThat(new RootCache(work)
                        .update(root, repository, RecordedSigstore.THEN)
                        .content())
                .isEqualTo(BuiltInRoot.bytes());
    }

    @Test
    void the_pinned_root_is_what_the_first_of_all_roots_leads_to() throws Exception {
        RecordedSigstore repository = new RecordedSigstore();
        RefreshedRoot first = new RefreshedRoot(
                "sigstore",
                BuiltInRoot.REPOSITORY,
                repository.file("metadata/root_history/1.root.json"),
                false,
                false,
                RefreshedRoot.WhenStale.USE);
        assertThat(new RootCache(work)
                        .update(first, repository, RecordedSigstore.THEN)
                        .roles()
                        .get("root")
                        .version())
                .isEqualTo(15);
        assertThat(BuiltInRoot.pinnedRoot()).isEqualTo(repository.file("metadata/root_history/15.root.json"));
    }

    @Test
    void its_signing_config_is_that_of_sigstores_repository() throws Exception {
        assertThat(BuiltInRoot.signingConfig())
                .isEqualTo(new RecordedSigstore().file("targets/signing_config.v0.2.json"));
    }

    @Test
    void its_notice_names_the_bytes() throws Exception {
        try (var in = BuiltInRoot.class.getResourceAsStream("public-good/NOTICE")) {
            String notice = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(notice)
                    .contains("Apache License 2.0")
                    .contains(Digest.sha256(BuiltInRoot.bytes()).hex())
                    .contains(Digest.sha256(BuiltInRoot.pinnedRoot()).hex())
                    .contains(Digest.sha256(BuiltInRoot.signingConfig()).hex());
        }
    }
}
