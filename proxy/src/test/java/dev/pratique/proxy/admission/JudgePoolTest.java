package dev.pratique.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JudgePoolTest {
    @Test
    void takes_as_many_cases_as_there_are_judges_where_none_may_wait() {
        CountDownLatch over = new CountDownLatch(1);
        try (JudgePool pool = new JudgePool(2, 0)) {
            assertThat(pool.submit(() -> await(over))).isTrue();
            assertThat(pool.submit(() -> await(over))).isTrue();
            assertThat(pool.submit(() -> {})).isFalse();
            over.countDown();
        }
    }

    private static void await(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
