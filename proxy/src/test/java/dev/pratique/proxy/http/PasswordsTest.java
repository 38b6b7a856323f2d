package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.http.Passwords.Result;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<Result> answers = new ArrayList<>();
    private final Passwords passwords = new Passwords(
            Map.of("ci", OpenBSDBCrypt.generate("2y", "right".toCharArray(), new byte[16], 4)),
            waiting::add,
            new SecureRandom());

    private void ask(String password, String address) {
        String token = Base64.getEncoder().encodeToString(("ci:" + password).getBytes(StandardCharsets.UTF_8));
        passwords.check("Basic " + token, address, Runnable::run, answer -> answers.add(answer.result()));
    }

    private void work() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void who_guesses_takes_no_more_than_a_share_of_the_places_to_wait() {
        for (int i = 0; i < 100; i++) {
            ask("guess " + i, "192.0.2.1");
        }
        assertThat(waiting).hasSize(8);
        assertThat(answers).hasSize(92).containsOnly(Result.BUSY);
        answers.clear();
        ask("right", "192.0.2.2");
        work();
        assertThat(answers).hasSize(9).endsWith(Result.PROVEN).containsOnlyOnce(Result.PROVEN);
    }

    @Test
    void places_are_given_back_whatever_the_answer() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 8; i++) {
                ask("guess " + round + i, "192.0.2.1");
            }
            work();
        }
        ask("right", "192.0.2.1");
        work();
        assertThat(answers).hasSize(41).endsWith(Result.PROVEN).doesNotContain(Result.BUSY);
    }

    @Test
    void what_is_proven_is_known_without_waiting() {
        ask("right", "192.0.2.1");
        work();
        for (int i = 0; i < 100; i++) {
            ask("guess " + i, "192.0.2.1");
        }
        answers.clear();
        ask("right", "192.0.2.1");
        assertThat(answers).containsExactly(Result.PROVEN);
    }
}
