package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.testing.LayoutRegistry;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.trust.TrustRoots;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every case of the synthetic suite of keyless signatures, from a registry, gets its answer for the reason it is about. */
class SyntheticKeylessTest {
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("kl-b-40-entries", "MALFORMED"),
            Map.entry("kl-b-checkpoint-signed-by-unknown", "LOG_ENTRY_UNPROVEN"),
            Map.entry("kl-b-entry-other-envelope", "LOG_ENTRY_MISMATCH"),
            Map.entry("kl-b-identity-other", "IDENTITY_UNKNOWN"),
            Map.entry("kl-b-log-key-ended", "LOG_ENTRY_UNPROVEN"),
            Map.entry("kl-b-no-entries", "NOT_LOGGED"),
            Map.entry("kl-b-no-promise-time-forged", "NO_SIGNED_TIME"),
            Map.entry("kl-b-no-proof", "MALFORMED"),
            Map.entry("kl-b-ok", Answers.VERIFIED),
            Map.entry("kl-b-statement-other-subject", "OTHER_SUBJECT"),
            Map.entry("kl-sig-entry-of-other-artifact", "LOG_ENTRY_MISMATCH"),
            Map.entry("kl-sig-evil-ca-same-name", "CERTIFICATE_UNTRUSTED"),
            Map.entry("kl-sig-identity-other", "IDENTITY_UNKNOWN"),
            Map.entry("kl-sig-issuer-other", "IDENTITY_UNKNOWN"),
            Map.entry("kl-sig-no-bundle", "NOT_LOGGED"),
            Map.entry("kl-sig-no-codesigning-eku", "CERTIFICATE_UNFIT"),
            Map.entry("kl-sig-no-sct", "CERTIFICATE_NOT_LOGGED"),
            Map.entry("kl-sig-ok", Answers.VERIFIED),
            Map.entry("kl-sig-payload-other-image", "OTHER_SUBJECT"),
            Map.entry("kl-sig-regexp-unanchored", "IDENTITY_UNKNOWN"),
            Map.entry("kl-sig-set-garbage", "LOG_ENTRY_UNPROVEN"),
            Map.entry("kl-sig-time-after-cert", "CERTIFICATE_TIME"));

    @Test
    void every_case_gets_the_expected_answer_for_the_expected_reason() throws Exception {
        Path suite = Shared.path("corpus/synthetic-sigstore-keyless");
        Answers answers = new Answers();
        for (File folder : suite.resolve("cases").toFile().listFiles(File::isDirectory)) {
            JsonObject one = Shared.object(folder.toPath().resolve("case.json"));
            JsonObject wanted =
                    Shared.objects(one.getObject("policy").get("require")).get(0);
            String answer = Answers.of(Gate.verification(
                    LayoutRegistry.read(folder.toPath(), true), one.getString("ref"), roots(suite, wanted)));
            answers.add(folder.getName(), answer);
            assertThat(answer.equals(Answers.VERIFIED))
                    .as(folder.getName())
                    .isEqualTo(one.getString("expect").equals("accept"));
        }
        answers.areExactly("synthetic-sigstore-keyless", EXPECTED);
    }

    private static TrustRoots roots(Path suite, JsonObject wanted) throws Exception {
        Optional<String> exact = wanted.findString("identity");
        TextPattern subject = exact.isPresent()
                ? TextPattern.exact(exact.get())
                : TextPattern.regexp(wanted.getString("identityRegexp"));
        return Answers.identity(
                suite.resolve(wanted.getString("trustedRoot")), TextPattern.exact(wanted.getString("issuer")), subject);
    }

    @Test
    void CRT_03_an_expression_that_fits_only_inside_of_a_name_is_not_fitted() throws Exception {
        Path suite = Shared.path("corpus/synthetic-sigstore-keyless");
        Path folder = suite.resolve("cases/kl-sig-regexp-unanchored");
        JsonObject one = Shared.object(folder.resolve("case.json"));
        JsonObject wanted =
                Shared.objects(one.getObject("policy").get("require")).get(0);
        String answer = Gate.answer(
                LayoutRegistry.read(folder, true),
                one.getString("ref"),
                roots(suite, wanted),
                Shelf.signedBy("signer"));
        assertThat(answer).isEqualTo("IDENTITY_UNTRUSTED");
    }
}
