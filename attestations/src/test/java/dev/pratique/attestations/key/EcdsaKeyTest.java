package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.TestKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ECPoint;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same edges on every curve: a check that one of them lacks would be found first by others. */
class EcdsaKeyTest {
    private static final byte[] MESSAGE = Evidence.utf8("what was signed");

    /** A key with the numbers of its curve, as another implementation knows them. */
    record OnCurve(TestKey key, X9ECParameters numbers, Arithmetics by) {
        VerificationKey trusted() {
            return by.key(key);
        }

        BigInteger order() {
            return numbers.getN();
        }

        @Override
        public String toString() {
            return key.trusted().type().label() + " " + by;
        }
    }

    static Stream<OnCurve> curves() {
        return Arithmetics.all().stream()
                .flatMap(by -> Stream.of(
                        new OnCurve(TestKey.A, ECNamedCurveTable.getByName("P-256"), by),
                        new OnCurve(TestKey.P384, ECNamedCurveTable.getByName("P-384"), by),
                        new OnCurve(TestKey.P521, ECNamedCurveTable.getByName("P-521"), by)));
    }

    private static byte[] der(BigInteger r, BigInteger s) throws Exception {
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        numbers.add(new ASN1Integer(r));
        numbers.add(new ASN1Integer(s));
        return new DERSequence(numbers).getEncoded("DER");
    }

    @ParameterizedTest
    @MethodSource("curves")
    void SIG_02_numbers_outside_1_to_n_minus_1_are_no_signature(OnCurve curve) throws Exception {
        BigInteger n = curve.order();
        List<BigInteger> edges =
                List.of(BigInteger.ZERO, n, n.add(BigInteger.ONE), BigInteger.ONE.negate(), n.negate());
        List<byte[]> wrong = new ArrayList<>();
        for (BigInteger edge : edges) {
            wrong.add(der(edge, BigInteger.ONE));
            wrong.add(der(BigInteger.ONE, edge));
            wrong.add(der(edge, edge));
        }
        for (byte[] signature : wrong) {
            assertThatThrownBy(() -> curve.trusted().verify(MESSAGE, signature))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("outside 1 to n - 1");
        }
        for (BigInteger inside : List.of(BigInteger.ONE, n.subtract(BigInteger.ONE))) {
            assertThat(curve.trusted().verify(MESSAGE, der(inside, inside))).isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void SIG_15_every_other_spelling_of_a_good_signature_is_refused(OnCurve curve) throws Exception {
        byte[] good = curve.key().sign(MESSAGE);
        assertThat(curve.trusted().verify(MESSAGE, good)).isEqualTo(Verified.BY_THIS_KEY);
        ASN1Sequence numbers = ASN1Sequence.getInstance(good);
        byte[] r = numbers.getObjectAt(0).toASN1Primitive().getEncoded("DER");
        byte[] s = numbers.getObjectAt(1).toASN1Primitive().getEncoded("DER");
        byte[] zeroInFront = join(new byte[] {2, (byte) (r[1] + 1), 0}, Arrays.copyOfRange(r, 2, r.length));
        byte[] longLength = join(new byte[] {2, (byte) 0x81, r[1]}, Arrays.copyOfRange(r, 2, r.length));
        List<byte[]> spellings = List.of(
                sequence(zeroInFront, s),
                sequence(longLength, s),
                sequence(r, s, new byte[] {5, 0}),
                join(good, new byte[1]),
                Arrays.copyOf(good, good.length - 1),
                join(new byte[] {0x30, (byte) 0x80}, r, s, new byte[2]),
                join(new byte[] {0x30, (byte) 0x82, 0, (byte) (r.length + s.length)}, r, s),
                sequence(join(new byte[] {3}, Arrays.copyOfRange(r, 1, r.length)), s));
        for (byte[] spelling : spellings) {
            assertThatThrownBy(() -> curve.trusted().verify(MESSAGE, spelling))
                    .isInstanceOf(MalformedEvidenceException.class);
        }
    }

    /** Exactly as its length asks, however many bytes that takes. */
    private static byte[] sequence(byte[]... parts) {
        byte[] body = join(parts);
        return body.length < 128
                ? join(new byte[] {0x30, (byte) body.length}, body)
                : join(new byte[] {0x30, (byte) 0x81, (byte) body.length}, body);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("curves")
    void the_other_signature_of_the_same_numbers_is_accepted_as_every_verifier_does(OnCurve curve) throws Exception {
        // FIPS 186-5 knows no low s. Nothing here is named by a signature's bytes, so nothing hangs on it.
        ASN1Sequence numbers = ASN1Sequence.getInstance(curve.key().sign(MESSAGE));
        BigInteger r = ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue();
        BigInteger s = ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue();
        assertThat(curve.trusted().verify(MESSAGE, der(r, curve.order().subtract(s))))
                .isEqualTo(Verified.BY_THIS_KEY);
    }

    @ParameterizedTest
    @MethodSource("curves")
    void SIG_11_a_key_of_another_curve_did_not_sign_it(OnCurve curve) throws Exception {
        byte[] signature = curve.key().sign(MESSAGE);
        for (TestKey other : List.of(TestKey.B, TestKey.P384, TestKey.P521, TestKey.RSA, TestKey.ED25519)) {
            if (other != curve.key()) {
                assertThat(curve.by().key(other).verify(MESSAGE, signature)).isEqualTo(Verified.NOT_BY_THIS_KEY);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void ATT_14_a_key_has_one_spelling(OnCurve curve) throws Exception {
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(curve.key().spki());
        byte[] point = info.getPublicKeyData().getOctets();
        byte[] hybrid = point.clone();
        hybrid[0] = (byte) (6 + (point[point.length - 1] & 1));
        byte[] compressed = curve.numbers().getCurve().decodePoint(point).getEncoded(true);
        for (byte[] other :
                List.of(compressed, hybrid, new byte[] {0}, new byte[0], Arrays.copyOf(point, point.length - 1))) {
            byte[] spki = new SubjectPublicKeyInfo(info.getAlgorithm(), other).getEncoded("DER");
            assertThatThrownBy(() -> curve.by().key(spki)).isInstanceOf(MalformedEvidenceException.class);
        }
        byte[] longForm = curve.key().spki();
        byte[] ber = join(
                new byte[] {0x30, (byte) 0x80},
                Arrays.copyOfRange(longForm, longForm[1] < 0 ? 3 : 2, longForm.length),
                new byte[2]);
        assertThatThrownBy(() -> curve.by().key(ber)).isInstanceOf(MalformedEvidenceException.class);
    }

    @ParameterizedTest
    @MethodSource("curves")
    void points_off_the_curve_or_beyond_the_field_are_no_keys(OnCurve curve) throws Exception {
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(curve.key().spki());
        byte[] point = info.getPublicKeyData().getOctets();
        byte[] off = point.clone();
        off[off.length - 1] ^= 1;
        byte[] zero = new byte[point.length];
        zero[0] = 4;
        byte[] full = new byte[point.length];
        Arrays.fill(full, (byte) 0xff);
        full[0] = 4;
        for (byte[] wrong : List.of(off, zero, full)) {
            byte[] spki = new SubjectPublicKeyInfo(info.getAlgorithm(), wrong).getEncoded("DER");
            assertThatThrownBy(() -> curve.by().key(spki))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("not a point of the curve");
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void a_curve_is_known_by_its_name_alone(OnCurve curve) throws Exception {
        // CVE-2020-0601: the right numbers in all but the generator, which is the key itself.
        byte[] point = SubjectPublicKeyInfo.getInstance(curve.key().spki())
                .getPublicKeyData()
                .getOctets();
        var own = new X9ECParameters(
                curve.numbers().getCurve(),
                new X9ECPoint(curve.numbers().getCurve().decodePoint(point), false),
                curve.numbers().getN(),
                curve.numbers().getH());
        for (X9ECParameters explicit : List.of(own, curve.numbers())) {
            byte[] spki = new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, explicit), point)
                    .getEncoded("DER");
            assertThatThrownBy(() -> curve.by().key(spki))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("each by its name");
        }
    }
}
