package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcdsaPrivateKeyTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);
    private static final SecureRandom RANDOM = new SecureRandom();

    private static KeyPair pair(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    @ParameterizedTest
    @CsvSource({
        "secp256r1, SHA256withECDSA",
        "secp384r1, SHA384withECDSA",
        "secp521r1, SHA512withECDSA",
    })
    void what_it_signs_is_verified_by_the_jdk_under_the_public_key_of_the_pair(String curve, String algorithm)
            throws Exception {
        KeyPair pair = pair(curve);
        EcdsaPrivateKey key =
                EcdsaPrivateKey.of(PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded()), RANDOM);
        assertThat(key.publicKey().spki()).isEqualTo(pair.getPublic().getEncoded());
        for (int i = 0; i < 20; i++) {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(pair.getPublic());
            verifier.update(MESSAGE);
            assertThat(verifier.verify(key.sign(MESSAGE))).isTrue();
        }
    }

    @Test
    void a_new_one_signs_and_is_another_each_time() throws Exception {
        EcdsaPrivateKey key = EcdsaPrivateKey.generateP256(RANDOM);
        assertThat(key.publicKey().verify(MESSAGE, key.sign(MESSAGE))).isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        assertThat(EcdsaPrivateKey.generateP256(RANDOM).publicKey().id())
                .isNotEqualTo(key.publicKey().id());
    }

    @Test
    void two_signatures_over_one_message_differ() {
        EcdsaPrivateKey key = EcdsaPrivateKey.generateP256(RANDOM);
        assertThat(key.sign(MESSAGE)).isNotEqualTo(key.sign(MESSAGE));
    }

    @Test
    void a_secret_out_of_its_range_is_refused() throws Exception {
        BigInteger order =
                ((ECPrivateKey) pair("secp256r1").getPrivate()).getParams().getOrder();
        for (BigInteger secret : new BigInteger[] {BigInteger.ZERO, order, order.add(BigInteger.ONE)}) {
            var inner = new org.bouncycastle.asn1.sec.ECPrivateKey(264, secret);
            assertThatThrownBy(() -> EcdsaPrivateKey.of(info(SECObjectIdentifiers.secp256r1, inner), RANDOM))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("out of range");
        }
    }

    @Test
    void a_key_that_names_two_curves_is_refused() throws Exception {
        var inner = new org.bouncycastle.asn1.sec.ECPrivateKey(256, BigInteger.TEN, SECObjectIdentifiers.secp384r1);
        assertThatThrownBy(() -> EcdsaPrivateKey.of(info(SECObjectIdentifiers.secp256r1, inner), RANDOM))
                .hasMessageContaining("two curves");
    }

    @Test
    void another_curve_and_numbers_in_place_of_its_name_are_refused() throws Exception {
        var inner = new org.bouncycastle.asn1.sec.ECPrivateKey(256, BigInteger.TEN);
        for (ASN1Encodable parameters : new ASN1Encodable[] {SECObjectIdentifiers.secp256k1, new ASN1Integer(1)}) {
            assertThatThrownBy(() -> EcdsaPrivateKey.of(info(parameters, inner), RANDOM))
                    .hasMessageContaining("another curve");
        }
    }

    private static PrivateKeyInfo info(ASN1Encodable parameters, ASN1Encodable key) throws Exception {
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), key);
    }
}
