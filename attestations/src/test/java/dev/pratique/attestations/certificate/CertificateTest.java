package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a certificate, and what is none. */
class CertificateTest {
    private static final Authority ROOT = Pki.root("acme");

    private static Draft good() {
        return Pki.fulcio(TestKey.A);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static void refuses(byte[] der, String saw) {
        assertThatThrownBy(() -> Certificate.parse(der))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(saw);
    }

    private static void refuses(Draft draft, String saw) {
        refuses(draft.derBy(ROOT), saw);
    }

    private static String pem(Certificate certificate) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, utf8("\n")).encodeToString(certificate.der())
                + "\n-----END CERTIFICATE-----\n";
    }

    @Test
    void keeps_the_bytes_and_says_who_it_is() throws Exception {
        byte[] der = good().derBy(ROOT);
        Certificate certificate = Certificate.parse(der);
        assertThat(certificate.der()).isEqualTo(der);
        assertThat(certificate.spki()).isEqualTo(TestKey.A.spki());
        assertThat(certificate.isSelfIssued()).isFalse();
        assertThat(certificate.isAuthority()).isFalse();
        assertThat(certificate).isEqualTo(Certificate.parse(der)).isNotEqualTo(ROOT.certificate());
        assertThat(certificate.brief())
                .contains("by 'O=acme.test,CN=acme', 2026-03-01T12:00:00Z to 2026-03-01T12:10:00Z");
        assertThat(ROOT.certificate().isSelfIssued()).isTrue();
        assertThat(ROOT.certificate().isAuthority()).isTrue();
        assertThat(ROOT.certificate().brief()).startsWith("certificate 'O=acme.test,CN=acme' by");
    }

    @Test
    void what_it_says_of_itself_fits_one_line() {
        Certificate certificate = ROOT.issue(good().named("CN=a\\0Ab\u202ec,O=" + "x".repeat(500)));
        assertThat(certificate.brief()).matches("[ -~]+").hasSizeLessThan(400);
    }

    @Test
    void a_certificate_is_of_version_3() {
        refuses(good().version(0), "not of X.509 version 3");
        refuses(good().version(1), "not of X.509 version 3");
        refuses(good().version(3), "not of X.509 version 3");
    }

    @Test
    void no_extension_stands_twice() {
        refuses(good().twice(Pki.KEY_USAGE, true, hex("03020780")), "has the extension 2.5.29.15 twice");
        refuses(good().twice("1.3.6.1.4.1.57264.1.8", false, hex("0c0161")), "57264.1.8 twice");
    }

    @Test
    void a_certificate_is_not_larger_than_anybody_makes_one() {
        refuses(good().withRaw("1.2.3.4", false, new byte[10 << 20]), "up to 65536 are read");
        Draft many = good();
        for (int i = 0; i < 65; i++) {
            many.withRaw("1.2.3." + i, false, hex("0500"));
        }
        refuses(many, "more than 64 extensions");
        refuses(good().serial(BigInteger.ONE.shiftLeft(161)), "serial number has more than 20 bytes");
    }

    @Test
    void one_algorithm_signs_it() {
        refuses(good().saying("SHA384withECDSA"), "names two signature algorithms");
    }

    @Test
    void a_flag_has_one_spelling() {
        ASN1Encodable id = new ASN1ObjectIdentifier("1.2.3.4");
        ASN1Encodable value = new DEROctetString(hex("0500"));
        // X.690 section 11.5: a value equal to its default is left out.
        refuses(
                good().withInsteadOfExtension(new DERSequence(new ASN1Encodable[] {id, ASN1Boolean.FALSE, value})),
                "a flag that is not TRUE");
        refuses(good().withRaw(Pki.BASIC_CONSTRAINTS, true, hex("3003010101")), "a flag that is not TRUE");
        refuses(good().withRaw(Pki.BASIC_CONSTRAINTS, true, hex("3003010100")), "a flag that is not TRUE");
        refuses(
                good().withInsteadOfExtension(new DERSequence(new ASN1Encodable[] {id, value, value})),
                "more in it than its type");
        refuses(good().withInsteadOfExtension(new DERSequence(new ASN1Encodable[] {id})), "ends too early");
        refuses(good().withInsteadOfExtension(value), "something else in the place");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0500",
                "03020680",
                "03020700",
                "030100",
                "0303070081",
                "0302078000",
                "03030600c1",
                "0304000000ff"
            })
    void a_key_usage_has_one_spelling(String value) {
        refuses(good().withRaw(Pki.KEY_USAGE, true, hex(value)), "key usage of the certificate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "3000", "0500", "300a06082b06010505070303ff", "301406082b0601050507030306082b06010505070303"
            })
    void an_extended_key_usage_has_one_spelling(String value) {
        refuses(good().withRaw(Pki.EXTENDED_KEY_USAGE, false, hex(value)), "extended key usage of the certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0500", "30000500", "30060101ff0201ff", "30070101ff02020001", "30080101ff0201000500"})
    void basic_constraints_have_one_spelling(String value) {
        refuses(good().withRaw(Pki.BASIC_CONSTRAINTS, true, hex(value)), "basic constraints of the certificate");
    }

    @Test
    void lengths_and_tags_are_those_of_der() {
        byte[] der = good().derBy(ROOT);
        refuses(new byte[0], "ends too early");
        refuses(new byte[] {0x30}, "ends too early");
        refuses(hex("3080"), "not definite");
        refuses(hex("3084000000"), "not definite");
        refuses(hex("308100"), "more bytes than it takes");
        refuses(hex("30820101"), "ends too early");
        refuses(hex("30820001"), "more bytes than it takes");
        refuses(hex("3f00"), "a tag that nothing in it has");
        refuses(hex("3103020101"), "something else in the place");
        byte[] longer = Arrays.copyOf(der, der.length + 1);
        refuses(longer, "more in it than its type");
        // The same length in three bytes.
        byte[] padded = new byte[der.length + 1];
        padded[0] = 0x30;
        padded[1] = (byte) 0x83;
        System.arraycopy(der, 2, padded, 3, der.length - 2);
        refuses(padded, "more bytes than it takes");
    }

    @Test
    void times_are_those_that_there_are() throws Exception {
        byte[] der = good().derBy(ROOT);
        for (String wrong : List.of(
                "261301120000Z",
                "260230120000Z",
                "260301240000Z",
                "260301126000Z",
                "260301120060Z",
                "2603011200000",
                "260301 20000Z",
                "260001120000Z",
                "260300120000Z")) {
            refuses(replaced(der, "260301120000Z", wrong), "the certificate's validity");
        }
        Certificate old = Certificate.parse(replaced(der, "260301120000Z", "500101000000Z"));
        assertThat(old.notBefore).isEqualTo(Instant.parse("1950-01-01T00:00:00Z"));
        Certificate later = Certificate.parse(
                good().valid(Pki.SIGNED, Instant.parse("9999-12-31T23:59:59Z")).derBy(ROOT));
        assertThat(later.notAfter).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
    }

    private static byte[] replaced(byte[] der, String text, String by) {
        byte[] copy = der.clone();
        byte[] from = utf8(text);
        for (int i = 0; i + from.length <= copy.length; i++) {
            if (Arrays.equals(copy, i, i + from.length, from, 0, from.length)) {
                System.arraycopy(utf8(by), 0, copy, i, from.length);
                return copy;
            }
        }
        throw new AssertionError(text);
    }

    @Test
    void identifiers_of_any_size_are_read_and_have_one_spelling() throws Exception {
        Der der = new Der(new byte[0], "it");
        assertThat(der.dotted(hex("2b06010401"))).isEqualTo("1.3.6.1.4.1");
        assertThat(der.dotted(hex("883703"))).isEqualTo("2.999.3");
        // 2.25 and a UUID, as Rec. ITU-T X.667 section 6 makes them.
        assertThat(new ASN1ObjectIdentifier("2.25.340282366920938463463374607431768211455").getEncoded())
                .hasSize(22);
        byte[] uuid = new ASN1ObjectIdentifier("2.25.340282366920938463463374607431768211455").getEncoded();
        assertThat(der.dotted(Arrays.copyOfRange(uuid, 2, uuid.length)))
                .isEqualTo("2.25.340282366920938463463374607431768211455");
        for (String wrong : List.of("", "80", "2b8001", "2b86", "01".repeat(65))) {
            assertThatThrownBy(() -> der.dotted(hex(wrong))).isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void reads_blocks_in_order_and_skips_text_around_them() throws Exception {
        Certificate leaf = ROOT.issue(good());
        String both = "subject=\n" + pem(leaf) + "issuer\r\n"
                + pem(ROOT.certificate()).replace("\n", "\r\n") + "end";
        assertThat(Certificate.parsePem(both, 2)).containsExactly(leaf, ROOT.certificate());
        assertThatThrownBy(() -> Certificate.parsePem(both, 1))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessage("more than 1 certificates");
    }

    @Test
    void refuses_blocks_that_are_no_certificates() {
        String good = pem(ROOT.certificate());
        for (String wrong : List.of(
                "",
                "text",
                good.replace("CERTIFICATE", "PUBLIC KEY"),
                good.replace("-----END CERTIFICATE-----", ""),
                good.replace("MII", "M?I"),
                good + "-----BEGIN CERTIFICATE-----\n",
                good + "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
                "-----BEGIN CERTIFICATE-----" + "A".repeat(1 << 20) + "-----END CERTIFICATE-----")) {
            assertThatThrownBy(() -> Certificate.parsePem(wrong, 8)).isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void damaged_bytes_are_read_or_refused_and_nothing_else_is_thrown() {
        byte[] der = ROOT.issue(good()).der();
        for (Generator random : Generator.runs("damaged certificates", 3000)) {
            byte[] damaged = random.chance(20) ? Arrays.copyOf(der, random.below(der.length)) : der.clone();
            for (int i = random.below(4); i >= 0 && damaged.length > 0; i--) {
                damaged[random.below(damaged.length)] = (byte) random.below(256);
            }
            try {
                Certificate read = Certificate.parse(damaged);
                assertThat(read.brief()).as(random.toString()).matches("[ -~]*");
                CertificateIdentity.of(read);
                Precertificate.tbsWithoutTimestamps(read);
            } catch (MalformedEvidenceException e) {
                assertThat(e.getMessage()).as(random.toString()).isNotEmpty();
            }
        }
    }
}
