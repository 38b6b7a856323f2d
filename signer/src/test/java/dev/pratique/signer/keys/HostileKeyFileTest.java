package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.signer.Failure;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key files that are none, or that cost more than a key. */
class HostileKeyFileTest extends PrivateKeyFiles {
    /** CLI-05. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"N\":1073741824,\"r\":8,\"p\":1}",
                "{\"N\":65536,\"r\":8,\"p\":1000000}",
                "{\"N\":65536,\"r\":4194304,\"p\":1}",
                "{\"N\":9223372036854775807,\"r\":8,\"p\":1}"
            })
    void aKdfBombInCosignsFormatIsNotComputed(String params) throws Exception {
        assertThatThrownBy(() -> open(cosign(params, 24))).hasMessageContaining("which is not computed");
    }

    /** CLI-05. */
    @Test
    void damagedNumbersAreSaidToBeDamage() {
        assertThatThrownBy(() -> open(cosign("{\"N\":65536,\"r\":8,\"p\":1}", 12)))
                .hasMessageContaining("nonce");
        assertThatThrownBy(() -> open(cosign("{\"N\":65535,\"r\":8,\"p\":1}", 24)))
                .hasMessageContaining("no power of two");
        assertThatThrownBy(() -> open(cosign("{\"N\":-1,\"r\":8,\"p\":1}", 24))).hasMessageContaining("damaged");
    }

    /** CLI-05. */
    @Test
    void aKdfBombInPkcs8IsNotComputed() throws Exception {
        AlgorithmIdentifier prf = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        ASN1Encodable pbkdf2 = new PBKDF2Params(SALT, Integer.MAX_VALUE, 32, prf);
        assertThatThrownBy(() -> open(pkcs8(PKCSObjectIdentifiers.id_PBKDF2, pbkdf2)))
                .hasMessageContaining("which is not computed");
        ASN1Encodable scrypt = new ScryptParams(
                SALT, BigInteger.ONE.shiftLeft(62), BigInteger.valueOf(8), BigInteger.ONE, BigInteger.valueOf(32));
        assertThatThrownBy(() -> open(pkcs8(MiscObjectIdentifiers.id_scrypt, scrypt)))
                .hasMessageContaining("which is not computed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\ne30=\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\n"
            })
    void whatIsNoKeyIsRefusedInOurOwnWords(String content) {
        assertThatThrownBy(() -> open(content))
                .isInstanceOf(Failure.class)
                .message()
                .containsAnyOf("no private key in it", "damaged", "keys of this kind are not supported")
                .doesNotContain("Exception");
    }
}
