package dev.pratique.attestations.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.Shared;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What logs alone say of every case of sigstore-conformance, with the reason where they are the reason. */
class ConformanceLogTest {
    private static final String NO_SIGNATURE =
            "LOG_ENTRY_UNPROVEN: a checkpoint of '%s' without a signature of https://%s";
    private static final String OTHER_SIGNATURE = "LOG_ENTRY_MISMATCH: a log entry about another signature";
    private static final String OTHER_BYTES = "LOG_ENTRY_MISMATCH: a log entry about other signed bytes";

    /** Cases that are to fail because of their entry; everything else is proved here, and refused elsewhere if at all. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("bundle-empty-certificate-chain_fail", "MALFORMED: 'spec' is missing"),
            Map.entry(
                    "bundle-invalid-base64-signature_fail",
                    "MALFORMED: the log entry's key or certificate is not base64"),
            Map.entry("bundle-malformed-json_fail", "NOT_READ"),
            Map.entry("bundle-unknown-version_fail", "MALFORMED: 'kind' is missing"),
            Map.entry(
                    "checkpoint-bad-keyhint_fail",
                    NO_SIGNATURE.formatted("rekor.sigstore.dev - 2605736670972794746", "rekor.sigstore.dev")),
            Map.entry("dsse-invalid-sig_fail", OTHER_SIGNATURE),
            Map.entry("dsse-mismatch-envelope_fail", "LOG_ENTRY_MISMATCH: a log entry about another payload"),
            Map.entry("incorrect-public-key_fail", "LOG_ENTRY_MISMATCH: a log entry about another key or certificate"),
            // Its entry has another signature, and that one in base64 only once where this kind has it twice.
            Map.entry("intoto-log-entry-mismatch_fail", "MALFORMED: a signature of the log entry is not base64"),
            Map.entry(
                    "invalid-checkpoint-signature_fail",
                    "LOG_ENTRY_UNPROVEN: a checkpoint that https://rekor.sigstore.dev did not sign"),
            Map.entry(
                    "invalid-inclusion-proof_fail",
                    "LOG_ENTRY_UNPROVEN: an inclusion proof that does not lead to its root hash"),
            Map.entry("managed-key-wrong-key_fail", "NOT_READ"),
            Map.entry("message-digest-mismatch_fail", OTHER_BYTES),
            Map.entry("rekor2-checkpoint-missing-origin_fail", "MALFORMED: the checkpoint has 2 lines"),
            Map.entry("rekor2-checkpoint-missing-size_fail", "MALFORMED: the checkpoint has 2 lines"),
            Map.entry(
                    "rekor2-checkpoint-no-matching-signature_fail",
                    NO_SIGNATURE.formatted("log2025-alpha1.rekor.github.dev", "log2025-alpha1.rekor.sigstage.dev")),
            Map.entry("rekor2-dsse-invalid-sig_fail", OTHER_SIGNATURE),
            Map.entry("rekor2-dsse-mismatch-sig_fail", OTHER_SIGNATURE),
            Map.entry(
                    "rekor2-no-inclusion-proof_fail",
                    "LOG_ENTRY_UNPROVEN: a log entry with neither a promise nor a proof that the log signed"),
            Map.entry(
                    "set-invalid-signature_fail",
                    "LOG_ENTRY_UNPROVEN: a promise that https://rekor.sigstore.dev did not sign"),
            Map.entry("signature-mismatch_fail", OTHER_SIGNATURE),
            Map.entry("wrong-hashedrekord-artifact_fail", OTHER_BYTES),
            Map.entry("wrong-hashedrekord-entry_fail", OTHER_BYTES));

    @Test
    void every_entry_is_proved_or_refused_for_the_reason_of_its_case() {
        Path suite = Shared.path("corpus/sigstore-conformance/bundle-verify");
        Map<String, String> answers = new TreeMap<>();
        for (File folder : suite.toFile().listFiles(File::isDirectory)) {
            answers.put(folder.getName(), answer(folder.toPath()));
        }
        Map<String, String> expected = new TreeMap<>();
        answers.keySet().forEach(name -> expected.put(name, REFUSED.getOrDefault(name, "PROVED")));
        assertThat(answers)
                .isEqualTo(expected)
                .hasSize(42)
                .containsKeys(REFUSED.keySet().toArray(String[]::new));
    }

    private static String answer(Path folder) {
        Path own = folder.resolve("trusted_root.json");
        Path root = Files.exists(own)
                ? own
                : Shared.path("corpus/sigstore-trust-roots/public-good/targets/trusted_root.json");
        Path pem = folder.resolve("key.pub");
        JsonObject bundle;
        Optional<VerificationKey> key;
        try {
            bundle = Shared.object(folder.resolve("bundle.sigstore.json"));
            key = Files.exists(pem)
                    ? Optional.of(VerificationKey.parsePem(new String(Shared.bytes(pem), StandardCharsets.UTF_8)))
                    : Optional.empty();
        } catch (MalformedEvidenceException | AssertionError e) {
            return "NOT_READ";
        }
        return Recorded.answer(bundle, Recorded.logs(root), key);
    }
}
