package dev.pratique.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.Answers;
import dev.pratique.proxy.admission.PullAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionLogTest {
    private volatile Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicLong dropped = new AtomicLong();
    private final LineSink sink = new LineSink() {
        @Override
        public void write(List<byte[]> more) {
            more.forEach(line -> lines.add(new String(line, StandardCharsets.UTF_8)));
        }

        @Override
        public void close() {}
    };

    private static PullAnswer pass(String client) {
        return Answers.pass(Answers.request(client, "1.0"));
    }

    private void awaitLines(int count) {
        Awaitility.await().untilAsserted(() -> assertThat(lines).hasSize(count));
    }

    private static JsonObject json(String line) throws Exception {
        return StrictJson.parseObject(line.getBytes(StandardCharsets.UTF_8), "line", 1 << 16);
    }

    @Test
    void writes_the_first_and_counts_the_rest_until_the_window_ends() throws Exception {
        try (DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet)) {
            assertThat(log.record(pass("10.0.0.1")).first()).isTrue();
            for (int i = 0; i < 41; i++) {
                DecisionLog.Recorded again = log.record(pass("10.0.0.1"));
                assertThat(again.first()).isFalse();
                again.carried(100);
            }
            awaitLines(1);
            assertThat(lines.get(0))
                    .isEqualTo("{\"time\":\"2026-11-21T10:00:00Z\",\"client\":\"10.0.0.1\",\"environment\":\"default\","
                            + "\"kind\":\"manifest\",\"repository\":\"up.example/acme/app\",\"reference\":\"1.0\","
                            + "\"digest\":\"" + Answers.DIGEST + "\",\"answer\":\"admitted\","
                            + "\"rule\":\"acme applications\",\"revision\":\"0123456789ab\",\"cached\":false}");

            now = now.plus(DecisionLog.WINDOW).minusMillis(1);
            log.sweep();
            assertThat(log.open()).isEqualTo(1);
            now = now.plusMillis(1);
            awaitLines(2);
            JsonObject second = json(lines.get(1));
            assertThat(second.get("repeats").asSize("repeats")).isEqualTo(41);
            assertThat(second.get("bytes").asSize("bytes")).isEqualTo(4100);
            assertThat(second.getString("time")).isEqualTo("2026-11-21T10:10:00Z");

            assertThat(log.record(pass("10.0.0.1")).first()).isTrue();
            awaitLines(3);
        }
        assertThat(lines).hasSize(3); // no repeats, nothing to add
        assertThat(dropped).hasValue(0);
    }

    @Test
    void tells_apart_what_differs_in_client_tag_answer_or_reason() {
        try (DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet)) {
            log.record(pass("10.0.0.1"));
            log.record(pass("10.0.0.2"));
            log.record(Answers.pass(Answers.request("10.0.0.1", "2.0")));
            log.record(Answers.pass(Answers.request("10.0.0.1", "1.0"), "deprecated"));
            log.record(Answers.refuse(Answers.request("10.0.0.1", "1.0"), RefusalReason.UNSIGNED, "nothing"));
            log.record(Answers.defer(Answers.request("10.0.0.1", "1.0"), Verdict.Cause.POOL_FULL));
            log.record(Answers.refuse(Answers.request("10.0.0.1", "1.0"), RefusalReason.OTHER_SUBJECT, "nothing"));
            log.record(pass("10.0.0.1"));
            assertThat(log.open()).isEqualTo(7);
        }
        assertThat(lines).hasSize(8);
        assertThat(lines.get(3)).contains("\"answer\":\"warned\"").contains("\"warnings\":[\"deprecated\"]");
        assertThat(lines.get(4)).contains("\"answer\":\"refused\",\"reason\":\"UNSIGNED\"");
        assertThat(lines.get(5)).contains("\"answer\":\"undecided\",\"reason\":\"POOL_FULL\"");
        assertThat(lines.get(6)).contains("\"reason\":\"OTHER_SUBJECT\"");
        assertThat(lines.get(7)).contains("\"repeats\":1,\"bytes\":0");
    }

    @Test
    void says_what_a_rule_in_warn_mode_would_have_refused() {
        try (DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet)) {
            log.record(Answers.pass(
                    Answers.request("10.0.0.1", "1.0"),
                    Admission.Confirmation.CURRENT,
                    Optional.of(RefusalReason.UNSIGNED),
                    "would be refused"));
        }
        assertThat(lines.get(0)).contains("\"answer\":\"warned\",\"reason\":\"UNSIGNED\"");
    }

    @Test
    void writes_what_it_counted_when_it_is_closed() {
        DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet);
        log.record(pass("10.0.0.1")).carried(7);
        log.record(pass("10.0.0.1")).carried(3);
        log.close();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).endsWith("\"repeats\":1,\"bytes\":10}");
    }

    @Test
    void bytes_of_a_transfer_that_outlives_its_window_are_not_lost() {
        try (DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet)) {
            DecisionLog.Recorded slow = log.record(pass("10.0.0.1"));
            now = now.plus(DecisionLog.WINDOW);
            Awaitility.await().until(() -> log.open() == 0);
            slow.carried(1 << 20);
            awaitLines(2);
            assertThat(lines.get(1)).endsWith("\"repeats\":0,\"bytes\":1048576}");
        }
    }

    @Test
    void ends_the_oldest_windows_early_where_there_are_too_many() {
        try (DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet, 2)) {
            for (int i = 0; i < 5; i++) {
                log.record(pass("10.0.0." + i));
                log.record(pass("10.0.0." + i));
            }
            Awaitility.await().until(() -> log.open() == 2);
            awaitLines(8);
        }
        assertThat(lines.stream().filter(line -> line.contains("\"repeats\":1")))
                .hasSize(5);
    }

    @Test
    void loses_no_repeat_under_contention() throws Exception {
        int threads = 8;
        int each = 20_000;
        ExecutorService pullers = Executors.newFixedThreadPool(threads);
        try (DecisionLog log = new DecisionLog(sink, () -> now, dropped::addAndGet)) {
            for (int t = 0; t < threads; t++) {
                pullers.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        log.record(pass("10.0.0.1")).carried(1);
                        if (i % 5000 == 0) {
                            now = now.plus(Duration.ofMinutes(11));
                        }
                    }
                });
            }
            pullers.shutdown();
            assertThat(pullers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        long decisions = 0;
        long bytes = 0;
        for (String line : lines) {
            JsonObject json = json(line);
            boolean flushed = json.find("repeats").isPresent();
            decisions += flushed ? json.get("repeats").asSize("repeats") : 1;
            bytes += flushed ? json.get("bytes").asSize("bytes") : 0;
        }
        assertThat(decisions).isEqualTo((long) threads * each);
        assertThat(bytes).isEqualTo((long) threads * each);
    }

    @Test
    void never_waits_for_a_disk_that_stands_still_and_counts_what_it_drops() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        LineSink standing = new LineSink() {
            @Override
            public void write(List<byte[]> more) throws java.io.IOException {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    throw new java.io.IOException(e);
                }
            }

            @Override
            public void close() {}
        };
        DecisionLog log = new DecisionLog(standing, () -> now, dropped::addAndGet);
        for (int i = 0; i < 70_000; i++) {
            log.record(pass("client-" + i));
        }
        assertThat(dropped.get()).isPositive();
        stuck.countDown();
        log.close();
    }

    @Test
    void appends_to_a_private_file_and_follows_when_it_is_moved_away(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("decisions.log");
        try (DecisionLog log = new DecisionLog(new LogFile(file), () -> now, dropped::addAndGet)) {
            log.record(pass("10.0.0.1"));
            Awaitility.await().until(() -> Files.readAllLines(file).size() == 1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
            Path rotated = directory.resolve("decisions.log.1");
            Files.move(file, rotated);
            log.record(pass("10.0.0.2"));
            Awaitility.await()
                    .until(() -> Files.exists(file) && Files.readAllLines(file).size() == 1);
            assertThat(Files.readAllLines(rotated)).hasSize(1);
        }
        List<String> kept = new ArrayList<>(Files.readAllLines(file));
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0)).contains("10.0.0.2");
    }
}
