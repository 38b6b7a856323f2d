package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.EditedJson;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** sigstore-conformance: every bundle, once for its file and once for the file's digest. */
class SigstoreConformanceTest {
    private static final String IDENTITY =
            "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon"
                    + "/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    private static final String ISSUER = "https://token.actions.githubusercontent.com";
    /** The key file holds no key, so nothing is verified at all. */
    private static final String NO_KEY = "KEY_MALFORMED";

    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("bundle-empty-certificate-chain_fail", "MALFORMED"),
            Map.entry("bundle-invalid-base64-signature_fail", "MALFORMED"),
            Map.entry("bundle-malformed-json_fail", "MALFORMED"),
            Map.entry("bundle-unknown-version_fail", "MALFORMED"),
            Map.entry("bundle-with-sct-with-extensions", Answers.VERIFIED),
            Map.entry("checkpoint-bad-keyhint_fail", "LOG_ENTRY_UNPROVEN"),
            Map.entry("dsse-invalid-sig_fail", "SIGNATURE_INVALID"),
            Map.entry("dsse-mismatch-envelope_fail", "LOG_ENTRY_MISMATCH"),
            Map.entry("happy-path-intoto-in-dsse-v3", Answers.VERIFIED),
            Map.entry("happy-path-v0.1", Answers.VERIFIED),
            Map.entry("happy-path-v0.3", Answers.VERIFIED),
            Map.entry("incorrect-public-key_fail", "LOG_ENTRY_MISMATCH"),
            Map.entry("intoto-log-entry-mismatch_fail", "MALFORMED"),
            Map.entry("intoto-missing-inclusion-proof_fail", "MALFORMED"),
            Map.entry("intoto-tsa-timestamp-outside-cert-validity_fail", "CERTIFICATE_TIME"),
            Map.entry("intoto-with-custom-trust-root", Answers.VERIFIED),
            Map.entry("invalid-checkpoint-signature_fail", "LOG_ENTRY_UNPROVEN"),
            Map.entry("invalid-ct-key_fail", "CERTIFICATE_NOT_LOGGED"),
            Map.entry("invalid-inclusion-proof_fail", "MALFORMED"),
            Map.entry("managed-key-happy-path", Answers.VERIFIED),
            Map.entry("managed-key-wrong-key_fail", NO_KEY),
            Map.entry("message-digest-mismatch_fail", "OTHER_SUBJECT"),
            Map.entry("rekor2-checkpoint-cosigned", Answers.VERIFIED),
            Map.entry("rekor2-checkpoint-missing-origin_fail", "MALFORMED"),
            Map.entry("rekor2-checkpoint-missing-size_fail", "MALFORMED"),
            Map.entry("rekor2-checkpoint-no-matching-signature_fail", "LOG_ENTRY_UNPROVEN"),
            Map.entry("rekor2-checkpoint-two-sigs-cosigned", Answers.VERIFIED),
            Map.entry("rekor2-dsse-happy-path", Answers.VERIFIED),
            Map.entry("rekor2-dsse-invalid-sig_fail", "SIGNATURE_INVALID"),
            Map.entry("rekor2-dsse-mismatch-sig_fail", "LOG_ENTRY_MISMATCH"),
            Map.entry("rekor2-happy-path", Answers.VERIFIED),
            Map.entry("rekor2-no-inclusion-proof_fail", "MALFORMED"),
            Map.entry("rekor2-timestamp-outside-trust-root-tsa-validity_fail", "TIMESTAMP_INVALID"),
            Map.entry("rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail", "NO_SIGNED_TIME"),
            Map.entry("rekor2-timestamp-with-embedded-cert", Answers.VERIFIED),
            Map.entry("rekor2-timestamp-with-expired-cert-chain", Answers.VERIFIED),
            Map.entry("rekor2-timestamp-with-incorrect-time_fail", "MALFORMED"),
            Map.entry("set-invalid-signature_fail", "LOG_ENTRY_UNPROVEN"),
            Map.entry("signature-mismatch_fail", "SIGNATURE_INVALID"),
            Map.entry("trust-root-tsa-validity-end-inclusive", Answers.VERIFIED),
            Map.entry("wrong-hashedrekord-artifact_fail", "LOG_ENTRY_MISMATCH"),
            Map.entry("wrong-hashedrekord-entry_fail", "LOG_ENTRY_MISMATCH"));

    /** What is seen in each case that is refused, where it is what the case is about. */
    private static final Map<String, String> SAW = Map.ofEntries(
            Map.entry("bundle-empty-certificate-chain_fail", "x509CertificateChain is empty"),
            Map.entry("bundle-malformed-json_fail", "bundle is not valid JSON"),
            Map.entry("bundle-unknown-version_fail", "the bundle's mediaType is none of version 0.1, 0.2 or 0.3"),
            Map.entry("checkpoint-bad-keyhint_fail", "without a signature of https://rekor.sigstore.dev"),
            Map.entry("dsse-invalid-sig_fail", "the key of its certificate did not sign this, or it was altered"),
            Map.entry("dsse-mismatch-envelope_fail", "a log entry about another payload"),
            Map.entry("incorrect-public-key_fail", "a log entry about another key or certificate"),
            Map.entry(
                    "intoto-missing-inclusion-proof_fail",
                    "tlogEntries[0] has no inclusion proof with a checkpoint, which version 0.2 needs"),
            Map.entry(
                    "intoto-tsa-timestamp-outside-cert-validity_fail",
                    "to 2023-02-01T00:10:00Z, not at 2023-02-02T00:00:00Z"),
            Map.entry("invalid-checkpoint-signature_fail", "a checkpoint that https://rekor.sigstore.dev did not sign"),
            Map.entry("invalid-ct-key_fail", "which is not trusted here"),
            Map.entry("message-digest-mismatch_fail", "it signs a message of another digest, not what was asked for"),
            Map.entry("rekor2-checkpoint-missing-origin_fail", "the checkpoint has 2 lines"),
            Map.entry("rekor2-checkpoint-missing-size_fail", "the checkpoint has 2 lines"),
            Map.entry(
                    "rekor2-checkpoint-no-matching-signature_fail",
                    "a checkpoint of 'log2025-alpha1.rekor.github.dev' without a signature of"),
            Map.entry(
                    "rekor2-dsse-invalid-sig_fail", "the key of its certificate did not sign this, or it was altered"),
            Map.entry("rekor2-dsse-mismatch-sig_fail", "a log entry about another signature"),
            Map.entry(
                    "rekor2-no-inclusion-proof_fail",
                    "tlogEntries[0] has no inclusion proof with a checkpoint, which version 0.3 needs"),
            Map.entry(
                    "rekor2-timestamp-outside-trust-root-tsa-validity_fail",
                    "lies outside the time for which https://timestamp.sigstage.dev/api/v1/timestamp is trusted"),
            Map.entry(
                    "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail",
                    "says when it was signed (1 timestamp of others does not count)"),
            Map.entry("set-invalid-signature_fail", "a promise that https://rekor.sigstore.dev did not sign"),
            Map.entry("signature-mismatch_fail", "the key of its certificate did not sign this, or it was altered"),
            Map.entry("wrong-hashedrekord-artifact_fail", "a log entry about other signed bytes"),
            Map.entry("wrong-hashedrekord-entry_fail", "a log entry about other signed bytes"));

    /**
     * What is seen in those that are refused before what they are about is looked at, with the sentence that refuses them. The
     * fifth is managed-key-wrong-key: its key is no point of its curve (SEC 1 section 3.2.2.1).
     */
    private static final Map<String, String> SAW_EARLIER = Map.of(
            // About a signature that is not base64; its log entry's certificate is not either. RFC 4648 section 3.3, as
            // below; SigstoreBundleTest has it alone.
            "bundle-invalid-base64-signature_fail", "the log entry's key or certificate is not base64",
            // About an entry of another artifact; its signature is not in the form that rekor's schema of intoto 0.0.2
            // gives it. EntryBodyTest has it alone.
            "intoto-log-entry-mismatch_fail", "a signature of the log entry is not base64",
            // About a proof that leads nowhere; it has no checkpoint. sigstore_rekor.proto, InclusionProof.checkpoint:
            // REQUIRED. TransparencyLogTest has it alone.
            "invalid-inclusion-proof_fail", "has no inclusion proof with a checkpoint, which version 0.2 needs",
            // About a time after the certificate's end; the token has line breaks in its base64. RFC 4648 section 3.3:
            // "MUST reject the encoded data if it contains characters outside the base alphabet". Without them: below.
            "rekor2-timestamp-with-incorrect-time_fail", "rfc3161Timestamps[0].signedTimestamp is not base64");

    @Test
    void every_bundle_gets_the_expected_answer_for_the_expected_reason_for_a_file_and_for_its_digest()
            throws Exception {
        Path suite = Shared.path("corpus/sigstore-conformance/bundle-verify");
        Answers answers = new Answers();
        for (File folder : suite.toFile().listFiles(File::isDirectory)) {
            Path one = folder.toPath();
            byte[] artifact = Shared.bytes(either(one.resolve("artifact"), suite.resolve("a.txt")));
            String name = folder.getName();
            String byFile = answer(one, roots -> Answers.of(one.resolve("bundle.sigstore.json"), artifact, roots));
            String byDigest = answer(
                    one, roots -> Answers.of(one.resolve("bundle.sigstore.json"), Digest.sha256(artifact), roots));
            answers.add(name + " by file", byFile);
            answers.add(name + " by digest", byDigest);
            assertThat(byFile.equals(Answers.VERIFIED)).as(name).isEqualTo(!name.endsWith("_fail"));
        }
        Map<String, String> both = new HashMap<>();
        EXPECTED.forEach((name, answer) -> both.put(name + " by file", answer));
        EXPECTED.forEach((name, answer) -> both.put(name + " by digest", answer));
        answers.areExactly("sigstore-conformance", both);
    }

    @Test
    void every_refusal_says_what_was_seen() throws Exception {
        Path suite = Shared.path("corpus/sigstore-conformance/bundle-verify");
        Map<String, String> expected = new HashMap<>(SAW);
        expected.putAll(SAW_EARLIER);
        Set<String> refused = new TreeSet<>(EXPECTED.keySet());
        refused.removeIf(name -> EXPECTED.get(name).equals(Answers.VERIFIED)
                || EXPECTED.get(name).equals(NO_KEY));
        assertThat(expected.keySet()).isEqualTo(refused);
        for (String name : refused) {
            Path one = suite.resolve(name);
            byte[] artifact = Shared.bytes(either(one.resolve("artifact"), suite.resolve("a.txt")));
            byte[] bundle = Shared.bytes(one.resolve("bundle.sigstore.json"));
            Verification verification = new Verifier(roots(one)).verifyBundle(Subject.of(artifact), bundle, Shelf.NOW);
            assertThat(verification.findings())
                    .as(name)
                    .filteredOn(finding -> finding.outcome() == Finding.Outcome.FAILED)
                    .extracting(Finding::saw)
                    .anySatisfy(saw -> assertThat(saw).contains(expected.get(name)));
        }
    }

    @Test
    void a_timestamp_after_the_certificates_end_is_refused_for_that_when_it_can_be_read() throws Exception {
        Path folder =
                Shared.path("corpus/sigstore-conformance/bundle-verify/rekor2-timestamp-with-incorrect-time_fail");
        String token = "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp";
        EditedJson json = EditedJson.of(folder.resolve("bundle.sigstore.json"));
        json.set(token, String.valueOf(json.get(token)).replace("\n", ""));
        byte[] artifact = Shared.bytes(folder.resolveSibling("a.txt"));
        TrustRoots roots = Answers.identity(folder.resolve("trusted_root.json"), ISSUER, IDENTITY);
        assertThat(Answers.of(new Verifier(roots).verifyBundle(Subject.of(artifact), json.bytes(), Shelf.NOW)))
                .isEqualTo("CERTIFICATE_TIME");
    }

    private interface Verified {
        String with(TrustRoots roots);
    }

    private static String answer(Path folder, Verified verified) throws Exception {
        try {
            return verified.with(roots(folder));
        } catch (MalformedEvidenceException e) {
            return NO_KEY;
        }
    }

    private static TrustRoots roots(Path folder) throws Exception {
        Path publicGood = Shared.path("corpus/sigstore-trust-roots/public-good/targets/trusted_root.json");
        Path root = either(folder.resolve("trusted_root.json"), publicGood);
        Path key = folder.resolve("key.pub");
        return Files.exists(key) ? Answers.key(key, root) : Answers.identity(root, ISSUER, IDENTITY);
    }

    private static Path either(Path own, Path usual) {
        return Files.exists(own) ? own : usual;
    }
}
