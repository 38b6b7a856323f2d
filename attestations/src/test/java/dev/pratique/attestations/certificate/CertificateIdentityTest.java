package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.SubjectName.Kind;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateIdentityTest {
    private static final Authority ROOT = Pki.root("acme");
    private static final String ARC = "1.3.6.1.4.1.57264.1.";

    private static CertificateIdentity identity(Draft draft) throws UnprovenException {
        return CertificatePath.prove(ROOT.issue(draft), List.of(), List.of(ROOT.trusted()), Pki.SIGNED)
                .identity();
    }

    private static Draft good() {
        return Pki.fulcio(TestKey.A);
    }

    private static void malformed(Draft draft, String saw) {
        unproven(() -> identity(draft), Rejection.MALFORMED, saw);
    }

    private static GeneralName other(String type, ASN1Encodable value) {
        return new GeneralName(GeneralName.otherName, new DERSequence(new ASN1Encodable[] {
            new ASN1ObjectIdentifier(type), new DERTaggedObject(true, 0, value)
        }));
    }

    @Test
    void every_form_of_name_is_told_apart() throws Exception {
        CertificateIdentity identity = identity(good().names(
                        Pki.email("dev@acme.test"),
                        Pki.uri("spiffe://acme.test/ns/build/sa/signer"),
                        new GeneralName(GeneralName.dNSName, "build.acme.test"),
                        new GeneralName(GeneralName.iPAddress, "192.0.2.7"),
                        new GeneralName(new X500Name("CN=signer,O=acme")),
                        other(ARC + "7", new DERUTF8String("dev!acme.test")),
                        other("1.3.6.1.4.1.311.20.2.3", new DERUTF8String("dev@acme.test")),
                        new GeneralName(GeneralName.registeredID, "1.2.3")));
        assertThat(identity.subjects())
                .containsExactly(
                        new SubjectName(Kind.EMAIL, "dev@acme.test"),
                        new SubjectName(Kind.URI, "spiffe://acme.test/ns/build/sa/signer"),
                        new SubjectName(Kind.DNS, "build.acme.test"),
                        new SubjectName(Kind.IP, "192.0.2.7"),
                        new SubjectName(Kind.DIRECTORY_NAME, "O=acme,CN=signer"),
                        new SubjectName(Kind.OTHER_NAME, "dev!acme.test"));
        assertThat(identity.lines()).contains("subject: dev!acme.test (user name)");
    }

    @Test
    void a_certificate_that_names_nobody_in_a_form_that_is_compared_is_unfit() {
        String saw = "names nobody in a form that is compared";
        unproven(() -> identity(good().without(Pki.SUBJECT_ALTERNATIVE_NAME)), Rejection.CERTIFICATE_UNFIT, saw);
        unproven(
                () -> identity(good().names(new GeneralName(GeneralName.registeredID, "1.2.3"))),
                Rejection.CERTIFICATE_UNFIT,
                saw);
    }

    @Test
    void a_private_authority_may_name_by_the_subject_alone() throws Exception {
        CertificateIdentity identity =
                identity(good().without(Pki.SUBJECT_ALTERNATIVE_NAME).named("C=DE,O=acme\\, inc.,CN=release"));
        assertThat(identity.subjects()).isEmpty();
        assertThat(identity.subjectDn()).isEqualTo("CN=release,O=acme\\, inc.,C=DE");
        assertThat(identity.toString()).isEqualTo("CN=release,O=acme\\, inc.,C=DE by " + Pki.ISSUER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "a\tb", "a\u007fb", "a\u001bb"})
    void crt_03_control_characters_in_names_are_refused(String name) {
        malformed(good().names(Pki.uri("https://acme.test/" + name)), "has control characters in it");
        malformed(good().names(Pki.email(name + "@acme.test")), "has control characters in it");
        malformed(good().names(other(ARC + "7", new DERUTF8String(name))), "has control characters in it");
    }

    @Test
    void names_are_text_of_their_form() {
        malformed(withName("8104c3a94061"), "is not ASCII");
        malformed(withName("8102ff40"), "is not UTF-8");
        malformed(withName("8600"), "is empty");
        malformed(withName("860120"), "is empty");
        malformed(withName("87030a0000"), "is no IP address");
        malformed(withName("a40430020500"), "something else in the place");
        malformed(withName("a005" + "0603550403"), "ends too early");
        malformed(good().names(other(ARC + "7", new DERIA5String("dev"))), "something else in the place");
        malformed(good().withRaw(Pki.SUBJECT_ALTERNATIVE_NAME, true, new byte[] {0x30, 0}), "ends too early");
        malformed(good().names(Pki.uri("https://acme.test/" + "a".repeat(5000))), "up to 4096 are read");
        GeneralName[] many = new GeneralName[33];
        Arrays.fill(many, Pki.email("dev@acme.test"));
        malformed(good().names(many), "more than 32 subject alternative names");
    }

    /** Those that Fulcio's issuers make (sigstore/fulcio, docs/oidc.md), and those of authorities of one's own. */
    @ParameterizedTest
    @CsvSource({
        "EMAIL, dev@acme.test",
        "EMAIL, o'hara+ci=x/y@mail-1.acme.test",
        "EMAIL, root@localhost",
        "EMAIL, \"https://acme.test/\"@acme.test",
        "EMAIL, builder@acme.iam.gserviceaccount.com",
        "URI, https://github.com/acme/app/.github/workflows/a%20b.yml@refs/heads/feature/x!y",
        "URI, https://gitlab.com/acme/app//.gitlab-ci.yml@refs/heads/main",
        "URI, https://kubernetes.io/namespaces/default/serviceaccounts/ci",
        "URI, https://g.codefresh.io/acme/build:6183a/45b8c",
        "URI, https://[2001:db8::1]:8443/a?b=c#d",
        "URI, spiffe://acme.test/ns/build/sa/signer",
        "URI, urn:acme:signer",
        "URI, mailto:dev@acme.test",
        "DNS, build.acme.test",
        "DNS, *.acme.test",
        "DNS, localhost",
        "DNS, build_1.xn--mnchen-3ya.test",
        "OTHER_NAME, dev!acme.test",
        "OTHER_NAME, auth0|5f7c:x y!acme.test",
        "OTHER_NAME, us-east-1:5f7c!acme.test"
    })
    void a_name_in_the_syntax_of_its_form_is_read(Kind kind, String name) throws Exception {
        assertThat(identity(good().names(name(kind, name))).subjects()).containsExactly(new SubjectName(kind, name));
        for (Kind other : List.of(Kind.EMAIL, Kind.URI, Kind.DNS, Kind.OTHER_NAME)) {
            if (other != kind) {
                malformed(good().names(name(other, name)), "is not a");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EMAIL, acme.test",
        "EMAIL, @acme.test",
        "EMAIL, dev@",
        "EMAIL, dev@acme..test",
        "EMAIL, dev@acme.test.",
        "EMAIL, dev ci@acme.test",
        "EMAIL, https://acme.test/dev@acme.test",
        "EMAIL, dev@acme.test/x",
        "EMAIL, dev@192.0.2.7",
        "URI, github.com/acme/app",
        "URI, //github.com/acme/app",
        "URI, https:",
        "URI, 1https://acme.test",
        "URI, https://acme.test/a b",
        "URI, https://acme.test/<a>",
        "URI, fe80:0:0:0:0:0:0:1",
        "DNS, acme..test",
        "DNS, .acme.test",
        "DNS, acme.test.",
        "DNS, -acme.test",
        "DNS, build.*.test",
        "DNS, *",
        "DNS, acme test",
        "DNS, acme.test:443",
        "DNS, 192.0.2.7",
        "OTHER_NAME, dev",
        "OTHER_NAME, !acme.test",
        "OTHER_NAME, ' !acme.test'",
        "OTHER_NAME, dev!",
        "OTHER_NAME, dev!ops!acme.test",
        "OTHER_NAME, https://github.com/acme/app!acme.test"
    })
    void crt_03_a_name_that_is_not_in_the_syntax_of_its_form_is_refused(Kind kind, String name) {
        malformed(good().names(name(kind, name)), "a subject alternative name of the certificate is not a");
    }

    @Test
    void a_host_is_no_longer_than_hosts_are() throws Exception {
        String label = "a".repeat(63);
        String host = String.join(".", label, label, label, "a".repeat(61));
        assertThat(identity(good().names(name(Kind.DNS, host))).subjects()).hasSize(1);
        malformed(good().names(name(Kind.DNS, host + "a")), "is not a DNS name");
        malformed(good().names(name(Kind.DNS, label + "a")), "is not a DNS name");
        malformed(good().names(name(Kind.EMAIL, "dev@" + host + "a")), "is not an address");
    }

    private static GeneralName name(Kind kind, String text) {
        return switch (kind) {
            case EMAIL -> Pki.email(text);
            case URI -> Pki.uri(text);
            case DNS -> new GeneralName(GeneralName.dNSName, text);
            case OTHER_NAME -> other(ARC + "7", new DERUTF8String(text));
            case IP, DIRECTORY_NAME -> throw new AssertionError(kind);
        };
    }

    private static Draft withName(String hex) {
        byte[] name = HexFormat.of().parseHex(hex);
        byte[] names = new byte[name.length + 2];
        names[0] = 0x30;
        names[1] = (byte) name.length;
        System.arraycopy(name, 0, names, 2, name.length);
        return good().withRaw(Pki.SUBJECT_ALTERNATIVE_NAME, true, names);
    }

    @ParameterizedTest
    @EnumSource(FulcioExtension.class)
    void every_claim_is_read_in_its_form(FulcioExtension claim) throws Exception {
        Draft draft = good().without(ARC + "1").claiming(claim, "what it says");
        assertThat(identity(draft).extension(claim)).contains("what it says");
        assertThat(FulcioExtension.named(claim.fieldName())).contains(claim);
        malformed(good().without(ARC + "1").claiming(claim, "a\nb"), claim.fieldName() + " has control characters");
        malformed(
                good().without(ARC + "1").claiming(claim, "a".repeat(5000)),
                claim.fieldName() + " has 5000 bytes; up to 4096 are read");
        // A claim may be empty, which is not the same as missing.
        assertThat(identity(good().without(ARC + "1").claiming(claim, "")).extension(claim))
                .contains("");
        assertThat(identity(good().without(claim.oid()).without(ARC + "1")).extension(claim))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(FulcioExtension.class)
    void a_claim_in_another_form_is_refused(FulcioExtension claim) {
        malformed(
                good().without(ARC + "1").withRaw(claim.oid(), false, new byte[] {(byte) 0xff, 1}),
                "the certificate's " + claim.fieldName());
        if (!claim.isRaw()) {
            // As older ones were: no DER, or of another type, or with something behind it.
            for (byte[] wrong : List.of(
                    utf8("plain"),
                    HexFormat.of().parseHex("16016f"),
                    HexFormat.of().parseHex("0c016f00"))) {
                malformed(good().without(ARC + "1").withRaw(claim.oid(), false, wrong), claim.fieldName());
            }
        }
    }

    @Test
    void there_are_no_two_issuers() throws Exception {
        malformed(good().withRaw(ARC + "1", false, utf8("https://evil.example")), "names two issuers of the identity");
        malformed(good().claiming(FulcioExtension.ISSUER, "https://evil.example"), "names two issuers");
        assertThat(identity(good().without(ARC + "8")).issuer()).contains(Pki.ISSUER);
        assertThat(identity(good().without(ARC + "1")).issuer()).contains(Pki.ISSUER);
        assertThat(identity(good().without(ARC + "1").without(ARC + "8")).issuer())
                .isEmpty();
    }

    @Test
    void one_identity_is_one_whatever_its_certificate() throws Exception {
        CertificateIdentity one = identity(good());
        assertThat(identity(Pki.fulcio(TestKey.B).claiming(FulcioExtension.BUILD_TRIGGER, "schedule"))
                        .id())
                .isEqualTo(one.id());
        assertThat(identity(Pki.fulcio(TestKey.A, "https://other.example", Pki.uri(Pki.WORKFLOW)))
                        .id())
                .isNotEqualTo(one.id());
        assertThat(identity(Pki.fulcio(TestKey.A, Pki.ISSUER, Pki.uri(Pki.WORKFLOW + "x")))
                        .id())
                .isNotEqualTo(one.id());
        GeneralName dev = Pki.email("dev@acme.test");
        GeneralName ops = Pki.email("ops@acme.test");
        assertThat(identity(good().names(dev, ops)).id())
                .isEqualTo(identity(good().names(ops, dev)).id());
    }

    @Test
    void lines_are_for_people() throws Exception {
        CertificateIdentity identity =
                identity(good().claiming(FulcioExtension.GITHUB_WORKFLOW_NAME, "Ausl\u00f6ser \u202e")
                        .with(Pki.SUBJECT_ALTERNATIVE_NAME, true, new GeneralNames(Pki.uri(Pki.WORKFLOW))));
        assertThat(identity.lines())
                .contains(
                        "subject: " + Pki.WORKFLOW + " (URI)",
                        "githubWorkflowName: Ausl?ser ?",
                        "issuer: " + Pki.ISSUER)
                .allMatch(line -> line.matches("[ -~]+"));
        assertThat(identity.toString()).isEqualTo(Pki.WORKFLOW + " by " + Pki.ISSUER);
    }
}
