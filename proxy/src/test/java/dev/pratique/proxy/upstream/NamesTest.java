package dev.pratique.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NamesTest {
    private final ExecutorService blocking = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        blocking.shutdownNow();
    }

    @Test
    @DisplayName("UPS-09: a name server that hangs holds few threads, however many wait for it")
    void few_look_ups_at_once_and_one_a_name() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Names names = new Names(blocking, host -> {
            asked.incrementAndGet();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
        CompletableFuture<List<InetAddress>> first = names.addresses("host-0");
        for (int i = 0; i < 1000; i++) {
            assertThat(names.addresses("host-0")).isSameAs(first);
        }
        for (int i = 1; i < Names.MAX_FLIGHTS; i++) {
            assertThat(names.addresses("host-" + i)).isNotDone();
        }
        assertThatThrownBy(() -> names.addresses("one-more").join())
                .hasCauseInstanceOf(RejectedExecutionException.class);
        answer.countDown();
        assertThat(first.join()).containsExactly(InetAddress.getLoopbackAddress());
        for (int i = 1; i < Names.MAX_FLIGHTS; i++) {
            names.addresses("host-" + i).join();
        }
        assertThat(asked).hasValueGreaterThanOrEqualTo(Names.MAX_FLIGHTS);
        assertThat(names.addresses("one-more").join()).hasSize(1);
    }

    @Test
    void an_unknown_name_fails_and_is_asked_again() {
        AtomicInteger asked = new AtomicInteger();
        Names names = new Names(blocking, host -> {
            asked.incrementAndGet();
            throw new UnknownHostException(host);
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> names.addresses("none.example").join())
                    .hasCauseInstanceOf(UnknownHostException.class);
        }
        assertThat(asked).hasValue(2);
    }
}
