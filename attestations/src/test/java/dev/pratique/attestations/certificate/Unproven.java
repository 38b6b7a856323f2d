package dev.pratique.attestations.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** That a check refuses, and says why. */
final class Unproven {
    private Unproven() {}

    static void unproven(ThrowingCallable check, Rejection rejection, String saw) {
        assertThatThrownBy(check).isInstanceOfSatisfying(UnprovenException.class, e -> {
            assertThat(e.rejection()).as(e.saw()).isEqualTo(rejection);
            assertThat(e.saw()).contains(saw).matches("[ -~]+");
        });
    }
}
