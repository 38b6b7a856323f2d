package dev.pratique.signer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.signer.http.Http.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How often, and for how long, what brings no answer is tried. */
class RetriesTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    private static final Answer FINE = new Answer(URI.create("http://a.example/"), 200, Map.of(), new byte[0], true);

    @TempDir
    private Path directory;

    private final List<Duration> pauses = new ArrayList<>();

    static Stream<Arguments> troubles() {
        Supplier<IOException> unknown = () -> new UnknownHostException("registry.example");
        Supplier<IOException> refused = () -> new ConnectException("refused");
        Supplier<IOException> broken = () -> new IOException("broken");
        Supplier<IOException> untrusted = () -> new SSLHandshakeException("untrusted");
        return Stream.of(
                Arguments.of("a name that is unknown", unknown, 3),
                Arguments.of("a connection that is refused", refused, 3),
                Arguments.of("a connection that breaks", broken, 5),
                Arguments.of("a certificate that is not trusted", untrusted, 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void what_stays_is_tried_so_often(String name, Supplier<IOException> trouble, int attempts) {
        AtomicInteger made = new AtomicInteger();
        assertThatThrownBy(() -> run(() -> {
                    made.incrementAndGet();
                    throw trouble.get();
                }))
                .hasSameClassAs(trouble.get());
        assertThat(made).hasValue(attempts);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void what_is_over_the_last_time_is_no_failure(String name, Supplier<IOException> trouble, int attempts)
            throws Exception {
        AtomicInteger made = new AtomicInteger();
        Answer answer = run(() -> {
            if (made.incrementAndGet() < attempts) {
                throw trouble.get();
            }
            return FINE;
        });
        assertThat(answer).isSameAs(FINE);
    }

    @Test
    void whoever_mistyped_a_name_waits_for_less_than_a_second() {
        assertThatThrownBy(() -> run(() -> {
                    throw new UnknownHostException("registry.exmaple");
                }))
                .isInstanceOf(UnknownHostException.class);
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isLessThan(Duration.ofSeconds(1));
    }

    /** Who is told a date is told it by the other's clock: ours may be an hour off. */
    @ParameterizedTest
    @ValueSource(strings = {"PT-1H", "PT0S", "PT1H"})
    void a_pause_until_a_date_is_by_the_clock_of_who_asks_for_it(Duration off) throws Exception {
        ZonedDateTime theirs = CLOCK.instant().plus(off).atZone(ZoneOffset.UTC);
        Answer busy = new Answer(
                FINE.uri(),
                503,
                Map.of(
                        "Date", List.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(theirs)),
                        "Retry-After", List.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(theirs.plusSeconds(7)))),
                new byte[0],
                true);
        AtomicInteger made = new AtomicInteger();
        Answer answer = new Retries(CLOCK, pauses::add)
                .run(
                        "a",
                        CLOCK.instant().plus(Duration.ofMinutes(2)),
                        one -> one.status() == 503,
                        () -> made.incrementAndGet() == 1 ? busy : FINE);
        assertThat(answer).isSameAs(FINE);
        assertThat(pauses)
                .singleElement()
                .satisfies(pause -> assertThat(pause).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(9)));
    }

    /** Without telling the JDK otherwise it would not look a second time. */
    @Test
    void a_name_that_is_known_a_moment_later_is_found() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 other.example\n");
        ProcessBuilder process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-Djdk.net.hosts.file=" + hosts,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LateName.class.getName(),
                        hosts.toString())
                .redirectErrorStream(true);
        process.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")); // Java says them
        Process started = process.start();
        assertThat(new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("204 after 1 pause\n");
        assertThat(started.waitFor()).isZero();
    }

    private Answer run(Retries.Attempt attempt) throws Exception {
        return new Retries(CLOCK, pauses::add)
                .run("a", CLOCK.instant().plus(Duration.ofMinutes(2)), answer -> false, attempt);
    }
}
