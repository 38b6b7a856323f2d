package dev.pratique.attestations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.testing.Generator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckBudgetTest {
    private static final int ALL = EvidenceLimits.MAX_SIGNATURE_CHECKS;

    @Test
    void SIG_06_no_piece_takes_the_share_of_those_behind_it_and_all_of_them_end_at_the_limit() {
        for (Generator random : Generator.runs("shares", 500)) {
            CheckBudget budget = new CheckBudget();
            List<Integer> manifests = new ArrayList<>();
            int pieces = 0;
            do {
                manifests.add(1 + random.below(20));
                pieces += manifests.get(manifests.size() - 1);
            } while (random.chance(95) && pieces < EvidenceLimits.MAX_ITEMS);
            int least = random.below(80);
            int taken = 0;
            for (int manifest = 0; manifest < manifests.size(); manifest++) {
                budget.beginManifest(manifests.size() - manifest);
                for (int left = manifests.get(manifest); left > 0; left--) {
                    budget.beginPiece(left, least);
                    taken += spend(random, budget, least);
                }
            }
            assertThat(taken).as("%s", random).isLessThanOrEqualTo(ALL + pieces * least);
        }
    }

    /** As much as it takes; where that ends it had the least that it may have. */
    private static int spend(Generator random, CheckBudget budget, int least) {
        int taken = 0;
        while (random.chance(95)) {
            int checks = 1 + random.below(12);
            if (!budget.maySpend(checks)) {
                assertThat(budget.cutShort()).as("%s", random).isTrue();
                assertThat(taken + checks).as("%s", random).isGreaterThan(least);
                assertThat(budget.maySpend(1)).as("%s", random).isFalse();
                return taken;
            }
            taken += checks;
        }
        return taken;
    }

    @Test
    void SIG_06_each_manifest_has_as_much_as_any_whatever_those_before_it_took() {
        for (Generator random : Generator.runs("manifests", 200)) {
            CheckBudget budget = new CheckBudget();
            int manifests = 1 + random.below(EvidenceLimits.MAX_MANIFESTS);
            for (int left = manifests; left > 0; left--) {
                budget.beginManifest(left);
                int pieces = 1 + random.below(4);
                int taken = 0;
                for (int piece = pieces; piece > 0; piece--) {
                    budget.beginPiece(piece, 0);
                    while (budget.maySpend(1)) {
                        taken++;
                    }
                }
                assertThat(taken).as("%s", random).isGreaterThanOrEqualTo(ALL / manifests);
            }
        }
    }

    @Test
    void SIG_06_a_manifest_full_of_junk_takes_its_own_share_and_none_of_anothers() {
        CheckBudget budget = new CheckBudget();
        budget.beginManifest(2);
        for (int left = EvidenceLimits.MAX_ITEMS - 1; left > 0; left--) {
            budget.beginPiece(left, 0);
            while (budget.maySpend(1)) {}
        }
        budget.beginManifest(1);
        budget.beginPiece(1, 0);
        assertThat(budget.maySpend(ALL / 2)).isTrue();
        assertThat(budget.maySpend(1)).isFalse();
    }

    @Test
    void SIG_06_every_piece_may_take_as_much_as_a_usual_one_does_however_much_was_taken_before_it() {
        CheckBudget budget = new CheckBudget();
        budget.beginManifest(1);
        budget.beginPiece(1, 100);
        assertThat(budget.maySpend(ALL)).isTrue();
        assertThat(budget.maySpend(1)).isFalse();
        assertThat(budget.exhausted()).isTrue();
        budget.beginManifest(1);
        budget.beginPiece(1, 100);
        assertThat(budget.cutShort()).isFalse();
        assertThat(budget.maySpend(100)).isTrue();
        assertThat(budget.maySpend(1)).isFalse();
        assertThat(budget.cutShort()).isTrue();
    }

    @Test
    void what_costs_nothing_is_looked_at_when_nothing_is_left() {
        CheckBudget budget = new CheckBudget();
        budget.beginManifest(1);
        budget.beginPiece(1, 0);
        assertThat(budget.maySpend(ALL)).isTrue();
        assertThat(budget.maySpend(0)).isTrue();
        assertThat(budget.exhausted()).isFalse();
    }
}
