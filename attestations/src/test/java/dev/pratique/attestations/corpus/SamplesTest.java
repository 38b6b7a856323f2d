package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.testing.FakeRegistry;
import dev.pratique.attestations.testing.LayoutRegistry;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What cosign 3.1.3 really wrote with keys, and what it said of it; each of our other answers with its reason. */
class SamplesTest {
    private static final Pattern KEY = Pattern.compile("--key (keys/\\S+)");
    private static final Pattern TYPE = Pattern.compile("--type (\\S+)");
    private static final Pattern DIGEST = Pattern.compile("@(sha256:[0-9a-f]{64})$");

    /** Where we answer otherwise than cosign, by the start of the check's name, and the reason for it. */
    private static final Map<String, String> OTHERWISE = Map.of(
            // A key asks for a log entry only where trust.yaml names its roots; here it names none.
            "log required", "ADMITTED",
            // The digest goes with the key; cosign verifies with SHA-256 unless it is told otherwise.
            "without --signature-digest-algorithm", "ADMITTED",
            // No rule of this version asks for annotations of a signature.
            "annotation mismatch", "ADMITTED",
            // cosign reads one layout at a time; here every layout counts.
            "legacy by default when a bundle exists", "ADMITTED",
            "default mode does not find it", "ADMITTED",
            // cosign takes any statement about the image for a signature of it.
            "cosign verify ACCEPTS the attestation as a signature", "NOT_A_SIGNATURE",
            "cosign 3.1.3 ACCEPTS it", "NOT_A_SIGNATURE");

    private static final Map<String, String> REFUSED = Map.of(
            "wrong key", "SIGNATURE_UNTRUSTED",
            "third key", "SIGNATURE_UNTRUSTED",
            "tampered payload", "SIGNATURE_UNTRUSTED",
            "moved ", "OTHER_SUBJECT",
            "child sha256:", "UNSIGNED");

    private static String expected(JsonObject check) throws MalformedEvidenceException {
        String label = check.getString("label");
        for (Map.Entry<String, String> otherwise : OTHERWISE.entrySet()) {
            if (label.startsWith(otherwise.getKey())) {
                return otherwise.getValue();
            }
        }
        if (check.getString("actual").equals("pass")) {
            return "ADMITTED";
        }
        return REFUSED.entrySet().stream()
                .filter(refused -> label.startsWith(refused.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("nothing is said about: " + label);
    }

    @Test
    void every_keyed_sample_gets_the_expected_answer() throws Exception {
        Path samples = Shared.path("samples");
        Map<String, String> answers = new TreeMap<>();
        Map<String, String> expected = new TreeMap<>();
        TreeSet<String> notAsked = new TreeSet<>();
        for (File folder : samples.resolve("cases").toFile().listFiles(File::isDirectory)) {
            JsonObject one = Shared.object(folder.toPath().resolve("case.json"));
            for (JsonObject check : Shared.objects(one.get("checks"))) {
                String name = folder.getName() + ": " + check.getString("label");
                String command = check.getString("command");
                Matcher key = KEY.matcher(command);
                Matcher digest = DIGEST.matcher(command);
                if (!command.startsWith("cosign verify") || !key.find() || !digest.find()) {
                    continue;
                }
                Optional<Requirements> asked = requirements(command);
                if (asked.isEmpty()) {
                    notAsked.add(name);
                    continue;
                }
                Path layout = folder.toPath().resolve("layout");
                FakeRegistry registry = LayoutRegistry.read(layout, Files.exists(layout.resolve("referrers")));
                String answer = Gate.answer(
                        registry, digest.group(1), Gate.trusting(samples.resolve(key.group(1))), asked.get());
                answers.put(name, answer);
                expected.put(name, expected(check));
            }
        }
        long accepts = answers.values().stream().filter("ADMITTED"::equals).count();
        System.out.println("samples of cosign 3.1.3: " + accepts + " accepts, " + (answers.size() - accepts)
                + " rejects; none waits for another kind of key");
        assertThat(answers).isEqualTo(expected).hasSizeGreaterThan(60);
        assertThat(notAsked)
                .allMatch(name -> name.startsWith("att-k-bundle: type "))
                .hasSize(7);
    }

    private static Optional<Requirements> requirements(String command) {
        Matcher type = TYPE.matcher(command);
        if (!type.find()) {
            return Optional.of(Shelf.signedBy("signer"));
        }
        return type.group(1).startsWith("slsaprovenance")
                ? Optional.of(Shelf.provenanceBy("signer"))
                : Optional.empty();
    }
}
