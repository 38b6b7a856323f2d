package dev.pratique.attestations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.TestKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the look at a signature costs, and that what costs nothing is no signature by the key. */
class SignedMessageTest {
    private static final List<TestKey> CURVES = List.of(TestKey.A, TestKey.P384, TestKey.P521);
    private static final List<TestKey> KEYS =
            List.of(TestKey.A, TestKey.P384, TestKey.P521, TestKey.ED25519, TestKey.RSA);
    private static final byte[] TEXT = {1, 2, 3};
    private static final byte[] LONG = new byte[3 * EvidenceLimits.BYTES_PER_CHECK];

    private static SignatureAlgorithm way(VerificationKey key) {
        return key.defaultAlgorithm();
    }

    @Test
    void a_signature_by_such_a_key_costs_what_the_key_does_and_one_of_a_wrong_length_nothing() throws Exception {
        SignedMessage message = SignedMessage.of(TEXT);
        for (TestKey one : KEYS) {
            VerificationKey key = one.trusted();
            assertThat(message.cost(key, way(key), one.sign(TEXT))).isEqualTo(key.cost());
            assertThat(message.signedBy(key, way(key), one.sign(TEXT))).isEqualTo(Verified.BY_THIS_KEY);
            for (int length : new int[] {0, 1, 63, 65, 255, 257, 5000}) {
                byte[] wrong = new byte[length];
                assertThat(message.cost(key, way(key), wrong)).isZero();
                assertThat(message.signedBy(key, way(key), wrong)).isEqualTo(Verified.NOT_BY_THIS_KEY);
            }
        }
    }

    @Test
    void a_signature_by_another_kind_of_key_costs_nothing() throws Exception {
        SignedMessage message = SignedMessage.of(TEXT);
        for (TestKey one : KEYS) {
            VerificationKey key = one.trusted();
            for (TestKey other : KEYS) {
                boolean curves = CURVES.contains(one) && CURVES.contains(other);
                if (one != other && !curves) {
                    assertThat(message.cost(key, way(key), other.sign(TEXT))).isZero();
                    assertThat(message.signedBy(key, way(key), other.sign(TEXT)))
                            .isEqualTo(Verified.NOT_BY_THIS_KEY);
                }
            }
        }
        // Larger numbers than the curve has.
        VerificationKey small = TestKey.A.trusted();
        assertThat(message.cost(small, way(small), TestKey.P521.sign(TEXT))).isZero();
    }

    @Test
    void a_long_message_is_hashed_once_for_all_keys_that_sign_its_hash() throws Exception {
        SignedMessage message = SignedMessage.of(LONG);
        VerificationKey first = TestKey.A.trusted();
        VerificationKey second = TestKey.B.trusted();
        byte[] signature = TestKey.B.sign(LONG);
        assertThat(message.cost(first, way(first), signature)).isEqualTo(first.cost() + 3);
        assertThat(message.signedBy(first, way(first), signature)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        assertThat(message.cost(second, way(second), signature)).isEqualTo(second.cost());
        assertThat(message.signedBy(second, way(second), signature)).isEqualTo(Verified.BY_THIS_KEY);
        // Another hash is another look at all of it, and pure Ed25519 looks at all of it each time.
        VerificationKey larger = TestKey.P384.trusted();
        byte[] byLarger = TestKey.P384.sign(LONG);
        assertThat(message.cost(larger, way(larger), byLarger)).isEqualTo(larger.cost() + 3);
        assertThat(message.signedBy(larger, way(larger), byLarger)).isEqualTo(Verified.BY_THIS_KEY);
        VerificationKey edwards = TestKey.ED25519.trusted();
        byte[] byEdwards = TestKey.ED25519.sign(LONG);
        for (int i = 0; i < 2; i++) {
            assertThat(message.cost(edwards, way(edwards), byEdwards)).isEqualTo(edwards.cost() + 3);
            assertThat(message.signedBy(edwards, way(edwards), byEdwards)).isEqualTo(Verified.BY_THIS_KEY);
        }
    }
}
