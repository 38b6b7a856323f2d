package dev.pratique.attestations.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;

/** Says which of the three a verdict is, and why. */
public final class VerdictAssert {
    private VerdictAssert() {}

    /** {@code ADMITTED}, {@code UNDECIDED}, or the reason of the refusal. */
    public static String answer(Verdict verdict) {
        return verdict.fold(admitted -> "ADMITTED", refused -> refused.reason().name(), undecided -> "UNDECIDED");
    }

    public static void assertAdmitted(Verdict verdict) {
        assertThat(answer(verdict)).as("%s", verdict).isEqualTo("ADMITTED");
    }

    public static void assertRefused(Verdict verdict, RefusalReason reason) {
        assertThat(answer(verdict)).as("%s", verdict).isEqualTo(reason.name());
    }

    public static void assertUndecided(Verdict verdict) {
        assertThat(answer(verdict)).as("%s", verdict).isEqualTo("UNDECIDED");
    }
}
