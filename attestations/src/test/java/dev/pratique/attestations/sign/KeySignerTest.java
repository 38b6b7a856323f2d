package dev.pratique.attestations.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.key.VerificationKey;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.api.Test;

class KeySignerTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    @Test
    void signaturesOfEveryKindVerifyByTheAlgorithmThatTheSignerNames() throws Exception {
        KeyPair ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        for (KeyPair pair :
                new KeyPair[] {ec("secp256r1"), ec("secp384r1"), ec("secp521r1"), ed25519, rsa(2048), rsa(4096)}) {
            KeySigner signer = KeySigner.of(pair);
            VerificationKey key = VerificationKey.parseSpki(signer.publicKey());
            assertThat(signer.algorithm()).isEqualTo(key.defaultAlgorithm());
            assertThat(key.verify(signer.algorithm(), MESSAGE, signer.sign(MESSAGE)))
                    .isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        }
    }

    @Test
    void otherKeysAreRefused() throws Exception {
        KeyPair ed448 = KeyPairGenerator.getInstance("Ed448").generateKeyPair();
        assertThatThrownBy(() -> KeySigner.of(ed448)).isInstanceOf(SigningException.class);
        assertThatThrownBy(() -> KeySigner.of(rsa(1024)))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining("1024 bits");
    }

    @Test
    void halvesOfDifferentPairsSignNothing() throws Exception {
        KeyPair mixed = new KeyPair(ec("secp256r1").getPublic(), ec("secp256r1").getPrivate());
        assertThatThrownBy(() -> KeySigner.of(mixed).sign(MESSAGE))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining("does not belong");
    }

    /** CLI-08: a nonce that is used twice gives the key away, and shows as a repeated r. */
    @Test
    void noNonceIsUsedTwice() throws Exception {
        KeySigner signer = KeySigner.of(ec("secp256r1"));
        Set<Object> seen = new HashSet<>();
        int signatures = 10_000;
        for (int i = 0; i < signatures; i++) {
            seen.add(ASN1Sequence.getInstance(signer.sign(MESSAGE)).getObjectAt(0));
        }
        assertThat(seen).hasSize(signatures);
    }

    static KeyPair ec(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }
}
