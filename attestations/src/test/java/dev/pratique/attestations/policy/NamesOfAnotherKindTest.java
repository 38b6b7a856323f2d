package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Finding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

/**
 * An authority of one's own has another below it that may certify its tenant's addresses alone. Constraints are on one form
 * of name (RFC 5280 section 4.2.1.10): whoever may not certify an address must not do so by another form.
 */
class NamesOfAnotherKindTest {
    private static final String CI = "release";
    private static final String ADDRESS = "release@acme.example";

    private final Pki.Authority plain = Pki.root("corp");
    private final Pki.Authority tenant = plain.intermediate(Pki.authority("tenant", TestKey.P384)
            .with(
                    Pki.NAME_CONSTRAINTS,
                    true,
                    new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(Pki.email("tenant.example"))}, null)));
    private final Digest image = new Shelf().subject;

    private static GeneralName dns(String text) {
        return new GeneralName(GeneralName.dNSName, text);
    }

    private static GeneralName user(String text) {
        return new GeneralName(GeneralName.otherName, new DERSequence(new ASN1Encodable[] {
            new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), new DERTaggedObject(true, 0, new DERUTF8String(text))
        }));
    }

    private Verdict judge(Pki.Authority authority, TextPattern subject, GeneralName... names) {
        Pki.Draft draft = Pki.fulcio(TestKey.A, "any", names)
                .without("1.3.6.1.4.1.57264.1.1")
                .without("1.3.6.1.4.1.57264.1.8")
                .valid(Shelf.NOW.minusSeconds(60), Shelf.NOW.plusSeconds(600));
        EvidenceBytes piece = new FakeSigstore("none")
                .sign(Evidence.signed(image), TestKey.A, authority.issue(draft))
                .bundle();
        TrustedRoot material = new TrustedRoot(List.of(authority.trusted()), List.of(), List.of(), List.of());
        Root corp = new Root("corp", material, List.of(), 0, 0, 0, Optional.empty());
        IdentityRule rule = new IdentityRule(Optional.empty(), Optional.of(subject), Map.of());
        NamedSigner signer =
                new NamedSigner(CI, List.of(), List.of(new TrustedIdentity(rule, Set.of("corp"))), Set.of(Counts.SIGN));
        TrustRoots trust = new TrustRoots(List.of(signer), List.of(corp));
        return Shelf.judge(FakeSigstore.verify(trust, image, List.of(piece), Shelf.NOW), Shelf.signedBy(CI));
    }

    @Test
    void CRT_03_a_name_of_another_kind_with_the_same_text_is_nobody() throws Exception {
        TextPattern release = TextPattern.exact(ADDRESS);
        assertAdmitted(judge(plain, release, Pki.email(ADDRESS)));
        assertRefused(judge(tenant, release, Pki.email(ADDRESS)), RefusalReason.CERTIFICATE_UNFIT);
        for (Pki.Authority authority : List.of(tenant, plain)) {
            for (GeneralName other : List.of(Pki.uri(ADDRESS), dns(ADDRESS), user(ADDRESS))) {
                Verdict verdict = judge(authority, release, other);
                assertRefused(verdict, RefusalReason.MALFORMED_EVIDENCE);
                assertThat(verdict.findings())
                        .extracting(Finding::saw)
                        .anySatisfy(saw ->
                                assertThat(saw).contains("a subject alternative name of the certificate is not"));
                // Nor does it stand behind a name that the tenant may have.
                assertRefused(
                        judge(authority, release, Pki.email("dev@tenant.example"), other),
                        RefusalReason.MALFORMED_EVIDENCE);
            }
        }
        assertRefused(judge(tenant, release, Pki.uri("mailto:" + ADDRESS)), RefusalReason.IDENTITY_UNTRUSTED);
    }

    @Test
    void CRT_03_a_pattern_over_addresses_takes_no_uri_and_no_directory_name_that_ends_as_one() throws Exception {
        for (TextPattern anybody : List.of(
                TextPattern.glob("*@acme.example"),
                TextPattern.regexp(".*@acme\\.example"),
                TextPattern.regexp(".+@acme\\.example"),
                TextPattern.regexp("[a-z].*@acme\\.example"),
                TextPattern.regexp("\\w.*@acme\\.example"),
                TextPattern.regexp("[A-Za-z0-9].*@acme\\.example"),
                TextPattern.glob("**acme.example"))) {
            assertAdmitted(judge(plain, anybody, Pki.email(ADDRESS)));
            for (GeneralName other : List.of(
                    Pki.uri("mailto:" + ADDRESS),
                    Pki.uri("x:@acme.example"),
                    Pki.uri("https://" + ADDRESS),
                    new GeneralName(new X500Name("CN=" + ADDRESS)),
                    new GeneralName(new X500Name("O=evil,CN=" + ADDRESS)))) {
                assertRefused(judge(tenant, anybody, other), RefusalReason.IDENTITY_UNTRUSTED);
            }
        }
        assertRefused(
                judge(
                        tenant,
                        TextPattern.regexp(".*!acme\\.example"),
                        Pki.uri("https://evil.example/dev!acme.example")),
                RefusalReason.IDENTITY_UNTRUSTED);
        assertRefused(
                judge(tenant, TextPattern.glob("*.acme.example"), Pki.uri("x:build.acme.example")),
                RefusalReason.IDENTITY_UNTRUSTED);
    }

    @Test
    void a_pattern_that_says_the_form_takes_it() throws Exception {
        assertAdmitted(judge(plain, TextPattern.glob("mailto:*@acme.example"), Pki.uri("mailto:" + ADDRESS)));
        assertAdmitted(
                judge(plain, TextPattern.exact("CN=" + ADDRESS), new GeneralName(new X500Name("CN=" + ADDRESS))));
        assertAdmitted(judge(plain, TextPattern.glob("*!acme.example"), user("dev!acme.example")));
        assertAdmitted(judge(plain, TextPattern.glob("*.acme.example"), dns("build.acme.example")));
        // A wildcard in front takes a workflow still, by the branch and by the commit.
        TextPattern acme = TextPattern.regexp(".*/acme/app/.*");
        assertAdmitted(judge(plain, acme, Pki.uri(Pki.WORKFLOW)));
        String called = Pki.WORKFLOW.replace("refs/heads/main", "9f3182061f1e2cca4702c368cbc039b7dc9d4485");
        assertAdmitted(judge(plain, acme, Pki.uri(called)));
        assertAdmitted(
                judge(plain, TextPattern.glob("**/ns/build/**"), Pki.uri("spiffe://acme.example/ns/build/sa/ci")));
    }
}
