package dev.pratique.attestations.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What people are told that a rule asks. */
class RequirementsTextTest {
    private static final String ISSUER = "issuer: https://accounts.google.com";
    private static final Certificate PINNED =
            Pki.root("own").issue(Pki.fulcio(TestKey.A, Pki.ISSUER, Pki.email("release@acme.example")));

    private static TrustedIdentity account(String address) {
        return new TrustedIdentity(IdentityRule.googleServiceAccount(address), Set.of("sigstore"));
    }

    private static NamedSigner signer(String name, TrustedIdentity... identities) {
        return new NamedSigner(name, List.of(), List.of(identities), Set.of(Counts.SIGN));
    }

    private static Rule rule(String... signers) {
        Requirements asked = new Requirements(
                Mode.ENFORCE,
                Optional.of(SignedBy.any(Set.of(signers))),
                Optional.empty(),
                BaseRequirement.NONE,
                Set.of(),
                false,
                false);
        return new Rule("all", List.of(new Glob("**")), Set.of(), List.of(), new Rule.Require(asked));
    }

    @Test
    void whom_certificates_must_name_is_written_out_for_the_signers_of_the_rule_and_no_others() throws Exception {
        TrustRoots trust = new TrustRoots(
                List.of(
                        signer("images", account("a@b.iam.gserviceaccount.com")),
                        signer("unasked", account("x@y.iam.gserviceaccount.com")),
                        NamedSigner.of("keyed", TestKey.A.trusted()),
                        signer(
                                "two",
                                account("c@b.iam.gserviceaccount.com"),
                                TrustedIdentity.of(PinnedCertificate.of(List.of(PINNED)), Set.of("own")))),
                List.of());
        assertThat(RequirementsText.of(rule("images", "keyed", "two"), trust))
                .containsExactly(
                        "a signature by images or keyed or two",
                        "images: " + ISSUER,
                        "images: subject: a@b.iam.gserviceaccount.com",
                        "images: by the root sigstore",
                        "two (1 of 2): " + ISSUER,
                        "two (1 of 2): subject: c@b.iam.gserviceaccount.com",
                        "two (1 of 2): by the root sigstore",
                        "two (2 of 2): a certificate of the key "
                                + TestKey.A.trusted().id(),
                        "two (2 of 2): issuer: " + Pki.ISSUER,
                        "two (2 of 2): subject: release@acme.example (email)",
                        "two (2 of 2): by the root own");
    }

    @Test
    void who_must_know_of_what_a_key_signed_is_written_out() {
        SigningKey key = SigningKey.of(TestKey.A.trusted()).witnessedBy(Set.of("sigstore", "acme"));
        TrustRoots trust = new TrustRoots(List.of(new NamedSigner("keyed", List.of(key))));
        assertThat(RequirementsText.of(rule("keyed"), trust))
                .containsExactly(
                        "a signature by keyed",
                        "keyed: the key " + TestKey.A.trusted().id().brief()
                                + ", logged and stamped as the root acme or sigstore asks");
    }

    @Test
    void a_rule_that_asks_nobody_names_nobody() {
        Rule rule = new Rule("lab", List.of(new Glob("**")), Set.of(), List.of(), new Rule.AdmitUnverified());
        TrustRoots trust = new TrustRoots(List.of(signer("images", account("a@b.iam.gserviceaccount.com"))), List.of());
        assertThat(RequirementsText.of(rule, trust)).isEmpty();
    }
}
