package dev.pratique.signer.provenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The variables that CI systems set, written down. */
public final class Recorded {
    public static final Path DIRECTORY = Path.of("src/test/resources/dev/pratique/signer/provenance");

    private Recorded() {}

    /** All systems of which there are variables. */
    public static List<String> systems() {
        try (var files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".env"))
                    .map(name -> name.substring(0, name.length() - ".env".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs of GitHub's for events that are about something else than the branch that the variables name. */
    public static List<String> elsewhere() {
        return Stream.of("issue_comment", "pull_request_target", "repository_dispatch", "workflow_run")
                .map(event -> "github/" + event)
                .toList();
    }

    /** @param system or a run of it that is written down beside */
    public static Map<String, String> variables(String system) {
        try {
            Map<String, String> variables = new LinkedHashMap<>();
            for (String line : Files.readAllLines(DIRECTORY.resolve(system + ".env"))) {
                int equals = line.indexOf('=');
                variables.put(line.substring(0, equals), line.substring(equals + 1));
            }
            return variables;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What only the command line can say of a system. */
    public static List<String> options(String system) {
        return system.equals("tekton")
                ? List.of(
                        "--builder-id",
                        "https://tekton.example/acme",
                        "--source-uri",
                        "https://git.example/acme/app",
                        "--source-ref",
                        "refs/heads/main",
                        "--source-digest",
                        "5b4a68597c6f78a97e2b3c4d61728394a5b6c7d8")
                : List.of();
    }
}
