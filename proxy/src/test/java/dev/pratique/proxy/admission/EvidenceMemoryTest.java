package dev.pratique.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EvidenceMemoryTest {
    private final EvidenceMemory memory = new EvidenceMemory(100);

    @Test
    @DisplayName("RES-01: images with much evidence at once share a part of the heap, and get no more")
    void what_is_held_by_one_judge_is_not_there_for_another() {
        try (EvidenceMemory.Share one = memory.share();
                EvidenceMemory.Share other = memory.share()) {
            assertThat(one.take(60)).isTrue();
            assertThat(other.take(41)).isFalse();
            assertThat(other.take(40)).isTrue();
            assertThat(one.take(1)).isFalse();
        }
        try (EvidenceMemory.Share again = memory.share()) {
            assertThat(again.take(100)).isTrue();
        }
    }

    @Test
    void one_image_alone_gets_what_its_limits_allow_however_small_the_heap() {
        try (EvidenceMemory.Share alone = memory.share();
                EvidenceMemory.Share other = memory.share()) {
            assertThat(alone.take(500)).isTrue();
            assertThat(alone.take(500)).isTrue();
            assertThat(other.take(1)).isFalse();
        }
    }

    @Test
    void many_judges_never_hold_more_than_the_limit_together() throws Exception {
        ExecutorService judges = Executors.newFixedThreadPool(8);
        AtomicLong held = new AtomicLong();
        List<Future<Boolean>> ends = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ends.add(judges.submit(() -> {
                boolean within = true;
                for (int round = 0; round < 20_000; round++) {
                    try (EvidenceMemory.Share share = memory.share()) {
                        if (share.take(30)) {
                            within &= held.addAndGet(30) <= 100;
                            held.addAndGet(-30);
                        }
                    }
                }
                return within;
            }));
        }
        for (Future<Boolean> end : ends) {
            assertThat(end.get()).isTrue();
        }
        judges.shutdown();
        try (EvidenceMemory.Share all = memory.share();
                EvidenceMemory.Share other = memory.share()) {
            assertThat(other.take(1)).isTrue();
            assertThat(all.take(99)).isTrue();
        }
    }
}
