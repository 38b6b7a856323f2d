package dev.pratique.attestations.key;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.TestKey;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifyDigestTest {
    private static final byte[] MESSAGE = utf8("what was signed");
    private static final byte[] OTHER = utf8("something else");

    private static SignatureAlgorithm algorithm(TestKey key, Scheme scheme, Hash hash) {
        return key.trusted().algorithms().stream()
                .filter(one -> one.scheme() == scheme && one.hash() == hash)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_digest_proves_what_its_message_proves() throws Exception {
        for (TestKey key : List.of(TestKey.A, TestKey.P384, TestKey.P521, TestKey.RSA)) {
            SignatureAlgorithm algorithm = key.trusted().defaultAlgorithm();
            provesOnlyItsOwn(key, algorithm, key.sign(MESSAGE));
        }
    }

    @Test
    void of_pss_and_of_prehashed_ed25519_too() throws Exception {
        SignatureAlgorithm pss = algorithm(TestKey.RSA, Scheme.RSA_PSS, Hash.SHA_384);
        provesOnlyItsOwn(TestKey.RSA, pss, TestKey.RSA.signPss("SHA-384", 48, MESSAGE));
        SignatureAlgorithm prehashed = algorithm(TestKey.ED25519, Scheme.ED25519_PH, Hash.SHA_512);
        provesOnlyItsOwn(TestKey.ED25519, prehashed, TestKey.ED25519.signPrehashed(MESSAGE));
    }

    private static void provesOnlyItsOwn(TestKey key, SignatureAlgorithm algorithm, byte[] signature) throws Exception {
        VerificationKey trusted = key.trusted();
        byte[] digest = algorithm.hash().of(MESSAGE);
        assertThat(trusted.verify(algorithm, MESSAGE, signature)).isEqualTo(Verified.BY_THIS_KEY);
        assertThat(trusted.verifyDigest(algorithm, digest, signature)).isEqualTo(Verified.BY_THIS_KEY);
        assertThat(trusted.verifyDigest(algorithm, algorithm.hash().of(OTHER), signature))
                .isEqualTo(Verified.NOT_BY_THIS_KEY);
        assertThatThrownBy(() -> trusted.verifyDigest(algorithm, Arrays.copyOf(digest, 20), signature))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("not as long as");
    }

    @Test
    void pure_ed25519_signs_no_digest() {
        VerificationKey key = TestKey.ED25519.trusted();
        byte[] signature = TestKey.ED25519.sign(MESSAGE);
        assertThatThrownBy(() -> key.verifyDigest(key.defaultAlgorithm(), Hash.SHA_512.of(MESSAGE), signature))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("cannot be checked by digest");
    }

    @Test
    void an_algorithm_of_another_kind_of_key_is_a_mistake_of_ours() {
        SignatureAlgorithm foreign = TestKey.RSA.trusted().defaultAlgorithm();
        assertThatThrownBy(() -> TestKey.A.trusted().verifyDigest(foreign, Hash.SHA_256.of(MESSAGE), new byte[70]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
