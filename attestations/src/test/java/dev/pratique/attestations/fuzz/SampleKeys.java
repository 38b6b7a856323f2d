package dev.pratique.attestations.fuzz;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.TestKey;
import java.util.List;

/** One public key of each kind, of nobody. */
final class SampleKeys {
    private static final List<VerificationKey> ALL = List.of(
            TestKey.A.trusted(),
            TestKey.P384.trusted(),
            TestKey.P521.trusted(),
            TestKey.RSA.trusted(),
            TestKey.ED25519.trusted());

    private SampleKeys() {}

    static List<VerificationKey> all() {
        return ALL;
    }
}
