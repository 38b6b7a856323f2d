package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.admission.PullRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reload gives a listener another face and the gate another standard: no answer is made of the one and the other. */
class FaceChangeTest {
    /** The connection's look and the request's; the next one is when the answer is there. */
    private static final int BEFORE_THE_ANSWER = 2;

    private final AtomicInteger looks = new AtomicInteger();
    private FrontBench bench;

    /** A front whose face is another each time that this says so, by the number of looks at it so far. */
    private void start(IntFunction<String> environment) throws IOException {
        Face[] last = new Face[1];
        bench = new FrontBench(HttpLimits.DEFAULT, () -> {
            String now = environment.apply(looks.getAndIncrement());
            if (last[0] == null || !last[0].environment().equals(now)) {
                last[0] = new Face(FrontBench.FACE.upstreams(), now, FrontBench.FACE.refusal(), Optional.empty());
            }
            return last[0];
        });
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private int ask(String target) throws IOException {
        try (Wire wire = bench.client()) {
            return wire.get(target).read().status();
        }
    }

    @ParameterizedTest
    @CsvSource({"ok,200", "later,200", "unsigned,403"})
    void a_client_is_not_judged_for_the_environment_that_it_was_in(String tag, int status) throws IOException {
        start(look -> look < BEFORE_THE_ANSWER ? "test" : "production");
        assertThat(ask("/v2/up.example/acme/app/manifests/" + tag)).isEqualTo(status);
        assertThat(bench.asked).extracting(PullRequest::environment).containsExactly("test", "production");
        assertThat(bench.decided)
                .extracting(one -> one.decision().request().environment())
                .containsExactly("production");
    }

    @Test
    void lists_are_not_those_of_the_environment_before_either() throws IOException {
        start(look -> look < BEFORE_THE_ANSWER ? "test" : "production");
        assertThat(ask("/v2/up.example/acme/app/tags/list")).isEqualTo(200);
        assertThat(bench.listsAsked)
                .extracting(request -> request.environment())
                .containsExactly("test", "production");
    }

    @Test
    void a_face_that_changes_each_time_ends_in_no_answer_instead_of_another_round() throws IOException {
        start(Integer::toString);
        assertThat(ask("/v2/up.example/acme/app/manifests/ok")).isEqualTo(503);
        assertThat(bench.asked).hasSize(4);
    }

    @Test
    void without_a_change_everything_is_asked_once() throws IOException {
        start(look -> "test");
        assertThat(ask("/v2/up.example/acme/app/manifests/later")).isEqualTo(200);
        assertThat(bench.asked).hasSize(1);
    }
}
