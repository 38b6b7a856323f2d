package dev.pratique.signer.keys.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvenSignerTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    private KeySigner own;

    @BeforeEach
    void make() throws Exception {
        own = KeySigner.of(pair());
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    @FunctionalInterface
    private interface Signing {
        byte[] sign(byte[] message) throws Failure;
    }

    private ProvenSigner signer(Signing signing) throws Exception {
        VerificationKey shown = VerificationKey.parseSpki(own.publicKey());
        return new ProvenSigner(new RemoteKey() {
            @Override
            public VerificationKey publicKey() {
                return shown;
            }

            @Override
            public String name() {
                return "the key 'ci'";
            }

            @Override
            public byte[] sign(byte[] message) throws Failure {
                return signing.sign(message);
            }
        });
    }

    private static byte[] by(KeySigner signer, byte[] message) throws Failure {
        try {
            return signer.sign(message);
        } catch (SigningException e) {
            throw Failure.of(e);
        }
    }

    @Test
    void givesOutWhatTheShownKeyProves() throws Exception {
        ProvenSigner signer = signer(message -> by(own, message));
        assertThat(VerificationKey.parseSpki(signer.publicKey()).verify(MESSAGE, signer.sign(MESSAGE)))
                .isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        assertThat(signer.algorithm().name()).isEqualTo("ecdsa-sha2-256-nistp256");
    }

    @Test
    void keepsBackEverythingElse() throws Exception {
        KeySigner other = KeySigner.of(pair());
        for (Signing lie : new Signing[] {
            message -> by(other, message),
            message -> by(own, new byte[] {9}),
            message -> new byte[0],
            message -> new byte[64]
        }) {
            Failure failure = Failure.of(catchThrowableOfType(
                    SigningException.class, () -> signer(lie).sign(MESSAGE)));
            assertThat(failure.kind()).isEqualTo(Kind.FAILED);
            assertThat(failure.what())
                    .isEqualTo("the key 'ci' gave a signature that its public key does not verify; it is thrown away");
        }
    }

    @Test
    void aFailureKeepsItsKindAndHint() throws Exception {
        ProvenSigner signer = signer(message -> {
            throw Failure.of(Kind.UNREACHABLE, "gone", "come again");
        });
        Failure failure = Failure.of(catchThrowableOfType(SigningException.class, () -> signer.sign(MESSAGE)));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.hint()).contains("come again");
    }
}
