package dev.pratique.signer.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenPublicKeyTest {
    private static final byte[] NONE = {};

    private static byte[] der(ASN1Encodable value) throws Exception {
        return value.toASN1Primitive().getEncoded("DER");
    }

    private static byte[] bits(byte[] spki) {
        return SubjectPublicKeyInfo.getInstance(spki).getPublicKeyData().getOctets();
    }

    @ParameterizedTest
    @CsvSource({
        "secp256r1, 1.2.840.10045.3.1.7, ECDSA_P256",
        "secp384r1, 1.3.132.0.34, ECDSA_P384",
        "secp521r1, 1.3.132.0.35, ECDSA_P521"
    })
    void aPointIsReadWrappedAndBare(String curve, String id, VerificationKey.Type type) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        byte[] spki = generator.generateKeyPair().getPublic().getEncoded();
        byte[] point = bits(spki);
        byte[] named = der(new ASN1ObjectIdentifier(id));
        for (byte[] given : new byte[][] {point, der(new DEROctetString(point))}) {
            VerificationKey key = TokenPublicKey.of(NONE, NONE, named, given).orElseThrow();
            assertThat(key.type()).isEqualTo(type);
            assertThat(key.spki()).isEqualTo(spki);
        }
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, 1.2.840.10045.3.1.7, 63", "secp384r1, 1.3.132.0.34, 95"})
    void aBarePointIsReadThatBeginsAsAWrappedOneDoes(String curve, String id, int length) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        byte[] spki;
        do {
            spki = generator.generateKeyPair().getPublic().getEncoded();
        } while (bits(spki)[1] != length);
        byte[] point = bits(spki);
        byte[] named = der(new ASN1ObjectIdentifier(id));
        for (byte[] given : new byte[][] {point, der(new DEROctetString(point))}) {
            assertThat(TokenPublicKey.of(NONE, NONE, named, given).orElseThrow().spki())
                    .isEqualTo(spki);
        }
    }

    @Test
    void everyNameOfEd25519IsUnderstood() throws Exception {
        byte[] spki = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        byte[] point = bits(spki);
        for (ASN1Encodable name : new ASN1Encodable[] {
            new ASN1ObjectIdentifier("1.3.101.112"),
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11591.15.1"),
            new DERPrintableString("edwards25519")
        }) {
            for (byte[] given : new byte[][] {point, der(new DEROctetString(point))}) {
                assertThat(TokenPublicKey.of(NONE, NONE, der(name), given)
                                .orElseThrow()
                                .spki())
                        .isEqualTo(spki);
            }
        }
    }

    @Test
    void anRsaKeyIsReadWithAndWithoutLeadingZeros() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        byte[] signed = key.getModulus().toByteArray();
        byte[] bare = Arrays.copyOfRange(signed, 1, signed.length);
        for (byte[] modulus : new byte[][] {signed, bare}) {
            assertThat(TokenPublicKey.of(modulus, key.getPublicExponent().toByteArray(), NONE, NONE)
                            .orElseThrow()
                            .spki())
                    .isEqualTo(key.getEncoded());
        }
    }

    @Test
    void whatShowsNothingIsNoKey() throws Exception {
        assertThat(TokenPublicKey.of(NONE, NONE, NONE, NONE)).isEmpty();
        assertThat(TokenPublicKey.of(NONE, NONE, der(new ASN1ObjectIdentifier("1.3.132.0.34")), NONE))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64, 65, 66, 67})
    void garbageIsRefused(int length) throws Exception {
        byte[] named = der(new ASN1ObjectIdentifier("1.2.840.10045.3.1.7"));
        byte[] garbage = new byte[length];
        Arrays.fill(garbage, (byte) 4);
        assertThatThrownBy(() -> TokenPublicKey.of(NONE, NONE, named, garbage))
                .isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> TokenPublicKey.of(NONE, NONE, garbage, garbage))
                .isInstanceOf(MalformedEvidenceException.class);
    }
}
