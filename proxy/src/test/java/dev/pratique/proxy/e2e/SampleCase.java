package dev.pratique.proxy.e2e;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * An image that real cosign or Notary signed, and what their verifiers said about it.
 *
 * @param repository without its registry
 * @param subject its digest
 */
record SampleCase(String id, Path layout, String repository, String tag, String subject, List<Check> checks) {
    private static final int MAX_BYTES = 1 << 20;

    /**
     * One run of a verifier.
     *
     * @param arguments of the command, with the files that it names in their places
     */
    record Check(String label, String tool, List<String> arguments, boolean passes) {}

    static List<SampleCase> all() {
        Path samples = Path.of(System.getProperty("pratique.shared"), "samples").toAbsolutePath();
        if (!Files.isDirectory(samples) && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("no samples at " + samples + ", and CI runs every test");
        }
        Assumptions.assumeTrue(Files.isDirectory(samples), "no samples at " + samples);
        try (Stream<Path> directories = Files.list(samples.resolve("cases"))) {
            List<SampleCase> cases = new ArrayList<>();
            for (Path directory : directories.sorted().toList()) {
                cases.add(read(samples, directory));
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    private static SampleCase read(Path samples, Path directory) throws IOException, MalformedEvidenceException {
        JsonObject json =
                StrictJson.parseObject(Files.readAllBytes(directory.resolve("case.json")), "a case", MAX_BYTES);
        String repository = json.getString("repository");
        String host = repository.substring(0, repository.indexOf('/'));
        List<Check> checks = new ArrayList<>();
        for (JsonValue value : json.get("checks").asArray("checks", 100)) {
            check(samples, host, value.asObject("a check")).ifPresent(checks::add);
        }
        return new SampleCase(
                directory.getFileName().toString(),
                directory.resolve("layout"),
                repository.substring(host.length() + 1),
                json.getString("tag"),
                json.getString("subject"),
                checks);
    }

    // Signing, and asking a log, need the services that made the samples.
    private static Optional<Check> check(Path samples, String host, JsonObject json) throws MalformedEvidenceException {
        String command = json.getString("command");
        String label = json.getString("label");
        if (command.contains(" sign ") || label.contains("private Rekor v1")) {
            return Optional.empty();
        }
        List<String> arguments = Stream.of(command.split(" "))
                .skip(1)
                .map(word -> word.startsWith("keys/") || word.startsWith("trusted_root")
                        ? samples.resolve(word).toString()
                        : word.replace(host, "HOST"))
                .toList();
        // A certificate that has expired since is a sample, too.
        String expected = json.findString("replay_expect").orElse(json.getString("expect"));
        return Optional.of(new Check(label, json.getString("tool"), arguments, expected.equals("pass")));
    }

    /** As a client names it. */
    String pinned(String host) {
        return host + "/" + repository + "@" + subject;
    }
}
