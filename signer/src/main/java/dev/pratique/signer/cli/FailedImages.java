package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which of several images could not be signed, and why. Where there is only one, its failure is the command's. */
final class FailedImages {
    private final Task task;
    private final List<Map<String, Object>> rows = new ArrayList<>();
    private Optional<ExitCode> code = Optional.empty();
    private int expected;

    FailedImages(Task task) {
        this.task = task;
    }

    /** How many images there are in all. */
    void expect(int images) {
        expected = images;
    }

    void add(String image, Optional<Digest> digest, Failure failure) throws Failure {
        if (expected == 1) {
            throw failure;
        }
        ExitCode exit = ExitCode.of(failure.kind());
        Terminal terminal = task.terminal();
        terminal.out().flush();
        terminal.err().println("pratique: " + image + ": " + failure.what());
        terminal.err().println("hint: " + failure.hint());
        terminal.err().flush();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("image", image);
        row.put("digest", digest.map(Digest::toString).orElse(null));
        row.put("message", failure.what());
        row.put("hint", failure.hint());
        row.put("exit", exit.number());
        rows.add(row);
        code = Optional.of(code.isEmpty() || code.get() == exit ? exit : ExitCode.FAILED);
    }

    List<Map<String, Object>> rows() {
        return List.copyOf(rows);
    }

    /** What failed, where all failed for the same kind of reason; else 1. */
    ExitCode exitCode() {
        return code.orElse(ExitCode.DONE);
    }
}
