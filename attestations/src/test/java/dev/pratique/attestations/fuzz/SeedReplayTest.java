package dev.pratique.attestations.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.testing.Shared;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What fuzzers begin with goes through every parser in each build, cut and flipped a little; nightly they go on from there. */
class SeedReplayTest {

    @ParameterizedTest
    @EnumSource(FuzzTarget.class)
    void committed_seeds_and_what_is_left_of_them_come_to_an_answer(FuzzTarget target) {
        Map<String, byte[]> seeds = Seeds.committed(target);
        assertThat(seeds).as("src/test/resources/fuzz/" + target.id()).isNotEmpty();
        seeds.values().forEach(seed -> {
            target.take(seed);
            spoil(target, seed);
        });
    }

    // Cut at 64 places and flipped at 256, spread over all of it: what a fuzzer would do first.
    private static void spoil(FuzzTarget target, byte[] seed) {
        for (int i = 0; i < 64; i++) {
            target.take(Arrays.copyOf(seed, seed.length * i / 64));
        }
        for (int i = 0; i < 256; i++) {
            byte[] flipped = seed.clone();
            flipped[seed.length * i / 256] ^= (byte) (1 << (i % 8));
            target.take(flipped);
        }
    }

    private static boolean understood(FuzzTarget target, byte[] seed) {
        try {
            target.feed(seed);
            return true;
        } catch (UnprovenException e) {
            return true;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    @Test
    void every_parser_comes_to_an_answer_about_every_file_that_other_projects_recorded() {
        for (String folder : new String[] {"corpus", "samples"}) {
            Harvest harvest = Seeds.harvest(Shared.path(folder));
            for (FuzzTarget target : FuzzTarget.values()) {
                harvest.of(target).values().forEach(target::take);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FuzzTarget.class)
    void a_target_makes_something_of_at_least_one_of_its_seeds(FuzzTarget target) {
        assertThat(Seeds.committed(target).values())
                .as("of seeds that are all refused at once no fuzzer learns what comes after")
                .anyMatch(seed -> understood(target, seed));
    }
}
