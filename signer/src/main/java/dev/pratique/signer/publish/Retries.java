package dev.pratique.signer.publish;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

/** Tries again where that may help, with growing pauses that no two clients share. Thread safe. */
final class Retries {
    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    /** Busy or broken for the moment; what any other status says will be said again. */
    static final Set<Integer> AGAIN = Set.of(408, 429, 500, 502, 503, 504);

    private final InstantSource clock;

    Retries(InstantSource clock) {
        this.clock = clock;
    }

    /** One try. */
    @FunctionalInterface
    interface Attempt {
        Answer make() throws IOException, Failure;
    }

    /**
     * The first answer that is worth no repetition, or the last one.
     *
     * @param registry in messages
     * @param again whether an answer is worth one
     * @throws IOException where the last attempt brought none
     * @throws Failure also where the registry asks for a longer pause than there is time
     */
    Answer run(String registry, Instant deadline, Predicate<Answer> again, Attempt attempt)
            throws IOException, Failure {
        for (int number = 1; ; number++) {
            Duration pause = backoff(number);
            try {
                Answer answer = attempt.make();
                if (!again.test(answer)) {
                    return answer;
                }
                Optional<Duration> asked = retryAfter(answer);
                if (asked.isPresent() && isPast(asked.get(), deadline)) {
                    throw tooLong(registry, answer, asked.get());
                }
                if (number == ATTEMPTS || isPast(pause, deadline)) {
                    return answer;
                }
                // The others who were told the same shall not come back in the same instant.
                pause = asked.map(wish -> wish.plus(pause(FIRST_PAUSE))).orElse(pause);
            } catch (IOException e) {
                if (number == ATTEMPTS || isHopeless(e) || isPast(pause, deadline)) {
                    throw e;
                }
            }
            sleep(pause);
        }
    }

    private static boolean isHopeless(IOException e) {
        // A connection that breaks under TLS is an SSLException too, with what broke it behind.
        return e instanceof ConnectException || e instanceof SSLException && !(e.getCause() instanceof IOException);
    }

    private boolean isPast(Duration pause, Instant deadline) {
        return clock.instant().plus(pause).isAfter(deadline);
    }

    private static Failure tooLong(String registry, Answer answer, Duration asked) {
        String wait = asked.compareTo(Duration.ofMinutes(2)) < 0
                ? asked.toSeconds() + " seconds"
                : (asked.toSeconds() + 59) / 60 + " minutes";
        return Failure.of(
                Kind.UNREACHABLE,
                "registry " + registry + " answered " + answer.status() + " and asks for a pause of " + wait
                        + ", longer than is waited here",
                "run it again after that; a login often has a larger share than a visitor without one");
    }

    /** RFC 9110 section 10.2.3: seconds, or a date. */
    private Optional<Duration> retryAfter(Answer answer) {
        return answer.header("Retry-After").map(String::strip).flatMap(text -> {
            if (text.matches("[0-9]{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            try {
                Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                Duration left = Duration.between(clock.instant(), then);
                return Optional.of(left.isNegative() ? Duration.ZERO : left);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }

    private static Duration backoff(int number) {
        return pause(FIRST_PAUSE.multipliedBy(1L << (number - 1)));
    }

    /** Half of it to one and a half. */
    static Duration pause(Duration about) {
        long millis = Math.max(1, about.toMillis());
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    }

    static void sleep(Duration pause) throws IOException {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
