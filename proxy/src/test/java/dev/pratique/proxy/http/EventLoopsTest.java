package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.upstream.Transport;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
    private final Transport transport = Transport.nio(1, "watched");
    private final AtomicInteger missed = new AtomicInteger();
    private EventLoops loops = watched(Duration.ofMillis(20));

    // The warning itself is not due within the test.
    private EventLoops watched(Duration late) {
        return new EventLoops(transport, late, Duration.ofMillis(50), System::nanoTime, missed::incrementAndGet);
    }

    @AfterEach
    void close() {
        loops.close();
        transport.group().shutdownGracefully();
    }

    @Test
    void counts_nothing_while_the_loop_answers() throws Exception {
        loops.close();
        missed.set(0);
        loops = watched(Duration.ofMinutes(1));
        Thread.sleep(200);
        assertThat(missed).hasValue(0);
    }

    @Test
    void counts_the_heartbeats_that_a_blocked_loop_misses() {
        int before = missed.get();
        CountDownLatch free = new CountDownLatch(1);
        transport.group().execute(() -> {
            try {
                free.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().untilAsserted(() -> assertThat(missed.get()).isGreaterThanOrEqualTo(before + 2));
        free.countDown();
    }

    @Test
    void forbids_to_wait_on_an_event_loop_and_nowhere_else() {
        loops.forbidBlocking();
        assertThatThrownBy(() -> transport.group().submit(loops::forbidBlocking).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
