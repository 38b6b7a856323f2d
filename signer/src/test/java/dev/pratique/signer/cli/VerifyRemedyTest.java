package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.Rejection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each reason that {@code verify} may give is in docs/verify.md, with its remedy in the program's words. */
class VerifyRemedyTest {
    private static List<String> documented() throws Exception {
        return Files.readAllLines(Path.of("../docs/verify.md"));
    }

    @ParameterizedTest
    @EnumSource(Rejection.class)
    void everyReasonIsDocumentedWithItsRemedy(Rejection rejection) throws Exception {
        assertThat(documented())
                .filteredOn(line -> line.startsWith("| `" + rejection.name() + "` |"))
                .singleElement()
                .asString()
                .endsWith("| " + VerifyRemedy.of(rejection) + " |");
    }

    @Test
    void nothingElseIsAReason() throws Exception {
        List<String> known = Stream.concat(
                        Stream.of("UNSIGNED", "NOT_WHAT_IS_ASKED_FOR"),
                        Arrays.stream(Rejection.values()).map(Enum::name))
                .sorted()
                .toList();
        assertThat(documented())
                .filteredOn(line -> line.matches("\\| `[A-Z_]+` \\|.*"))
                .extracting(line -> line.replaceAll("\\| `([A-Z_]+)` .*", "$1"))
                .containsExactlyInAnyOrderElementsOf(known);
        assertThat(String.join("\n", documented())).contains("| " + VerifyRemedy.OF_NOTHING + " |");
    }
}
