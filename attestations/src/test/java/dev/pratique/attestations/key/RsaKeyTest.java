package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RsaKeyTest {
    private static final byte[] MESSAGE = Evidence.utf8("what was signed");
    /** DigestInfo of SHA-256 up to the hash (RFC 8017 section 9.2 note 1), and without the NULL. */
    private static final String INFO = "3031300d060960864801650304020105000420";

    private static final String INFO_WITHOUT_NULL = "302f300b0609608648016503040201" + "0420";

    /** Exponent 3, the one that padding attacks like best. */
    private static KeyPair three;

    private static VerificationKey key;

    @BeforeAll
    static void generate() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F0));
        three = generator.generateKeyPair();
        key = VerificationKey.parseSpki(three.getPublic().getEncoded());
    }

    /** What raising to the private exponent makes of these bytes: a signature whose padding is ours to choose. */
    private static byte[] signed(String padded) {
        RSAPrivateKey secret = (RSAPrivateKey) three.getPrivate();
        return fixed(new BigInteger(padded, 16).modPow(secret.getPrivateExponent(), secret.getModulus()));
    }

    private static byte[] fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[256];
        int from = Math.max(0, bytes.length - fixed.length);
        System.arraycopy(bytes, from, fixed, fixed.length - (bytes.length - from), bytes.length - from);
        return fixed;
    }

    private static String hash() {
        return HexFormat.of().formatHex(Hash.SHA_256.of(MESSAGE));
    }

    private static String padded(String head, int filling, String tail) {
        String text = head + "ff".repeat(filling) + tail;
        return text + "00".repeat(256 - text.length() / 2);
    }

    @Test
    void SIG_15_only_the_one_padding_of_the_specification_is_accepted() throws Exception {
        String info = INFO + hash();
        int filling = 256 - 3 - info.length() / 2;
        assertThat(key.verify(MESSAGE, signed(padded("0001", filling, "00" + info))))
                .isEqualTo(Verified.BY_THIS_KEY);
        for (String wrong : List.of(
                padded("0001", filling - 4, "00" + info), // what follows the hash is anybody's (CVE-2006-4339)
                padded("0001", 8, "00" + info),
                padded("0002", filling, "00" + info),
                padded("0001", filling + 2, "00" + INFO_WITHOUT_NULL + hash()),
                padded("0001", filling, "01" + info),
                padded("0001fe", filling - 1, "00" + info),
                padded("0001", 256 - 3 - 32, "00" + hash()))) {
            assertThat(key.verify(MESSAGE, signed(wrong))).as(wrong).isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
    }

    @Test
    void SIG_02_a_forgery_by_cube_root_is_refused() throws Exception {
        // Bleichenbacher 2006: the root of a number that begins as the padded hash does, made without any private key.
        BigInteger wanted = new BigInteger(padded("0001", 8, "00" + INFO + hash()), 16);
        BigInteger root = BigInteger.ZERO;
        for (int bit = 690; bit >= 0; bit--) {
            BigInteger next = root.setBit(bit);
            root = next.pow(3).compareTo(wanted.add(BigInteger.ONE.shiftLeft(1500))) <= 0 ? next : root;
        }
        byte[] cube = fixed(root.pow(3));
        byte[] asWanted = fixed(wanted);
        assertThat(Arrays.copyOf(cube, 60)).isEqualTo(Arrays.copyOf(asWanted, 60));
        assertThat(key.verify(MESSAGE, fixed(root))).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }

    @Test
    void SIG_15_a_signature_beyond_the_modulus_is_no_other_spelling() throws Exception {
        byte[] good = TestKey.sign("SHA256withRSA", three.getPrivate(), MESSAGE);
        BigInteger beyond = new BigInteger(1, good).add(((RSAPublicKey) three.getPublic()).getModulus());
        assertThat(key.verify(MESSAGE, good)).isEqualTo(Verified.BY_THIS_KEY);
        if (beyond.bitLength() <= 2048) {
            assertThat(key.verify(MESSAGE, fixed(beyond))).isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
        byte[] longer = new byte[257];
        System.arraycopy(good, 0, longer, 1, good.length);
        assertThat(key.verify(MESSAGE, longer)).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }

    @Test
    void each_hash_and_padding_is_its_own_algorithm() throws Exception {
        VerificationKey trusted = TestKey.RSA.trusted();
        for (String bits : List.of("256", "384", "512")) {
            byte[] pkcs1 = TestKey.RSA.signingWith("SHA" + bits + "withRSA").sign(MESSAGE);
            byte[] pss = TestKey.RSA.signPss("SHA-" + bits, Integer.parseInt(bits) / 8, MESSAGE);
            byte[] otherSalt = TestKey.RSA.signPss("SHA-" + bits, 0, MESSAGE);
            for (SignatureAlgorithm algorithm : trusted.algorithms()) {
                assertThat(trusted.verify(algorithm, MESSAGE, pkcs1) == Verified.BY_THIS_KEY)
                        .as(algorithm.name())
                        .isEqualTo(algorithm.name().equals("rsa-sign-pkcs1-2048-sha" + bits));
                assertThat(trusted.verify(algorithm, MESSAGE, pss) == Verified.BY_THIS_KEY)
                        .as(algorithm.name())
                        .isEqualTo(algorithm.name().equals("rsa-sign-pss-2048-sha" + bits));
                assertThat(trusted.verify(algorithm, MESSAGE, otherSalt)).isEqualTo(Verified.NOT_BY_THIS_KEY);
            }
        }
        assertThatThrownBy(() -> trusted.verify(TestKey.A.trusted().defaultAlgorithm(), MESSAGE, new byte[256]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] spki(ASN1Encodable parameters, BigInteger modulus, BigInteger exponent) throws Exception {
        return new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, parameters),
                        new org.bouncycastle.asn1.pkcs.RSAPublicKey(modulus, exponent))
                .getEncoded("DER");
    }

    @Test
    void ATT_14_the_same_key_in_two_encodings_is_one_key() throws Exception {
        BigInteger modulus = ((RSAPublicKey) three.getPublic()).getModulus();
        BigInteger exponent = BigInteger.valueOf(3);
        VerificationKey without = VerificationKey.parseSpki(spki(null, modulus, exponent));
        assertThat(without.id()).isEqualTo(key.id());
        assertThat(without.spki()).isEqualTo(three.getPublic().getEncoded());
        TrustRoots roots =
                new TrustRoots(List.of(TrustRoots.NamedSigner.of("a", key), TrustRoots.NamedSigner.of("b", without)));
        assertThat(roots.ways()).hasSize(1);
        assertThat(roots.holders(roots.ways().get(0))).hasSize(2);
    }

    @Test
    void numbers_that_make_no_key_are_refused() throws Exception {
        BigInteger modulus = ((RSAPublicKey) three.getPublic()).getModulus();
        BigInteger e = BigInteger.valueOf(65537);
        for (byte[] wrong : List.of(
                spki(DERNull.INSTANCE, modulus, BigInteger.ONE),
                spki(DERNull.INSTANCE, modulus, BigInteger.TWO),
                spki(DERNull.INSTANCE, modulus, BigInteger.valueOf(65538)),
                spki(DERNull.INSTANCE, modulus, BigInteger.ONE.shiftLeft(256).setBit(0)),
                spki(DERNull.INSTANCE, modulus, e.negate()),
                spki(DERNull.INSTANCE, modulus.negate(), e),
                spki(DERNull.INSTANCE, modulus.clearBit(0), e),
                spki(DERNull.INSTANCE, BigInteger.ONE.shiftLeft(8192).setBit(0), e),
                spki(DERNull.INSTANCE, BigInteger.ONE.shiftLeft(2046).setBit(0), e),
                spki(new ASN1Integer(1), modulus, e))) {
            assertThatThrownBy(() -> VerificationKey.parseSpki(wrong)).isInstanceOf(MalformedEvidenceException.class);
        }
        byte[] pss = new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, new RSASSAPSSparams()),
                        new org.bouncycastle.asn1.pkcs.RSAPublicKey(modulus, e))
                .getEncoded("DER");
        assertThatThrownBy(() -> VerificationKey.parseSpki(pss))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("keys of this kind are not verified");
    }

    // FIPS 186-5 has moduli of two primes. Whether a stranger's is one takes up to a second to tell, and tells
    // nothing: with a modulus that is prime everybody could sign in its owner's name, who made it so.
    @Test
    void a_modulus_is_not_tested_for_primes() throws Exception {
        BigInteger prime = DHStandardGroups.rfc3526_2048.getP();
        VerificationKey odd = VerificationKey.parseSpki(spki(DERNull.INSTANCE, prime, BigInteger.valueOf(65537)));
        for (SignatureAlgorithm algorithm : odd.algorithms()) {
            assertThat(odd.verify(algorithm, MESSAGE, signed(padded("0001", 100, "00"))))
                    .isEqualTo(Verified.NOT_BY_THIS_KEY);
        }
        byte[] small = spki(DERNull.INSTANCE, prime.multiply(BigInteger.valueOf(743)), BigInteger.valueOf(65537));
        assertThatThrownBy(() -> VerificationKey.parseSpki(small))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("has a small factor");
    }

    @Test
    void a_look_counts_for_what_it_takes() throws Exception {
        BigInteger large = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
        BigInteger usual = BigInteger.valueOf(65537);
        BigInteger p2048 = DHStandardGroups.rfc3526_2048.getP();
        BigInteger p4096 = DHStandardGroups.rfc3526_4096.getP();
        BigInteger p8192 = DHStandardGroups.rfc3526_8192.getP();
        assertThat(costs(p2048, BigInteger.valueOf(3))).isEqualTo(1);
        assertThat(costs(p2048, usual)).isEqualTo(1);
        assertThat(costs(DHStandardGroups.rfc3526_3072.getP(), usual)).isEqualTo(4);
        assertThat(costs(p4096, usual)).isEqualTo(4);
        assertThat(costs(p8192, usual)).isEqualTo(16);
        assertThat(costs(p2048, large)).isEqualTo(16);
        assertThat(costs(p8192, large)).isEqualTo(256);
    }

    private static int costs(BigInteger modulus, BigInteger exponent) throws Exception {
        VerificationKey read = VerificationKey.parseSpki(spki(DERNull.INSTANCE, modulus, exponent));
        assertThat(read.bits()).isEqualTo(modulus.bitLength());
        return read.cost();
    }
}
