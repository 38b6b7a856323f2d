package dev.pratique.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class LogFileEndTest {
    @TempDir
    Path directory;

    @RepeatedTest(20)
    void loses_nothing_when_it_is_stopped_while_it_writes() throws IOException {
        Path file = directory.resolve("decisions.jsonl");
        AtomicLong dropped = new AtomicLong();
        LineWriter writer = new LineWriter(new LogFile(file), dropped::addAndGet, () -> {});
        byte[] line = "x".repeat(2000).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 3000; i++) {
            writer.offer(line);
        }
        writer.stop(() -> writer.offer("last".getBytes(StandardCharsets.US_ASCII)));
        List<String> lines = Files.readAllLines(file);
        assertThat(dropped).hasValue(0);
        assertThat(lines).hasSize(3001).endsWith("last");
    }
}
