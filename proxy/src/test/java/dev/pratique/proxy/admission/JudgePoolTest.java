package dev.pratique.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JudgePoolTest {
    @Test
    void takes_no_more_than_it_can_where_none_may_wait() {
        CountDownLatch over = new CountDownLatch(1);
        try (JudgePool pool = new JudgePool(2, 0)) {
            assertThat(pool.submit("a", () -> await(over))).isTrue();
            assertThat(pool.submit("a", () -> {})).isFalse();
            assertThat(pool.submit("b", () -> await(over))).isTrue();
            assertThat(pool.submit("b", () -> {})).isFalse();
            assertThat(pool.submit("c", () -> {})).isFalse();
            over.countDown();
        }
    }

    @Test
    @DisplayName("UPS-09: upstreams that hang leave a judge and a place to wait to the others")
    void no_sharer_takes_all_of_it() {
        CountDownLatch over = new CountDownLatch(1);
        try (JudgePool pool = new JudgePool(16, 64)) {
            for (String hanging : new String[] {"first", "second", "third"}) {
                for (int i = 0; i < 500; i++) {
                    pool.submit(hanging, () -> await(over));
                }
            }
            assertThat(pool.active()).isEqualTo(8 + 4 + 2);
            assertThat(pool.waiting()).isEqualTo(32 + 16 + 8);
            CountDownLatch judged = new CountDownLatch(5);
            for (int i = 0; i < 5; i++) {
                assertThat(pool.submit("healthy", judged::countDown)).isTrue();
            }
            await(judged);
            over.countDown();
        }
    }

    @Test
    void does_all_that_it_took_in_turn() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        List<String> done = new CopyOnWriteArrayList<>();
        JudgePool pool = new JudgePool(1, 100);
        pool.submit("busy", () -> {
            begun.countDown();
            await(over);
        });
        await(begun);
        for (int i = 0; i < 3; i++) {
            for (String sharer : new String[] {"a", "b"}) {
                assertThat(pool.submit(sharer, () -> done.add(sharer))).isTrue();
            }
        }
        CountDownLatch last = new CountDownLatch(1);
        pool.submit("c", last::countDown);
        over.countDown();
        await(last);
        pool.close();
        assertThat(done).hasSize(6).startsWith("a", "b");
        assertThat(pool.active() + pool.waiting()).isZero();
    }

    @Test
    void a_fault_in_the_work_keeps_no_judge() throws Exception {
        try (JudgePool pool = new JudgePool(1, 8)) {
            CountDownLatch after = new CountDownLatch(1);
            pool.submit("a", () -> {
                throw new IllegalStateException("thrown by the test");
            });
            pool.submit("a", after::countDown);
            assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
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
