package dev.pratique.signer.http;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
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
public final class Retries {
    private static final int ATTEMPTS = 5;
    /**
     * Where nobody is there, or the name is unknown: a name server's hiccup and a server that starts anew are over soon, and
     * whoever mistyped the name waits for less than a second.
     */
    private static final int QUICK_ATTEMPTS = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    /** Busy or broken for the moment; what any other status says will be said again. */
    public static final Set<Integer> AGAIN = Set.of(408, 429, 500, 502, 503, 504);

    private static final Pause SLEEP = time -> Thread.sleep(time.toMillis());

    private final InstantSource clock;
    private final Pause waiting;

    /** Waits. */
    @FunctionalInterface
    public interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    public Retries(InstantSource clock) {
        this(clock, SLEEP);
    }

    public Retries(InstantSource clock, Pause waiting) {
        this.clock = clock;
        this.waiting = waiting;
    }

    /** One try. */
    @FunctionalInterface
    public interface Attempt {
        Answer make() throws IOException, Failure;
    }

    /**
     * The first answer that is worth no repetition, or the last one.
     *
     * @param who is asked, for people
     * @param again whether an answer is worth one
     * @throws IOException where the last attempt brought none
     * @throws Failure also where who is asked wants a longer pause than there is time for
     */
    public Answer run(String who, Instant deadline, Predicate<Answer> again, Attempt attempt)
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
                    throw tooLong(who, answer, asked.get());
                }
                if (number == ATTEMPTS || isPast(pause, deadline)) {
                    return answer;
                }
                // The others who were told the same shall not come back in the same instant.
                pause = asked.map(wish -> wish.plus(pause(FIRST_PAUSE))).orElse(pause);
            } catch (IOException e) {
                if (number >= attempts(e) || isPast(pause, deadline)) {
                    throw e;
                }
            }
            rest(waiting, pause);
        }
    }

    private static int attempts(IOException e) {
        if (e instanceof ConnectException || e instanceof UnknownHostException) {
            return QUICK_ATTEMPTS;
        }
        // A connection that breaks under TLS is an SSLException too, with what broke it behind.
        return e instanceof SSLException && !(e.getCause() instanceof IOException) ? 1 : ATTEMPTS;
    }

    private boolean isPast(Duration pause, Instant deadline) {
        return clock.instant().plus(pause).isAfter(deadline);
    }

    private static Failure tooLong(String who, Answer answer, Duration asked) {
        String wait = asked.compareTo(Duration.ofMinutes(2)) < 0
                ? asked.toSeconds() + " seconds"
                : (asked.toSeconds() + 59) / 60 + " minutes";
        return Failure.of(
                Kind.UNREACHABLE,
                who + " answered " + answer.status() + " and asks for a pause of " + wait
                        + ", longer than is waited here",
                "run it again after that; a login often has a larger share than a visitor without one");
    }

    /** RFC 9110 section 10.2.3: seconds, or a date, which is by the clock of who answers, and not by ours. */
    private Optional<Duration> retryAfter(Answer answer) {
        return answer.header("Retry-After").map(String::strip).flatMap(text -> {
            if (text.matches("[0-9]{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            try {
                Instant then = date(text);
                Instant now = answer.header("Date").flatMap(Retries::readable).orElseGet(clock::instant);
                Duration left = Duration.between(now, then);
                return Optional.of(left.isNegative() ? Duration.ZERO : left);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }

    private static Optional<Instant> readable(String date) {
        try {
            return Optional.of(date(date.strip()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }

    private static Duration backoff(int number) {
        return pause(FIRST_PAUSE.multipliedBy(1L << (number - 1)));
    }

    /** Half of it to one and a half. */
    public static Duration pause(Duration about) {
        long millis = Math.max(1, about.toMillis());
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    }

    /** Waits, outside of any retries. */
    public static void sleep(Duration pause) throws IOException {
        rest(SLEEP, pause);
    }

    private static void rest(Pause waiting, Duration pause) throws IOException {
        try {
            waiting.of(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Why there was no answer, in a clause. */
    public static String why(IOException e) {
        if (e instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        if (e instanceof UnknownHostException) {
            return "its name is unknown";
        }
        if (e instanceof ConnectException) {
            return "the connection was refused";
        }
        return e instanceof SSLException
                ? "no TLS connection can be made, or its certificate is not trusted"
                : "the connection broke";
    }
}
