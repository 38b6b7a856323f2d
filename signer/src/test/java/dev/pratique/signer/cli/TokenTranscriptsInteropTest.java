package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.cli.Transcript.Played;
import dev.pratique.signer.cli.Transcript.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transcripts about tokens, as {@link TranscriptTest} has the others. */
@Tag("interop")
class TokenTranscriptsInteropTest {
    private static final Path FILE = Path.of("src/test/resources/transcripts/token/token.txt");

    @TempDir
    private Path directory;

    @Test
    @DisplayName("CLI-06: commands about tokens answer as written, with a hint where they fail, and show no PIN")
    void commands_about_tokens_answer_as_written() throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        Map<String, String> said = new TreeMap<>();
        List<String> now = new ArrayList<>();
        for (Transcript one : Transcript.read(FILE)) {
            Path home = Files.createDirectory(directory.resolve("case" + now.size()));
            try (TranscriptStage stage = new TranscriptStage(home, true).withTokens()) {
                Played played = one.play(stage);
                for (Typed typed : played.typed()) {
                    TranscriptTest.require(one, typed, stage.secrets());
                }
                wanted.put(one.name(), one.text());
                said.put(one.name(), played.text());
                now.add(played.text() + "\n");
            }
        }
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(FILE, String.join("\n", now));
        } else {
            assertThat(said).isEqualTo(wanted);
        }
    }
}
