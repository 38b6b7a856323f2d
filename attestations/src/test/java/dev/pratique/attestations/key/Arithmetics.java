package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.testing.TestKey;
import java.util.List;

/** Everything that ECDSA can be computed with here: the same answers are wanted of each. */
enum Arithmetics {
    JAVA(JavaEcdsa.INSTANCE),
    NATIVE(ProviderEcdsa.by(AmazonCorrettoCryptoProvider.INSTANCE).orElseThrow());

    private final EcdsaArithmetic arithmetic;

    Arithmetics(EcdsaArithmetic arithmetic) {
        this.arithmetic = arithmetic;
    }

    EcdsaArithmetic arithmetic() {
        return arithmetic;
    }

    VerificationKey key(byte[] spki) throws MalformedEvidenceException {
        return VerificationKey.parseSpki(spki, arithmetic);
    }

    VerificationKey key(TestKey key) {
        try {
            return key(key.spki());
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    static List<Arithmetics> all() {
        assertThat(AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError()).isNull();
        return List.of(values());
    }
}
