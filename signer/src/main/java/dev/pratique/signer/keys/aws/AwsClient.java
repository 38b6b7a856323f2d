package dev.pratique.signer.keys.aws;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UntimelyCertificate;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.http.Retries;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Predicate;

/** Asks a service of AWS, again where that may help. */
final class AwsClient {
    private static final Duration ALTOGETHER = Duration.ofSeconds(60);

    private final Http http;
    private final InstantSource clock;
    private final Duration patience;
    private final Retries retries;

    /** Makes the request, signed anew: a signature is good for minutes. */
    @FunctionalInterface
    interface Making {
        Call call(Instant now) throws Failure;
    }

    /** @param patience for one answer */
    AwsClient(Http http, InstantSource clock, Duration patience, Retries.Pause pause) {
        this.http = http;
        this.clock = clock;
        this.patience = patience;
        this.retries = new Retries(clock, pause);
    }

    InstantSource clock() {
        return clock;
    }

    /** One exchange, as it is. */
    Answer once(Call call, Duration limit) throws IOException, Failure {
        return http.send(call, limit);
    }

    /**
     * @param who is asked, for people
     * @param busy whether an answer says to come again
     * @return the last answer, whatever it says
     * @throws Failure where there is none
     */
    Answer ask(String who, Making making, Predicate<Answer> busy) throws Failure {
        try {
            return retries.run(
                    who,
                    clock.instant().plus(ALTOGETHER),
                    busy,
                    () -> http.send(making.call(clock.instant()), patience));
        } catch (IOException e) {
            throw UntimelyCertificate.found(who, e, clock.instant()).orElseGet(() -> unreachable(who, e));
        }
    }

    static Failure unreachable(String who, IOException e) {
        return Failure.of(
                        Kind.UNREACHABLE,
                        who + " cannot be reached: " + Retries.why(e),
                        "is the region or the endpoint right, and does the network let us? AWS_CA_BUNDLE names private"
                                + " authorities")
                .because(e);
    }
}
