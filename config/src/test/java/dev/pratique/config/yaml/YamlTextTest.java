package dev.pratique.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A file is hostile until it is read: nothing in it makes the reader slow, deep or talkative. */
class YamlTextTest {
    private final List<String> complaints = new ArrayList<>();

    @Test
    void refusesWhatOneDocumentOfPlainValuesIsNot() {
        assertThat(complaint("a: 1\n---\nb: 2\n")).isEqualTo("3: has a second document");
        assertThat(complaint("a: !!binary aGk=\n")).isEqualTo("1: has a YAML tag (!…)");
        assertThat(complaint("a: *b\n")).isEqualTo("1: is an alias of nothing before it");
        assertThat(complaint("? [a]\n: 1\n")).isEqualTo("1: has a key that is not plain text");
        assertThat(complaint("a: [1, 2\nb: 3\n")).isEqualTo("2: cannot be read as YAML from here on");
        assertThat(complaint("a: 1\nb: \u0007\n")).isEqualTo("2: has a character that YAML does not allow");
        assertThat(complaint(new byte[] {'a', ':', ' ', (byte) 0xff})).isEqualTo("1: is not UTF-8");
    }

    @Test
    void saysThatAKeyIsThereTwiceAndReadsOn() {
        Optional<Node> read = parse("a: 1\na: 2\nb: 3\nb: 4\n".getBytes(StandardCharsets.UTF_8));
        assertThat(complaints)
                .containsExactly(
                        "2: has the key \"a\" twice, first in line 1", "4: has the key \"b\" twice, first in line 3");
        assertThat(((Node.Scalar) ((Node.Mapping) read.orElseThrow())
                                .find("a")
                                .orElseThrow()
                                .value())
                        .text())
                .isEqualTo("1");
    }

    @Test
    void hasLimits() {
        assertThat(complaint(new byte[YamlText.MAX_BYTES + 1])).isEqualTo("1: is larger than 4 MiB");
        assertThat(complaint("[".repeat(100_000))).isEqualTo("1: is nested more than 24 deep");
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " ["
                    + String.join(", ", List.of(alias, alias, alias, alias, alias, alias)) + "]\n");
        }
        assertThat(complaint(bomb.toString())).contains("holds more than 400000 values");
        assertThat(complaint("a: &a x\nb: [" + "*a, ".repeat(65) + "]\n")).isEqualTo("2: has more than 64 aliases");
    }

    @Test
    void complainsOfFewKeysThatAreThereTwice() {
        assertThat(parse("a: 1\n".repeat(100_000).getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(complaints).hasSize(65).endsWith("66: has more than 64 keys twice");
    }

    @Test
    void isYaml12() {
        Node.Mapping mapping =
                (Node.Mapping) parse("no: off\nmerge: &m {k: v}\nagain: *m\n".getBytes(StandardCharsets.UTF_8))
                        .orElseThrow();
        assertThat(((Node.Scalar) mapping.find("no").orElseThrow().value()).text())
                .isEqualTo("off");
        assertThat(mapping.find("again").orElseThrow().value())
                .isEqualTo(mapping.find("merge").orElseThrow().value());
        assertThat(parse("\uFEFFa: 1\n".getBytes(StandardCharsets.UTF_8))).isPresent();
        assertThat(parse("# nothing\n".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(complaints).isEmpty();
    }

    private String complaint(String text) {
        return complaint(text.getBytes(StandardCharsets.UTF_8));
    }

    private String complaint(byte[] bytes) {
        complaints.clear();
        assertThat(parse(bytes)).isEmpty();
        assertThat(complaints).hasSize(1);
        return complaints.get(0);
    }

    private Optional<Node> parse(byte[] bytes) {
        return YamlText.parse("x.yaml", bytes, (place, path, what, hint) -> complaints.add(place.line() + ": " + what));
    }
}
