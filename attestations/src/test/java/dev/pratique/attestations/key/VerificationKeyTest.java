package dev.pratique.attestations.key;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Holder;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Way;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationKeyTest {
    private static final byte[] MESSAGE = utf8("what was signed");
    private static final String ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    /** SubjectPublicKeyInfo of a P-256 key up to the coordinates. */
    private static final String P256_PREFIX = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static void refusesKey(byte[] spki) {
        assertThatThrownBy(() -> VerificationKey.parseSpki(spki)).isInstanceOf(MalformedEvidenceException.class);
    }

    private static String pem(byte[] spki) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(spki)
                + "\n-----END PUBLIC KEY-----\n";
    }

    @Test
    void verifies_what_each_kind_of_key_signed_and_nothing_else() throws Exception {
        for (TestKey key : new TestKey[] {
            TestKey.A, TestKey.P384, TestKey.P521, TestKey.ED25519, TestKey.RSA, TestKey.rsa(3072), TestKey.rsa(4096)
        }) {
            byte[] signature = key.sign(MESSAGE);
            VerificationKey trusted = key.trusted();
            assertThat(trusted.verify(MESSAGE, signature)).isEqualTo(Verified.BY_THIS_KEY);
            assertThat(trusted.verify(utf8("something else"), signature)).isEqualTo(Verified.NOT_BY_THIS_KEY);
            assertThat(TestKey.B.trusted().verify(MESSAGE, signature)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
    }

    @Test
    void one_key_has_one_name_however_it_is_written() throws Exception {
        VerificationKey key = TestKey.A.trusted();
        assertThat(VerificationKey.parsePem(pem(TestKey.A.spki())).id()).isEqualTo(key.id());
        assertThat(VerificationKey.parsePem("  \r\n" + pem(TestKey.A.spki()).replace("\n", "\r\n"))
                        .id())
                .isEqualTo(key.id());
        assertThat(key.id()).isEqualTo(Digest.sha256(TestKey.A.spki()));
        assertThat(key.spki()).isEqualTo(TestKey.A.spki());
        // RFC 3279 section 2.3.1: the parameters MUST be NULL; some encoders leave them out.
        String rsa = HexFormat.of().formatHex(TestKey.RSA.spki());
        String withoutNull = rsa.replaceFirst("^30820122300d", "30820120300b").replaceFirst("05000382", "0382");
        assertThat(VerificationKey.parseSpki(hex(withoutNull)).id())
                .isEqualTo(TestKey.RSA.trusted().id());
    }

    @Test
    void two_names_for_one_key_are_one_key() {
        TrustRoots roots = new TrustRoots(List.of(
                NamedSigner.of("acme", TestKey.A.trusted(), TestKey.A.trusted()),
                NamedSigner.of("also acme", TestKey.A.trusted(), TestKey.B.trusted())));
        assertThat(roots.ways()).hasSize(2);
        assertThat(roots.holders(way(TestKey.A)))
                .extracting(Holder::name)
                .containsExactlyInAnyOrder("acme", "acme", "also acme");
        assertThat(roots.holders(way(TestKey.C))).isEmpty();
    }

    private static Way way(TestKey key) {
        return new Way(key.trusted(), key.trusted().defaultAlgorithm());
    }

    @Test
    void refuses_a_point_that_is_not_on_the_curve() {
        byte[] spki = TestKey.A.spki();
        spki[spki.length - 1] ^= 1;
        refusesKey(spki);
        String zero = "00".repeat(32);
        String field = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
        refusesKey(hex(P256_PREFIX + "04" + zero + zero));
        refusesKey(hex(P256_PREFIX + "04" + field + field));
        refusesKey(hex(P256_PREFIX + "04" + "ff".repeat(64)));
        refusesKey(hex("301a301306072a8648ce3d020106082a8648ce3d030107030300" + "00" + "00")); // infinity, padded
    }

    @Test
    void refuses_a_coordinate_beyond_the_field_although_it_is_congruent() {
        // y + p would be the same point to a sloppy reader; it has 33 bytes or wraps, so it is another encoding.
        BigInteger p = new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
        BigInteger b = new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
        // x = 0 is on the curve where b is a square: y = b^((p+1)/4).
        BigInteger y = b.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
        assertThat(y.multiply(y).mod(p)).isEqualTo(b);
        String good = "00".repeat(32) + String.format("%064x", y);
        String beyond = String.format("%064x", p) + String.format("%064x", y);
        assertThat(VerificationKeyTest.reads(hex(P256_PREFIX + "04" + good))).isTrue();
        refusesKey(hex(P256_PREFIX + "04" + beyond));
    }

    private static boolean reads(byte[] spki) {
        try {
            VerificationKey.parseSpki(spki);
            return true;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    @Test
    void refuses_curves_sizes_and_kinds_that_it_does_not_verify() throws Exception {
        refusesKey(TestKey.pair("RSA", 1024).getPublic().getEncoded());
        refusesKey(TestKey.pair("Ed448", 448).getPublic().getEncoded());
        // secp256k1, under its name (RFC 5480 has only the names of NIST's).
        refusesKey(hex("3056301006072a8648ce3d020106052b8104000a034200"
                + HexFormat.of().formatHex(TestKey.A.spki(), 26, 91)));
        refusesKey(TestKey.pair("DSA", 2048).getPublic().getEncoded());
        refusesKey(TestKey.pair("X25519", 255).getPublic().getEncoded());
    }

    @Test
    void refuses_explicit_curve_parameters_with_a_generator_of_ones_own() throws Exception {
        // CVE-2020-0601: P-256 in all but the generator, which is the key itself.
        var named = org.bouncycastle.asn1.x9.ECNamedCurveTable.getByName("P-256");
        var key = named.getCurve().createPoint(BigInteger.ZERO, root(named));
        var own = new org.bouncycastle.asn1.x9.X9ECParameters(
                named.getCurve(), new org.bouncycastle.asn1.x9.X9ECPoint(key, false), named.getN(), named.getH());
        var spki = new org.bouncycastle.asn1.x509.SubjectPublicKeyInfo(
                new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                        org.bouncycastle.asn1.x9.X9ObjectIdentifiers.id_ecPublicKey, own),
                key.getEncoded(false));
        refusesKey(spki.getEncoded("DER"));
    }

    private static BigInteger root(org.bouncycastle.asn1.x9.X9ECParameters curve) {
        return curve.getCurve().getB().sqrt().toBigInteger();
    }

    @Test
    void refuses_keys_that_end_within_a_byte() throws Exception {
        for (TestKey key : new TestKey[] {TestKey.A, TestKey.P521, TestKey.ED25519, TestKey.RSA}) {
            var info = org.bouncycastle.asn1.x509.SubjectPublicKeyInfo.getInstance(key.spki());
            byte[] bytes = info.getPublicKeyData().getBytes();
            bytes[bytes.length - 1] &= (byte) 0xfe;
            var shorter = new org.bouncycastle.asn1.DERBitString(bytes, 1);
            refusesKey(new org.bouncycastle.asn1.DERSequence(
                            new org.bouncycastle.asn1.ASN1Encodable[] {info.getAlgorithm(), shorter})
                    .getEncoded("DER"));
        }
    }

    @Test
    void refuses_bytes_that_are_no_key_or_have_something_behind_it() {
        byte[] spki = TestKey.A.spki();
        refusesKey(new byte[0]);
        refusesKey(new byte[] {0x30, 0});
        refusesKey(utf8("not a key at all"));
        refusesKey(Arrays.copyOf(spki, spki.length - 1));
        refusesKey(Arrays.copyOf(spki, spki.length + 1));
        refusesKey(Arrays.copyOf(TestKey.RSA.spki(), TestKey.RSA.spki().length + 1));
        for (int i = 0; i < spki.length; i++) {
            byte[] changed = spki.clone();
            changed[i] ^= (byte) 0xff;
            reads(changed); // never another exception than the checked one
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\n&&&&\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nYQ\n-----END PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----",
                "-----BEGIN PRIVATE KEY-----\nYQ==\n-----END PRIVATE KEY-----",
            })
    void refuses_text_that_is_not_one_public_key_block(String text) {
        assertThatThrownBy(() -> VerificationKey.parsePem(text)).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void refuses_two_blocks_and_overlong_text() {
        String one = pem(TestKey.A.spki());
        assertThatThrownBy(() -> VerificationKey.parsePem(one + one)).isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> VerificationKey.parsePem(one + " ".repeat(20_000)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    static Stream<String> psychic() {
        String n = "022100" + ORDER;
        String zero = "020100";
        String one = "020101";
        return Stream.of(
                "3006" + zero + zero,
                "3006" + zero + one,
                "3006" + one + zero,
                "3046" + n + n,
                "3026" + n + one,
                "3026" + one + n,
                "3026" + zero + n,
                "3000",
                "3003" + zero,
                "3009" + zero + zero + zero,
                "30060201ff0201ff", // negative
                "3026" + "022100" + "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552" + one);
    }

    @ParameterizedTest
    @MethodSource("psychic")
    void SIG_02_refuses_signatures_with_numbers_outside_1_to_n_minus_1(String signature) {
        assertThatThrownBy(() -> TestKey.A.trusted().verify(MESSAGE, hex(signature)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void SIG_02_raw_and_empty_signatures_are_by_no_key() throws Exception {
        for (byte[] raw : new byte[][] {new byte[0], new byte[64], new byte[256], new byte[384], new byte[1]}) {
            assertThat(TestKey.A.trusted().verify(MESSAGE, raw)).isEqualTo(Verified.NOT_BY_THIS_KEY);
            assertThat(TestKey.RSA.trusted().verify(MESSAGE, raw)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
        assertThat(TestKey.A.trusted().verify(MESSAGE, hex("3006020101020101"))).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }

    static Stream<byte[]> notDer() {
        byte[] good = TestKey.A.sign(MESSAGE);
        String body = HexFormat.of().formatHex(good, 2, good.length);
        int rLength = good[3];
        String r = HexFormat.of().formatHex(good, 4, 4 + rLength);
        String s = HexFormat.of().formatHex(good, 6 + rLength, good.length);
        return Stream.of(
                        "3081" + String.format("%02x", good.length - 2) + body, // long form of a short length
                        "308200" + String.format("%02x", good.length - 2) + body,
                        "3080" + body + "0000", // indefinite length (BER)
                        "30" + String.format("%02x", good.length - 1) + body + "00", // inside the sequence
                        "30" + String.format("%02x", good.length - 2) + body + "00", // behind the sequence
                        "30" + String.format("%02x", good.length) + body + "0500",
                        "30" + String.format("%02x", good.length - 1) + "02" + String.format("%02x", rLength + 1) + "00"
                                + r + HexFormat.of().formatHex(good, 4 + rLength, good.length), // a zero in front
                        "30" + String.format("%02x", good.length - 1) + "0281" + String.format("%02x", rLength) + r
                                + HexFormat.of().formatHex(good, 4 + rLength, good.length),
                        "30" + String.format("%02x", good.length - 2) + "03" + body.substring(2), // BIT STRING
                        "30" + String.format("%02x", good.length - 1) + body, // length beyond the end
                        "30" + String.format("%02x", good.length - 3) + body, // length before the end
                        "30" + String.format("%02x", s.length() / 2 + 2 + rLength + 4) + "0a"
                                + String.format("%02x", rLength) + r + "02" + String.format("%02x", s.length() / 2) + s
                                + "0500",
                        "30ff" + body)
                .map(VerificationKeyTest::hex);
    }

    @ParameterizedTest
    @MethodSource("notDer")
    void SIG_15_refuses_signatures_that_are_not_strict_der(byte[] signature) {
        assertThatThrownBy(() -> TestKey.A.trusted().verify(MESSAGE, signature))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void SIG_15_refuses_a_number_made_negative_by_leaving_out_its_leading_zero() {
        byte[] signature;
        do {
            signature = TestKey.A.sign(MESSAGE);
        } while (signature[3] != 33);
        String text = HexFormat.of().formatHex(signature);
        String negative = "30" + String.format("%02x", signature.length - 3) + "0220" + text.substring(10);
        assertThatThrownBy(() -> TestKey.A.trusted().verify(MESSAGE, hex(negative)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void other_kinds_of_signature_are_by_another_key_not_broken() throws Exception {
        byte[] p384 = TestKey.sign("SHA384withECDSA", TestKey.pair("EC", 384).getPrivate(), MESSAGE);
        byte[] p521 = TestKey.sign("SHA512withECDSA", TestKey.pair("EC", 521).getPrivate(), MESSAGE);
        byte[] ed25519 = TestKey.sign("Ed25519", TestKey.pair("Ed25519", 255).getPrivate(), MESSAGE);
        for (byte[] signature : new byte[][] {
            p384, p521, ed25519, TestKey.RSA.sign(MESSAGE), TestKey.rsa(4096).sign(MESSAGE)
        }) {
            assertThat(TestKey.A.trusted().verify(MESSAGE, signature)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
    }

    /** Ed25519 and r||s of P-256 (64 bytes), of P-384 (96), of P-521 (132), RSA of 1024 bits (128): one in 256 begins so. */
    @ParameterizedTest
    @CsvSource({
        "64, 30",
        "64, 303e",
        "64, 303e02",
        "64, 303e0220",
        "96, 30",
        "96, 305e",
        "96, 305e022e",
        "128, 30",
        "128, 307e",
        "128, 307e0201",
        "132, 30",
        "132, 308181",
        "132, 30818102"
    })
    void raw_bytes_that_begin_as_der_does_are_by_another_key_not_broken(int length, String beginning) throws Exception {
        byte[] raw = new byte[length];
        Arrays.fill(raw, (byte) 0xa7);
        byte[] first = hex(beginning);
        System.arraycopy(first, 0, raw, 0, first.length);
        assertThat(TestKey.A.trusted().verify(MESSAGE, raw)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        assertThat(TestKey.P521.trusted().verify(MESSAGE, raw)).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }

    @ParameterizedTest
    @CsvSource({"64, 303e021d00, 021d", "96, 305e022d00, 022d", "128, 307e023d00, 023d", "132, 308181023e00, 023f"})
    void der_of_a_length_that_raw_bytes_have_too_is_read_strictly(int length, String beginning, String second)
            throws Exception {
        byte[] der = new byte[length];
        Arrays.fill(der, (byte) 0x27);
        byte[] first = hex(beginning);
        System.arraycopy(first, 0, der, 0, first.length);
        byte[] next = hex(second);
        System.arraycopy(next, 0, der, length - next.length - next[1], next.length);
        assertThatThrownBy(() -> TestKey.P521.trusted().verify(MESSAGE, der))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("not strict DER");
        der[first.length - 1] = 0x27;
        assertThat(TestKey.P521.trusted().verify(MESSAGE, der)).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }

    @Test
    void refuses_rsa_signatures_with_a_byte_more_or_less_and_of_other_schemes() throws Exception {
        byte[] good = TestKey.RSA.sign(MESSAGE);
        VerificationKey key = TestKey.RSA.trusted();
        byte[] longer = new byte[good.length + 1];
        System.arraycopy(good, 0, longer, 1, good.length);
        assertThat(key.verify(MESSAGE, longer)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        assertThat(key.verify(MESSAGE, Arrays.copyOf(good, good.length - 1))).isEqualTo(Verified.NOT_BY_THIS_KEY);
        byte[] beyond = new byte[good.length];
        Arrays.fill(beyond, (byte) 0xff);
        assertThat(key.verify(MESSAGE, beyond)).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }
}
