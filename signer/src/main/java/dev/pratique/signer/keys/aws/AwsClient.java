package dev.pratique.signer.keys.aws;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

/** Asks a service of AWS, again where that may help. */
final class AwsClient {
    private static final Duration ALTOGETHER = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final Http http;
    private final InstantSource clock;
    private final Duration patience;
    private final Pause pause;

    /** Waits. */
    @FunctionalInterface
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** Makes the request, signed anew: a signature is good for minutes. */
    @FunctionalInterface
    interface Making {
        Call call(Instant now) throws Failure;
    }

    /** @param patience for one answer */
    AwsClient(Http http, InstantSource clock, Duration patience, Pause pause) {
        this.http = http;
        this.clock = clock;
        this.patience = patience;
        this.pause = pause;
    }

    InstantSource clock() {
        return clock;
    }

    /** One exchange, as it is. */
    Answer once(Call call, Duration limit) throws IOException {
        return http.send(call, limit);
    }

    /**
     * @param who is asked, for people
     * @param busy whether an answer says to come again
     * @return the last answer, whatever it says
     * @throws Failure where there is none
     */
    Answer ask(String who, Making making, Predicate<Answer> busy) throws Failure {
        Instant end = clock.instant().plus(ALTOGETHER);
        for (int attempt = 1; ; attempt++) {
            Duration rest;
            try {
                Answer answer = http.send(making.call(clock.instant()), patience);
                rest = wish(answer).orElse(backoff(attempt));
                if (!busy.test(answer) || attempt == ATTEMPTS || past(end, rest)) {
                    return answer;
                }
            } catch (IOException e) {
                rest = backoff(attempt);
                boolean hopeless = e instanceof SSLException || e instanceof ConnectException;
                if (hopeless || attempt == ATTEMPTS || past(end, rest)) {
                    throw unreachable(who, e);
                }
            }
            try {
                pause.of(rest);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unreachable(who, new IOException(e));
            }
        }
    }

    private boolean past(Instant end, Duration rest) {
        return clock.instant().plus(rest).isAfter(end);
    }

    private static Optional<Duration> wish(Answer answer) {
        return answer.header("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wish -> wish.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wish);
    }

    private static Duration backoff(int attempt) {
        long millis = 200L << (attempt - 1);
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    }

    static Failure unreachable(String who, IOException e) {
        String why = "the connection broke";
        if (e instanceof HttpTimeoutException) {
            why = "no answer in time";
        } else if (e.getCause() instanceof UnresolvedAddressException) {
            why = "its name is unknown";
        } else if (e instanceof ConnectException) {
            why = "the connection was refused";
        } else if (e instanceof SSLException) {
            why = "no TLS connection can be made, or its certificate is not trusted";
        }
        return Failure.of(
                        Kind.UNREACHABLE,
                        who + " cannot be reached: " + why,
                        "is the region or the endpoint right, and does the network let us? AWS_CA_BUNDLE names private"
                                + " authorities")
                .because(e);
    }
}
