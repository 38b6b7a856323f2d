package dev.pratique.attestations.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificatePath;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** For whom a proved certificate counts. */
class TrustedIdentityTest {
    private static final Pki.Authority ROOT = Pki.root("root");

    private static ProvedCertificate proved(TestKey key) throws Exception {
        Certificate leaf = ROOT.issue(Pki.fulcio(key));
        return CertificatePath.prove(leaf, List.of(), List.of(ROOT.trusted()), Pki.SIGNED);
    }

    private static List<String> names(ProvedCertificate certificate, String root, TrustedIdentity... identities) {
        NamedSigner signer = new NamedSigner("ci", List.of(), List.of(identities), Set.of(Counts.MESSAGE));
        return new TrustRoots(List.of(signer), List.of())
                .signatories(certificate, root, Validity.ALWAYS).stream()
                        .peek(one -> assertThat(one.counts()).containsExactly(Counts.MESSAGE))
                        .map(Signatory::name)
                        .toList();
    }

    private static TrustedIdentity pinned(Certificate certificate) throws Exception {
        return TrustedIdentity.of(PinnedCertificate.of(List.of(certificate)), Set.of("root"));
    }

    @Test
    void a_pinned_certificate_counts_and_every_later_one_of_its_key_and_names() throws Exception {
        TrustedIdentity pinned = pinned(ROOT.issue(Pki.fulcio(TestKey.A)));
        assertThat(names(proved(TestKey.A), "root", pinned)).containsExactly("ci");
        assertThat(names(proved(TestKey.B), "root", pinned)).isEmpty();
    }

    @Test
    void the_key_of_a_pinned_certificate_does_not_count_under_another_name() throws Exception {
        TrustedIdentity pinned =
                pinned(ROOT.issue(Pki.fulcio(TestKey.A, Pki.ISSUER, Pki.email("release@acme.example"))));
        assertThat(names(proved(TestKey.A), "root", pinned)).isEmpty();
        TrustedIdentity elsewhere =
                pinned(ROOT.issue(Pki.fulcio(TestKey.A, "https://evil.example", Pki.uri(Pki.WORKFLOW))));
        assertThat(names(proved(TestKey.A), "root", elsewhere)).isEmpty();
    }

    @Test
    void a_pinned_certificate_rests_on_roots_that_are_named() throws Exception {
        PinnedCertificate pinned = PinnedCertificate.of(List.of(ROOT.issue(Pki.fulcio(TestKey.A))));
        assertThatThrownBy(() -> TrustedIdentity.of(pinned, Set.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_certificate_of_another_root_does_not_count() throws Exception {
        ProvedCertificate certificate = proved(TestKey.A);
        assertThat(names(certificate, "other", pinned(ROOT.issue(Pki.fulcio(TestKey.A)))))
                .isEmpty();
        IdentityRule rule = IdentityRule.exactly(Pki.ISSUER, Pki.WORKFLOW);
        assertThat(names(certificate, "other", new TrustedIdentity(rule, Set.of("root"))))
                .isEmpty();
        assertThat(names(certificate, "root", new TrustedIdentity(rule, Set.of("root"))))
                .containsExactly("ci");
    }

    @Test
    void the_rule_reads_what_the_certificate_says() throws Exception {
        ProvedCertificate certificate = proved(TestKey.A);
        assertThat(IdentityRule.exactly(Pki.ISSUER, Pki.WORKFLOW).matches(certificate.identity()))
                .isTrue();
        assertThat(IdentityRule.exactly(Pki.ISSUER, Pki.WORKFLOW + "x").matches(certificate.identity()))
                .isFalse();
        assertThat(IdentityRule.exactly("https://evil.example", Pki.WORKFLOW).matches(certificate.identity()))
                .isFalse();
        IdentityRule any = new IdentityRule(
                Optional.of(TextPattern.exact(Pki.ISSUER)),
                Optional.of(TextPattern.regexp("https://github.com/acme/.*")),
                Map.of());
        assertThat(any.matches(certificate.identity())).isTrue();
    }

    @Test
    void a_root_is_stale_from_the_moment_on_that_it_says() {
        TrustedRoot nobody = new TrustedRoot(List.of(), List.of(), List.of(), List.of());
        Instant end = Pki.SIGNED;
        TrustRoots.Root root = new TrustRoots.Root("root", nobody, List.of(), 1, 0, 1, Optional.of(end));
        assertThat(root.isStale(end.minusNanos(1))).isFalse();
        assertThat(root.isStale(end)).isTrue();
        assertThat(new TrustRoots.Root("root", nobody, List.of(), 1, 0, 1, Optional.empty()).isStale(Instant.MAX))
                .isFalse();
    }
}
