package dev.pratique.attestations.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people are told: one line each that also fits a reason phrase, and a page that has them all. */
class RefusalReasonTest {
    private static final String PROGRAM = sources("src/main/java");
    private static final String TESTS = sources("src/test/java");

    @ParameterizedTest
    @EnumSource
    void saysWhyAndWhatToDoInOnePrintableLineEach(RefusalReason reason) {
        // RFC 9112 section 4: a reason phrase is tabs, spaces, visible and other characters; ours is ASCII.
        assertThat(reason.sentence()).matches("[ -~]{10,120}").doesNotEndWith(".");
        assertThat(reason.remedy()).matches("[ -~]{10,120}").doesNotEndWith(".");
        assertThat(reason.status()).isIn(403, 404);
    }

    /** One that nobody says is no reason; one that no test expects may be said for the wrong image. */
    @ParameterizedTest
    @EnumSource
    void isSaidByTheProgramAndExpectedByATest(RefusalReason reason) {
        Pattern name = Pattern.compile("\\bRefusalReason\\s*\\.\\s*" + reason.name() + "\\b");
        assertThat(name.matcher(PROGRAM).find()).as("somewhere in src/main").isTrue();
        Pattern expected = Pattern.compile("\\b" + reason.name() + "\\b");
        assertThat(expected.matcher(TESTS).find()).as("somewhere in src/test").isTrue();
    }

    /** The sources of all modules below a directory, but for this file and the one it is about. */
    private static String sources(String below) {
        StringBuilder all = new StringBuilder();
        for (String module : List.of("attestations", "config", "signer", "proxy")) {
            try (Stream<Path> walk = Files.walk(Path.of("..", module, below))) {
                for (Path file :
                        walk.filter(path -> path.toString().endsWith(".java")).toList()) {
                    if (!file.getFileName().toString().startsWith("RefusalReason")) {
                        all.append(Files.readString(file)).append('\n');
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all.toString();
    }

    @Test
    void theDocumentationHasEveryReasonAndCauseAsTheProgramSaysThem() throws IOException {
        String text = Files.readString(Path.of("../docs/policy.md"));
        for (RefusalReason reason : RefusalReason.values()) {
            assertThat(text).contains("| `" + reason + "` | " + reason.sentence() + " | ");
        }
        for (Verdict.Cause cause : Verdict.Cause.values()) {
            assertThat(text).contains("| `" + cause + "` | " + cause.sentence() + " | ");
        }
    }
}
