package dev.pratique.attestations.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue.JsonArray;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every other recorded entry: bundles of other projects' tests, the synthetic suite, and what cosign 3.1.3 wrote. */
class RecordedEntriesTest {
    private static final String BUNDLE = "dev.sigstore.cosign/bundle";
    private static final String PUBLIC_GOOD = "corpus/sigstore-trust-roots/public-good/targets/trusted_root.json";
    private static final String STAGING = "corpus/sigstore-trust-roots/staging/targets/trusted_root.json";

    /** Bundles of other projects, and the reason where logs are it. */
    private static final Map<String, String> BUNDLES = Map.ofEntries(
            Map.entry("gh-attestation/sigstore-js-2.1.0-bundle.json", "PROVED"),
            Map.entry("sigstore-go/bundles/dsse.sigstore.json", "PROVED"),
            Map.entry("sigstore-go/bundles/sigstore.js@2.0.0-provenance.sigstore.json", "PROVED"),
            Map.entry("sigstore-go/examples/bundle-provenance.json", "PROVED"),
            Map.entry("sigstore-go/examples/bundle-publish.json", "PROVED"),
            Map.entry("sigstore-java/bundles/PKIX_ECDSA_P256_SHA_256.sigstore.json", "PROVED"),
            Map.entry("sigstore-java/bundles/PKIX_RSA_PKCS1V15_2048_SHA256.sigstore.json", "PROVED"),
            Map.entry(
                    "sigstore-java/bundles/bundle-with-bad-checkpoint-signature.sigstore",
                    "LOG_ENTRY_UNPROVEN: a checkpoint that https://rekor.sigstore.dev did not sign"),
            Map.entry(
                    "sigstore-java/bundles/bundle.dsse.bad-signature.sigstore",
                    "LOG_ENTRY_MISMATCH: a log entry about another signature"),
            Map.entry("sigstore-java/bundles/bundle.dsse.sigstore", "PROVED"),
            Map.entry("sigstore-java/bundles/bundle.sigstore", "PROVED"),
            Map.entry("sigstore-java/bundles/bundle.v1.sigstore", "PROVED"),
            Map.entry("sigstore-java/bundles/bundle.v2.sigstore", "PROVED"),
            // By its promise; that its version asks for a proof is the bundle's to know.
            Map.entry("sigstore-java/bundles/bundle.v3.no.inclusion.sigstore", "PROVED"),
            Map.entry("sigstore-java/bundles/bundle.v3.sigstore", "PROVED"),
            Map.entry("sigstore-python/a.dsse.staging-rekor-v2.txt.sigstore.json", "PROVED"),
            Map.entry("sigstore-python/bundle.txt.sigstore", "PROVED"),
            Map.entry("sigstore-python/bundle_invalid_version.txt.sigstore", "PROVED"));

    @Test
    void bundles_of_other_projects_get_their_answer() throws Exception {
        Map<String, String> answers = new TreeMap<>();
        for (String file : BUNDLES.keySet()) {
            Path path = Shared.path("corpus/" + file);
            boolean staging = file.contains("python");
            Optional<VerificationKey> key = file.endsWith("publish.json")
                    ? Optional.of(key(path.resolveSibling("publish_key.pub")))
                    : Optional.empty();
            List<TransparencyLog> logs = Recorded.logs(Shared.path(staging ? STAGING : PUBLIC_GOOD));
            answers.put(file, Recorded.answer(Shared.object(path), logs, key));
        }
        assertThat(answers).isEqualTo(new TreeMap<>(BUNDLES));
    }

    @Test
    void every_synthetic_entry_is_proved_or_refused_for_the_reason_of_its_case() throws Exception {
        Map<String, String> refused = Map.of(
                "kl-b-checkpoint-signed-by-unknown",
                "LOG_ENTRY_UNPROVEN: a checkpoint that rekor did not sign",
                "kl-b-entry-other-envelope",
                "LOG_ENTRY_MISMATCH: a log entry about another payload",
                "kl-b-log-key-ended",
                "LOG_ENTRY_UNPROVEN: a promise of 2026-06-01T12:01:00Z, when the key of rekor was not valid",
                "kl-b-no-entries",
                "NO_ENTRY",
                "kl-sig-entry-of-other-artifact",
                "LOG_ENTRY_MISMATCH: a log entry about other signed bytes",
                "kl-sig-no-bundle",
                "NO_ENTRY",
                "kl-sig-set-garbage",
                "LOG_ENTRY_UNPROVEN: a promise that rekor did not sign");
        Path suite = Shared.path("corpus/synthetic-sigstore-keyless");
        Map<String, String> answers = new TreeMap<>();
        Map<String, String> expected = new TreeMap<>();
        for (Path folder : folders(suite.resolve("cases"))) {
            String name = folder.getFileName().toString();
            List<String> all = answers(folder, Recorded.logs(suite.resolve(trustedRoot(folder))), List.of());
            answers.put(name, all.isEmpty() ? "NO_ENTRY" : String.join("; ", all));
            expected.put(name, refused.getOrDefault(name, "PROVED"));
        }
        answers.replaceAll((name, answer) -> answer.replaceAll("https?://\\S+?(?= |$)", "rekor"));
        assertThat(answers).isEqualTo(expected).hasSize(22);
    }

    private static String trustedRoot(Path folder) throws MalformedEvidenceException {
        JsonObject policy = Shared.object(folder.resolve("case.json")).getObject("policy");
        return Shared.objects(policy.get("require")).get(0).getString("trustedRoot");
    }

    @Test
    void the_last_second_of_a_closed_window_is_in_it() throws Exception {
        Path suite = Shared.path("corpus/synthetic-sigstore-keyless");
        List<TransparencyLog> logs = Recorded.logs(suite.resolve("keys/trusted_root_rekor_end_exact.json"));
        assertThat(answers(suite.resolve("cases/kl-b-ok"), logs, List.of())).containsExactly("PROVED");
    }

    @Test
    void every_sample_of_cosign_is_proved_but_those_that_were_tampered_with() throws Exception {
        Path samples = Shared.path("samples");
        List<TransparencyLog> logs = Recorded.logs(samples.resolve("trusted_root.json"));
        Map<String, String> answers = new TreeMap<>();
        for (Path folder : folders(samples.resolve("cases"))) {
            List<String> all = answers(folder.resolve("layout"), logs, keys(samples));
            if (!all.isEmpty()) {
                answers.put(folder.getFileName().toString(), String.join("; ", all));
            }
        }
        Map<String, String> expected = new TreeMap<>(answers);
        expected.replaceAll((name, answer) -> "PROVED");
        // One bundle as it was signed, and one whose payload was changed afterwards.
        expected.put("neg-bundle-tampered", "LOG_ENTRY_MISMATCH: a log entry about other signed bytes; PROVED");
        assertThat(answers).isEqualTo(expected).hasSize(25);
    }

    @Test
    void every_bundle_of_an_artifact_that_cosign_made_is_proved() throws Exception {
        Path samples = Shared.path("samples");
        List<TransparencyLog> logs = Recorded.logs(samples.resolve("trusted_root.json"));
        Map<String, String> answers = new TreeMap<>();
        for (Path file : files(samples.resolve("blobs"))) {
            if (file.toString().endsWith(".sigstore.json")) {
                ofBundle(Shared.object(file), logs, keys(samples))
                        .ifPresent(answer -> answers.put(file.getFileName().toString(), answer));
            }
        }
        assertThat(answers)
                .hasSize(6)
                .allSatisfy((name, answer) -> assertThat(answer).isEqualTo("PROVED"));
    }

    /** What is said of every bundle with entries, and every layer with an entry, of an OCI layout; sorted, each once. */
    private static List<String> answers(Path layout, List<TransparencyLog> logs, List<VerificationKey> keys)
            throws Exception {
        List<String> answers = new ArrayList<>();
        for (Path blob : files(layout.resolve("blobs/sha256"))) {
            byte[] bytes = Files.readAllBytes(blob);
            if (bytes.length == 0 || bytes[0] != '{' || bytes.length > 4 << 20) {
                continue;
            }
            JsonObject json = StrictJson.parseObject(bytes, "blob", 4 << 20);
            if (json.findObject("verificationMaterial").isPresent()) {
                ofBundle(json, logs, keys).ifPresent(answers::add);
            }
            for (JsonObject layer : Shared.objects(json.find("layers").orElse(new JsonArray(List.of())))) {
                ofLayer(layout, layer, logs, keys).ifPresent(answers::add);
            }
        }
        return answers.stream().distinct().sorted().toList();
    }

    private static Optional<String> ofBundle(JsonObject bundle, List<TransparencyLog> logs, List<VerificationKey> keys)
            throws MalformedEvidenceException {
        JsonObject material = bundle.getObject("verificationMaterial");
        if (material.arrayOrEmpty("tlogEntries", 1000).isEmpty()) {
            return Optional.empty();
        }
        if (material.find("publicKey").isEmpty()) {
            return Optional.of(Recorded.answer(bundle, logs, Optional.empty()));
        }
        return keys.stream()
                .map(key -> Recorded.answer(bundle, logs, Optional.of(key)))
                .min((one, two) -> Boolean.compare(two.equals("PROVED"), one.equals("PROVED")));
    }

    private static Optional<String> ofLayer(
            Path layout, JsonObject layer, List<TransparencyLog> logs, List<VerificationKey> keys) throws Exception {
        Map<String, String> annotations = layer.stringsOrEmpty("annotations", 100);
        if (!annotations.containsKey(BUNDLE)) {
            return Optional.empty();
        }
        byte[] payload = Files.readAllBytes(layout.resolve("blobs/sha256")
                .resolve(Digest.parse(layer.getString("digest")).hex()));
        String certificate = annotations.getOrDefault("dev.sigstore.cosign/certificate", "");
        List<byte[]> verifiers = new ArrayList<>();
        if (certificate.isEmpty()) {
            keys.forEach(key -> verifiers.add(key.spki()));
        } else {
            verifiers.add(PemBlock.first(certificate.getBytes(StandardCharsets.US_ASCII)));
        }
        String last = "NO_KEY";
        for (byte[] verifier : verifiers) {
            last = ofLayer(payload, annotations, verifier, logs);
            if (last.equals("PROVED")) {
                break;
            }
        }
        return Optional.of(last);
    }

    private static String ofLayer(
            byte[] payload, Map<String, String> annotations, byte[] verifier, List<TransparencyLog> logs) {
        try {
            LogEntry entry = LogEntry.fromCosign(String.valueOf(annotations.get(BUNDLE)));
            Optional<TransparencyLog> log = TransparencyLog.of(entry, logs);
            if (log.isEmpty()) {
                return "UNKNOWN_LOG";
            }
            log.get().verify(entry, about(payload, annotations, verifier));
            return "PROVED";
        } catch (MalformedEvidenceException e) {
            return "MALFORMED: " + e.getMessage();
        } catch (UnprovenException e) {
            return e.rejection() + ": " + e.saw();
        }
    }

    private static LoggedSignature about(byte[] payload, Map<String, String> annotations, byte[] verifier)
            throws MalformedEvidenceException {
        String signature = annotations.getOrDefault("dev.cosignproject.cosign/signature", "");
        if (!signature.isEmpty()) {
            return LoggedSignature.ofMessage(payload, StrictBase64.decode(signature, "signature"), verifier);
        }
        DsseEnvelope envelope = DsseEnvelope.parse(payload);
        return LoggedSignature.ofEnvelope(
                envelope.payloadType(),
                envelope.payload(),
                envelope.signedBytes(),
                Optional.of(payload),
                envelope.signatures().get(0),
                verifier);
    }

    private static List<VerificationKey> keys(Path samples) throws Exception {
        List<VerificationKey> keys = new ArrayList<>();
        for (Path pem : files(samples.resolve("keys"))) {
            if (pem.toString().endsWith(".pub")) {
                keys.add(key(pem));
            }
        }
        return keys;
    }

    private static VerificationKey key(Path pem) throws MalformedEvidenceException {
        return VerificationKey.parsePem(new String(Shared.bytes(pem), StandardCharsets.UTF_8));
    }

    private static List<Path> folders(Path folder) throws IOException {
        return files(folder).stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
