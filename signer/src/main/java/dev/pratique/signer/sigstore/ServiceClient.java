package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.StrictJson;
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
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/** Speaks to Sigstore's services: asks again where that may help, and says what went wrong. Blocking; thread safe. */
public final class ServiceClient {
    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Set<Integer> AGAIN = Set.of(408, 429, 500, 502, 503, 504);
    /** What a service says went wrong is a line or two. */
    private static final int MAX_MESSAGE = 200;

    private final Http http;
    private final InstantSource clock;
    private final Duration patience;

    /**
     * @param patience for one answer, repetitions included; rekor-tiles, CLIENTS.md: "Clients need to increase request timeouts
     *     when creating entries to at least 20 seconds"
     */
    public ServiceClient(Http http, InstantSource clock, Duration patience) {
        this.http = http;
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * Sends it, several times where the service is busy: what these services are asked for they may be asked for twice.
     *
     * @return the whole answer, whatever its status
     * @throws Failure where there is none in time
     */
    Answer send(Service service, Call call) throws Failure {
        Instant deadline = clock.instant().plus(patience);
        for (int attempt = 1; ; attempt++) {
            Duration pause = backoff(attempt);
            try {
                Answer answer = http.send(call, left(deadline));
                if (!answer.complete()) {
                    throw Failure.of(Kind.FAILED, service + " answered with more than " + call.maxBytes() + " bytes");
                }
                if (!AGAIN.contains(answer.status())) {
                    return answer;
                }
                pause = retryAfter(answer).orElse(pause);
                if (attempt == ATTEMPTS || clock.instant().plus(pause).isAfter(deadline)) {
                    throw busy(service, answer);
                }
            } catch (IOException e) {
                boolean hopeless = e instanceof SSLException || e instanceof ConnectException;
                if (attempt == ATTEMPTS
                        || hopeless
                        || clock.instant().plus(pause).isAfter(deadline)) {
                    throw unreachable(service, e);
                }
            }
            sleep(pause, service);
        }
    }

    private Duration left(Instant deadline) throws HttpTimeoutException {
        Duration left = Duration.between(clock.instant(), deadline);
        if (left.isNegative() || left.isZero()) {
            throw new HttpTimeoutException("the deadline has passed");
        }
        return left;
    }

    private static Optional<Duration> retryAfter(Answer answer) {
        return answer.header("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wish -> wish.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wish);
    }

    private static Duration backoff(int attempt) {
        long millis = FIRST_PAUSE.toMillis() << (attempt - 1);
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    }

    private static void sleep(Duration pause, Service service) throws Failure {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(service, new IOException(e));
        }
    }

    private static Failure busy(Service service, Answer answer) {
        boolean limited = answer.status() == 429;
        return Failure.of(
                Kind.UNREACHABLE,
                limited
                        ? service + " has had too many requests of us (429)"
                        : service + " is not working (" + answer.status() + ")",
                "nothing was stored; try again later");
    }

    private static Failure unreachable(Service service, IOException e) {
        String why;
        String hint = "is the address right, and does the network let us? nothing was stored";
        if (e instanceof HttpTimeoutException) {
            why = "no answer in time";
        } else if (e.getCause() instanceof UnresolvedAddressException) {
            why = "its name is unknown";
        } else if (e instanceof ConnectException) {
            why = "the connection was refused";
        } else if (e instanceof SSLException) {
            why = "no TLS connection can be made, or its certificate is not trusted";
            hint = "--sigstore-cacert FILE for a private authority of TLS certificates";
        } else {
            why = "the connection broke";
        }
        return Failure.of(Kind.UNREACHABLE, service + " cannot be reached: " + why, hint)
                .because(e);
    }

    /**
     * That the service said no.
     *
     * @param secret that is never shown, even where the service repeats it
     * @param hint what to do about it
     */
    static Failure refused(Service service, Answer answer, Optional<IdentityToken> secret, String hint) {
        boolean unwanted = answer.status() == 401 || answer.status() == 403;
        String said = message(answer)
                .map(text -> secret.map(token -> token.redact(text)).orElse(text))
                .map(text -> ": " + Printable.line(text))
                .orElse("");
        return Failure.of(
                unwanted ? Kind.NOT_AUTHORISED : Kind.FAILED,
                service + (unwanted ? " does not let us (" : " did not take it (") + answer.status() + ")" + said,
                hint);
    }

    /** What it says in the member that all of them have for it. */
    private static Optional<String> message(Answer answer) {
        try {
            JsonObject json = StrictJson.parseObject(answer.body(), "answer", 64 << 10);
            if (json.members().get("message") instanceof JsonString said) {
                String text = said.value();
                return Optional.of(text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "..." : text);
            }
        } catch (MalformedEvidenceException notJson) {
            // Whatever stood before it in the way answered; its page helps nobody.
        }
        return Optional.empty();
    }

    /** That an answer is not what its service answers with. */
    static Failure unreadable(Service service, MalformedEvidenceException why) {
        return Failure.of(
                        Kind.FAILED,
                        service + " answered with what cannot be used: " + why.getMessage(),
                        "is it the address of such a service?")
                .because(why);
    }

    /** That an answer does not hold. */
    static Failure lied(Service service, String saw) {
        return Failure.of(
                Kind.FAILED,
                service + " answered with " + Printable.line(saw),
                "nothing was stored; does the trusted root belong to this service? see --trusted-root");
    }
}
