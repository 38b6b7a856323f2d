package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    @Test
    void oursComesBeforeCosignsAndBothBeforeTheTerminal() throws Exception {
        Map<String, String> both = Map.of("PRATIQUE_PASSWORD", "a", "COSIGN_PASSWORD", "b");
        assertThat(text(new Passwords(both, typing("c")).forKey("k"))).isEqualTo("a");
        assertThat(text(new Passwords(Map.of("COSIGN_PASSWORD", "b"), typing("c")).forKey("k")))
                .isEqualTo("b");
        assertThat(text(new Passwords(Map.of(), typing("c")).forKey("k"))).isEqualTo("c");
    }

    @Test
    void withoutATerminalItSaysWhatToSet() {
        assertThatThrownBy(() -> new Passwords(Map.of(), question -> Optional.empty()).forKey("k"))
                .hasMessageContaining("no terminal");
    }

    @Test
    void aNewPasswordIsTypedTwice() throws Exception {
        assertThat(text(new Passwords(Map.of(), typing("x", "x")).forNewKey())).isEqualTo("x");
        assertThatThrownBy(() -> new Passwords(Map.of(), typing("x", "y")).forNewKey())
                .hasMessageContaining("not the same");
    }

    @Test
    void anEmptyPasswordIsTakenFromTheEnvironmentOnly() throws Exception {
        assertThatThrownBy(() -> new Passwords(Map.of(), typing("", "")).forNewKey())
                .hasMessageContaining("protects nothing");
        Passwords.Given given = new Passwords(Map.of("COSIGN_PASSWORD", ""), typing()).forNewKey();
        assertThat(given.password().isEmpty()).isTrue();
        assertThat(given.variable()).contains("COSIGN_PASSWORD");
    }

    @Test
    void nothingPrintsOne() {
        assertThat(Password.of("hunter2".toCharArray()).toString()).doesNotContain("hunter2");
        char[] typed = {'a'};
        Password password = Password.of(typed);
        assertThat(typed).containsExactly('\0');
        password.close();
        assertThat(password.utf8()).containsExactly(0);
    }

    private static String text(Passwords.Given given) {
        return new String(given.password().utf8(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static Passwords.Prompt typing(String... answers) {
        Deque<String> left = new ArrayDeque<>(List.of(answers));
        return question -> Optional.of(left.remove().toCharArray());
    }
}
