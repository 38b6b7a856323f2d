package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UntimelyCertificate;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.http.Retries;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Speaks to Sigstore's services: asks again where that may help, and says what went wrong. Blocking; thread safe. */
public final class ServiceClient {
    /** What a service says went wrong is a line or two. */
    private static final int MAX_MESSAGE = 200;

    private final Http http;
    private final Retries retries;
    private final InstantSource clock;
    private final Duration patience;

    /**
     * @param patience for one answer, repetitions included; rekor-tiles, CLIENTS.md: "Clients need to increase request timeouts
     *     when creating entries to at least 20 seconds"
     */
    public ServiceClient(Http http, InstantSource clock, Duration patience) {
        this.http = http;
        this.retries = new Retries(clock);
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
        try {
            Answer answer = retries.run(
                    service.toString(),
                    deadline,
                    got -> Retries.AGAIN.contains(got.status()),
                    () -> http.send(call, left(deadline)));
            if (!answer.complete()) {
                throw Failure.of(
                        Kind.FAILED,
                        service + " answered with more than " + call.maxBytes() + " bytes",
                        "is it the address of such a service? see --fulcio-url, --rekor-url, --timestamp-server-url");
            }
            if (Retries.AGAIN.contains(answer.status())) {
                throw busy(service, answer);
            }
            return answer;
        } catch (IOException e) {
            throw UntimelyCertificate.found(service.toString(), e, clock.instant())
                    .orElseGet(() -> unreachable(service, e));
        }
    }

    private Duration left(Instant deadline) throws HttpTimeoutException {
        Duration left = Duration.between(clock.instant(), deadline);
        if (left.isNegative() || left.isZero()) {
            throw new HttpTimeoutException("the deadline has passed");
        }
        return left;
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
        String hint = e instanceof SSLException
                ? "--sigstore-cacert FILE for a private authority of TLS certificates"
                : "is the address right, and does the network let us? nothing was stored";
        return Failure.of(Kind.UNREACHABLE, service + " cannot be reached: " + Retries.why(e), hint)
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
        // Shortened last: of a token that was cut in two, what is left would not be found.
        String said = message(answer)
                .map(text -> secret.map(token -> token.redact(text)).orElse(text))
                .map(text -> text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "..." : text)
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
                return Optional.of(said.value());
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
