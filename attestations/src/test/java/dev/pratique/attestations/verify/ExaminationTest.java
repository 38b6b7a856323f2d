package dev.pratique.attestations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.testing.Generator;
import org.junit.jupiter.api.Test;

class ExaminationTest {
    @Test
    void SIG_06_no_piece_takes_the_share_of_those_behind_it_and_all_of_them_end_at_the_limit() {
        for (Generator random : Generator.runs("shares", 500)) {
            Examination all = new Examination();
            int pieces = 1 + random.below(EvidenceLimits.MAX_ITEMS);
            int taken = 0;
            for (int left = pieces; left > 0; left--) {
                all.begin(left, 0);
                int ofThis = 0;
                while (random.chance(95)) {
                    int checks = 1 + random.below(12);
                    if (all.maySpend(checks)) {
                        ofThis += checks;
                    } else {
                        assertThat(all.cutShort()).as("%s", random).isTrue();
                        assertThat(ofThis + checks)
                                .as("%s", random)
                                .isGreaterThan(EvidenceLimits.MAX_SIGNATURE_CHECKS / pieces);
                        assertThat(all.maySpend(1)).as("%s", random).isFalse();
                        break;
                    }
                }
                taken += ofThis;
            }
            assertThat(taken).as("%s", random).isLessThanOrEqualTo(EvidenceLimits.MAX_SIGNATURE_CHECKS);
        }
    }

    @Test
    void SIG_06_every_piece_may_take_as_much_as_every_key_costs_while_there_is_so_much() {
        Examination all = new Examination();
        all.begin(EvidenceLimits.MAX_ITEMS, 100);
        assertThat(all.maySpend(100)).isTrue();
        assertThat(all.maySpend(1)).isFalse();
        all.begin(1, 100);
        assertThat(all.cutShort()).isFalse();
        assertThat(all.exhausted()).isTrue();
        assertThat(all.maySpend(EvidenceLimits.MAX_SIGNATURE_CHECKS - 100)).isTrue();
        assertThat(all.maySpend(1)).isFalse();
        all.begin(1, 100);
        assertThat(all.maySpend(1)).isFalse();
    }
}
