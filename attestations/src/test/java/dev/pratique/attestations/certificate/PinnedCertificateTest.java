package dev.pratique.attestations.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.TestKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a certificate that the operator has stands for, and who issued it. */
class PinnedCertificateTest {
    private static final Pki.Authority ROOT = Pki.root("root");
    private static final Pki.Authority BETWEEN = ROOT.intermediate("between");

    private static Pki.Draft release() {
        return Pki.fulcio(TestKey.A, Pki.ISSUER, Pki.email("release@acme.example"));
    }

    @Test
    void it_is_issued_by_whose_key_signed_it_though_it_has_ended() throws Exception {
        Certificate ended = ROOT.issue(release().valid(Pki.BEGIN, Pki.BEGIN.plusSeconds(1)));
        PinnedCertificate pinned = PinnedCertificate.of(List.of(ended));
        assertThat(pinned.isIssuedBy(ROOT.trustedPrivately())).isTrue();
        assertThat(pinned.isIssuedBy(ROOT.trusted())).isTrue();
        assertThat(pinned.isIssuedBy(Pki.root("another").trustedPrivately())).isFalse();
    }

    @Test
    void an_authority_of_the_same_name_did_not_issue_it() throws Exception {
        PinnedCertificate pinned = PinnedCertificate.of(List.of(ROOT.issue(release())));
        assertThat(pinned.isIssuedBy(Pki.root("root").trustedPrivately())).isFalse();
    }

    @Test
    void those_between_are_looked_at_where_the_authority_takes_them_from_evidence_too() throws Exception {
        Certificate leaf = BETWEEN.issue(release());
        PinnedCertificate alone = PinnedCertificate.of(List.of(leaf));
        PinnedCertificate chain = PinnedCertificate.of(
                List.of(leaf, Pki.root("stranger").certificate(), BETWEEN.certificate(), BETWEEN.certificate()));
        assertThat(alone.isIssuedBy(ROOT.trustedPrivately())).isFalse();
        assertThat(chain.isIssuedBy(ROOT.trustedPrivately())).isTrue();
        assertThat(chain.isIssuedBy(ROOT.trusted())).isFalse();
        assertThat(alone.isIssuedBy(BETWEEN.trusted())).isTrue();
    }

    @Test
    void a_chain_that_is_not_signed_from_its_end_issued_nothing() throws Exception {
        CertificateAuthority unlinked = new CertificateAuthority(
                "unlinked", List.of(BETWEEN.certificate(), Pki.root("root").certificate()), Validity.ALWAYS, true);
        assertThat(PinnedCertificate.of(List.of(BETWEEN.issue(release()))).isIssuedBy(unlinked))
                .isFalse();
    }

    @Test
    void it_says_what_it_stands_for() throws Exception {
        String key = "a certificate of the key " + TestKey.A.trusted().id();
        assertThat(PinnedCertificate.of(List.of(ROOT.issue(release()))).lines())
                .containsExactly(key, "issuer: " + Pki.ISSUER, "subject: release@acme.example (email)");
        Certificate named = ROOT.issue(Pki.authority("signer", TestKey.A).without(Pki.BASIC_CONSTRAINTS));
        assertThat(PinnedCertificate.of(List.of(named)).lines())
                .hasSize(2)
                .last()
                .asString()
                .contains("CN=signer");
    }

    @Test
    void what_names_nobody_or_has_no_usable_key_stands_for_nobody() {
        Certificate nobody = ROOT.issue(release().without(Pki.SUBJECT_ALTERNATIVE_NAME));
        assertThatThrownBy(() -> PinnedCertificate.of(List.of(nobody)))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("names nobody");
        Certificate odd = ROOT.issue(release().withSpki(new byte[] {0x30, 0x00}));
        assertThatThrownBy(() -> PinnedCertificate.of(List.of(odd)))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("none to verify with");
    }
}
