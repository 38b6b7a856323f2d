package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.EditedJson;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
            // Its log entry's signature is not in the form that rekor's schema of intoto 0.0.2 gives it.
            Map.entry("intoto-log-entry-mismatch_fail", "MALFORMED"),
            Map.entry("intoto-missing-inclusion-proof_fail", "MALFORMED"),
            Map.entry("intoto-tsa-timestamp-outside-cert-validity_fail", "CERTIFICATE_TIME"),
            Map.entry("intoto-with-custom-trust-root", Answers.VERIFIED),
            Map.entry("invalid-checkpoint-signature_fail", "LOG_ENTRY_UNPROVEN"),
            Map.entry("invalid-ct-key_fail", "CERTIFICATE_NOT_LOGGED"),
            // Version 0.2, and its proof has no checkpoint: sigstore_rekor.proto, InclusionProof.checkpoint is
            // REQUIRED.
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
            // RFC 4648 section 3.3: "MUST reject the encoded data if it contains characters outside the base alphabet":
            // line breaks. Without them it is refused for its time, see below.
            Map.entry("rekor2-timestamp-with-incorrect-time_fail", "MALFORMED"),
            Map.entry("set-invalid-signature_fail", "LOG_ENTRY_UNPROVEN"),
            Map.entry("signature-mismatch_fail", "SIGNATURE_INVALID"),
            Map.entry("trust-root-tsa-validity-end-inclusive", Answers.VERIFIED),
            Map.entry("wrong-hashedrekord-artifact_fail", "LOG_ENTRY_MISMATCH"),
            Map.entry("wrong-hashedrekord-entry_fail", "LOG_ENTRY_MISMATCH"));

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
        Path publicGood = Shared.path("corpus/sigstore-trust-roots/public-good/targets/trusted_root.json");
        Path root = either(folder.resolve("trusted_root.json"), publicGood);
        Path key = folder.resolve("key.pub");
        if (!Files.exists(key)) {
            return verified.with(Answers.identity(root, ISSUER, IDENTITY));
        }
        try {
            return verified.with(Answers.key(key, root));
        } catch (MalformedEvidenceException e) {
            return NO_KEY;
        }
    }

    private static Path either(Path own, Path usual) {
        return Files.exists(own) ? own : usual;
    }
}
