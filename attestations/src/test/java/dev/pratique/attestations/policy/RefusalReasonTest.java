package dev.pratique.attestations.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people are told: one line each that also fits a reason phrase, and a page that has them all. */
class RefusalReasonTest {
    @ParameterizedTest
    @EnumSource
    void saysWhyAndWhatToDoInOnePrintableLineEach(RefusalReason reason) {
        // RFC 9112 section 4: a reason phrase is tabs, spaces, visible and other characters; ours is ASCII.
        assertThat(reason.sentence()).matches("[ -~]{10,120}").doesNotEndWith(".");
        assertThat(reason.remedy()).matches("[ -~]{10,120}").doesNotEndWith(".");
        assertThat(reason.status()).isIn(403, 404);
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
