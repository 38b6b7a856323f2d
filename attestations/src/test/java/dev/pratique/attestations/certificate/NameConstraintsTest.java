package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

class NameConstraintsTest {
    private static final String SAW = "has a name that an authority above it may not certify";

    private static GeneralName email(String text) {
        return new GeneralName(GeneralName.rfc822Name, text);
    }

    private static GeneralName dns(String text) {
        return new GeneralName(GeneralName.dNSName, text);
    }

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private static GeneralName directory(String text) {
        return new GeneralName(new X500Name(text));
    }

    private static GeneralSubtree[] subtrees(GeneralName... bases) {
        return Arrays.stream(bases).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
    }

    private static Authority constrained(NameConstraints constraints) {
        return Pki.root(Pki.authority("acme", TestKey.A).with(Pki.NAME_CONSTRAINTS, true, constraints));
    }

    private static Authority permitting(GeneralName... bases) {
        return constrained(new NameConstraints(subtrees(bases), null));
    }

    private static Authority excluding(GeneralName... bases) {
        return constrained(new NameConstraints(null, subtrees(bases)));
    }

    private static ProvedCertificate prove(Authority authority, Draft draft) throws UnprovenException {
        return CertificatePath.prove(authority.issue(draft), List.of(), List.of(authority.trusted()), Pki.SIGNED);
    }

    private static void allows(Authority authority, GeneralName name) throws UnprovenException {
        assertThat(prove(authority, Pki.fulcio(TestKey.A).names(name))).isNotNull();
    }

    private static void refuses(Authority authority, GeneralName name) {
        unproven(() -> prove(authority, Pki.fulcio(TestKey.A).names(name)), Rejection.CERTIFICATE_UNFIT, SAW);
    }

    @Test
    void addresses_are_of_a_host_a_domain_or_one_mailbox() throws Exception {
        Authority host = permitting(email("acme.test"));
        allows(host, email("dev@acme.test"));
        allows(host, email("dev@ACME.test"));
        refuses(host, email("dev@sub.acme.test"));
        refuses(host, email("dev@evilacme.test"));
        refuses(host, email("\"dev@acme.test\"@evil.test"));
        Authority domain = permitting(email(".acme.test"));
        allows(domain, email("dev@sub.acme.test"));
        refuses(domain, email("dev@acme.test"));
        Authority mailbox = permitting(email("dev@acme.test"));
        allows(mailbox, email("dev@acme.test"));
        refuses(mailbox, email("ops@acme.test"));
        refuses(excluding(email("acme.test")), email("dev@acme.test"));
        allows(excluding(email("acme.test")), email("dev@other.test"));
        unproven(
                () -> prove(host, Pki.fulcio(TestKey.A).names(email("acme.test"))),
                Rejection.CERTIFICATE_UNFIT,
                "an address under a constraint that is none");
    }

    @Test
    void hosts_are_of_a_domain() throws Exception {
        Authority acme = permitting(dns("acme.test"));
        allows(acme, dns("acme.test"));
        allows(acme, dns("build.ACME.test"));
        refuses(acme, dns("evilacme.test"));
        allows(permitting(dns("")), dns("any.test"));
        refuses(excluding(dns("")), dns("any.test"));
        refuses(permitting(dns(".acme.test")), dns("acme.test"));
    }

    @Test
    void uris_are_of_a_host_or_a_domain() throws Exception {
        Authority host = permitting(uri("github.com"));
        allows(host, uri("https://github.com/acme/app"));
        allows(host, uri("https://me@GitHub.com:443/acme"));
        for (String evil : List.of(
                "https://evil.example/?x=https://github.com/acme",
                "https://github.com.evil.example/acme",
                "https://github.com@evil.example/acme",
                "https://evil.example\\@github.com/",
                "https://sub.github.com/acme")) {
            refuses(host, uri(evil));
        }
        allows(permitting(uri(".github.com")), uri("https://sub.github.com/acme"));
        refuses(permitting(uri(".github.com")), uri("https://github.com/acme"));
        for (String hostless :
                List.of("urn:acme:app", "https:///acme", "https://192.0.2.1/", "https://[2001:db8::1]/")) {
            unproven(
                    () -> prove(host, Pki.fulcio(TestKey.A).names(uri(hostless))),
                    Rejection.CERTIFICATE_UNFIT,
                    "a URI without a host");
        }
    }

    @Test
    void directory_names_begin_alike() throws Exception {
        Authority acme = permitting(directory("O=acme"));
        assertThat(prove(acme, Pki.fulcio(TestKey.A).named("O=acme,CN=signer"))).isNotNull();
        assertThat(prove(acme, Pki.fulcio(TestKey.A).named("O=ACME ,CN=signer")))
                .isNotNull();
        for (String other : List.of("O=other,CN=signer", "CN=signer,O=acme", "CN=signer")) {
            unproven(() -> prove(acme, Pki.fulcio(TestKey.A).named(other)), Rejection.CERTIFICATE_UNFIT, SAW);
        }
        refuses(acme, directory("O=other"));
        refuses(excluding(directory("O=acme")), directory("O=Acme,CN=x"));
        // Fulcio's leaves have no subject, and no name of this form.
        assertThat(prove(acme, Pki.fulcio(TestKey.A))).isNotNull();
    }

    @Test
    void an_address_in_the_subject_is_an_address() {
        unproven(
                () -> prove(
                        permitting(email("acme.test")), Pki.fulcio(TestKey.A).named("CN=dev,E=dev@evil.test")),
                Rejection.CERTIFICATE_UNFIT,
                SAW);
    }

    @Test
    void constraints_on_other_forms_are_not_understood_where_there_is_such_a_name() throws Exception {
        GeneralName network = new GeneralName(GeneralName.iPAddress, "192.0.2.0/24");
        Authority authority = excluding(network);
        allows(authority, uri("https://github.com/acme"));
        unproven(
                () -> prove(
                        authority, Pki.fulcio(TestKey.A).names(new GeneralName(GeneralName.iPAddress, "198.51.100.1"))),
                Rejection.CERTIFICATE_UNFIT,
                "a constraint that is not understood");
    }

    @Test
    void they_hold_for_what_is_between_but_not_for_an_authoritys_own_renewal() throws Exception {
        Authority acme = permitting(directory("CN=acme,O=acme.test"));
        Authority renewed = acme.intermediate(Pki.authority("acme", TestKey.B));
        assertThat(prove(renewed, Pki.fulcio(TestKey.A))).isNotNull();
        Authority other = acme.intermediate("other");
        unproven(() -> prove(other, Pki.fulcio(TestKey.A)), Rejection.CERTIFICATE_UNFIT, SAW);
    }

    @Test
    void every_authority_above_constrains() throws Exception {
        Authority acme = permitting(uri("github.com"));
        Authority below = acme.intermediate("below");
        assertThat(prove(below, Pki.fulcio(TestKey.A))).isNotNull();
        unproven(
                () -> prove(below, Pki.fulcio(TestKey.A).names(uri("https://evil.example/"))),
                Rejection.CERTIFICATE_UNFIT,
                SAW);
    }

    @Test
    void constraints_that_cannot_be_read_are_malformed() {
        for (String wrong : List.of("", "0500", "3002a000", "30023000", "300aa0083006820161800101", "3002a1000500")) {
            Authority authority = Pki.root(Pki.authority("acme", TestKey.A)
                    .withRaw(Pki.NAME_CONSTRAINTS, true, HexFormat.of().parseHex(wrong)));
            unproven(() -> prove(authority, Pki.fulcio(TestKey.A)), Rejection.MALFORMED, "name constraints");
        }
        GeneralName[] many = new GeneralName[129];
        Arrays.fill(many, dns("acme.test"));
        unproven(() -> prove(permitting(many), Pki.fulcio(TestKey.A)), Rejection.MALFORMED, "more than 128 subtrees");
    }

    // CA/Browser Forum, S/MIME Baseline Requirements 7.1.5: a zero-length name that is excluded excludes all of its
    // form.
    @Test
    void an_empty_name_that_is_excluded_excludes_all_names_of_its_form() throws Exception {
        refuses(excluding(email("")), email("dev@acme.test"));
        refuses(excluding(uri("")), uri("https://acme.test/app"));
        refuses(excluding(dns("")), dns("acme.test"));
        allows(excluding(email("")), uri("https://acme.test/app"));
        // Of the other two forms RFC 5280 does not say that it permits anything.
        refuses(permitting(email("")), email("dev@acme.test"));
        refuses(permitting(uri("")), uri("https://acme.test/app"));
    }

    // RFC 1034 section 3.1: the name that ends in a dot is the same host.
    @Test
    void no_empty_label_leads_out_of_what_is_excluded() throws Exception {
        for (GeneralName name :
                List.of(dns("build.acme.test."), dns(".acme.test"), dns("a..acme.test"), dns("other.test."))) {
            refusesLabels(excluding(dns("acme.test")), name);
            refusesLabels(permitting(dns("acme.test")), name);
        }
        for (GeneralName name : List.of(email("dev@acme.test."), email("dev@.acme.test"), email("dev@a..acme.test"))) {
            refusesLabels(excluding(email("acme.test")), name);
            refusesLabels(excluding(email("dev@acme.test")), name);
        }
        for (GeneralName name : List.of(uri("https://acme.test./app"), uri("https://a..acme.test:443/app"))) {
            refusesLabels(excluding(uri("acme.test")), name);
            refusesLabels(excluding(uri(".acme.test")), name);
        }
        allows(constrained(new NameConstraints(null, subtrees(email("acme.test")))), dns("acme.test"));
    }

    @Test
    void a_constraint_that_names_no_host_is_not_understood() {
        refusesLabels(excluding(dns("acme.test.")), dns("build.acme.test"));
        refusesLabels(excluding(dns("..acme.test")), dns("build.acme.test"));
        refusesLabels(excluding(email("dev@acme.test.")), email("dev@acme.test"));
        for (String nobody : List.of("@", "@acme.test", "dev@")) {
            unproven(
                    () -> prove(excluding(email(nobody)), Pki.fulcio(TestKey.A).names(email("dev@acme.test"))),
                    Rejection.CERTIFICATE_UNFIT,
                    "a constraint above its certificate names no host");
        }
        unproven(
                () -> prove(excluding(uri(".")), Pki.fulcio(TestKey.A).names(uri("https://acme.test/app"))),
                Rejection.CERTIFICATE_UNFIT,
                "a constraint above its certificate names no host");
    }

    private static void refusesLabels(Authority authority, GeneralName name) {
        unproven(
                () -> prove(authority, Pki.fulcio(TestKey.A).names(name)),
                Rejection.CERTIFICATE_UNFIT,
                "has a host with an empty label");
    }
}
