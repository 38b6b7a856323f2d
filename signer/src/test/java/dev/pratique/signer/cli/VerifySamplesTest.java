package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.signer.publish.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every image of the samples is verified with the options that cosign was given, and is what cosign said, for its reason. */
class VerifySamplesTest {
    private static final String VERIFIED = "VERIFIED";
    /** While the certificates of the private authority counted. */
    private static final Instant THEN = Instant.parse("2026-11-21T12:00:00Z");

    /** Of cosign's options those that say nothing here: every form is looked for in every place. */
    private static final Set<String> WITHOUT_MEANING =
            Set.of("--new-bundle-format=false", "--experimental-oci11", "--allow-certificate-chain");

    /** Where the answer is another than cosign's, and why. */
    private static final Map<String, String> OTHERWISE = Map.of(
            // cosign looks for the older form only where no bundle is, and for its referrers only when it is told to.
            "k-both-formats: legacy by default", VERIFIED,
            "k-legacy-oci11: default mode", VERIFIED,
            // cosign takes any statement about the image for a signature of it.
            "att-only-no-signature: cosign verify", "NOT_WHAT_IS_ASKED_FOR",
            "neg-bundle-typespoof: cosign", "NOT_WHAT_IS_ASKED_FOR",
            // sigstore_bundle.proto: a bundle of v0.3 has a certificate, never a chain.
            "byo-bundle-chain: --allow", "MALFORMED",
            // The root has a timestamp authority, so somebody must say when it was signed.
            "byo-legacy-chain: legacy, trusted root", "NO_SIGNED_TIME");

    /** Why the others are not verified, by the start of the label or by what the check is called. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("wrong key", "NO_TRUSTED_KEY"),
            Map.entry("third key", "NO_TRUSTED_KEY"),
            Map.entry("tampered payload", "NO_TRUSTED_KEY"),
            Map.entry("moved ", "OTHER_SUBJECT"),
            Map.entry("child sha256:", "UNSIGNED"),
            Map.entry("other identity", "IDENTITY_UNKNOWN"),
            Map.entry("workflow repository", "IDENTITY_UNKNOWN"),
            Map.entry("log required", "NOT_LOGGED"),
            Map.entry("SCT required", "CERTIFICATE_NOT_LOGGED"),
            Map.entry("untrusted CA", "CERTIFICATE_UNTRUSTED"),
            Map.entry("type absent", "NOT_WHAT_IS_ASKED_FOR"),
            Map.entry("annotation mismatch", "NOT_WHAT_IS_ASKED_FOR"),
            Map.entry("default", "MALFORMED"));

    @TempDir
    private static Path home;

    private static TestRegistry registry;
    private static List<Samples.Check> checks;

    @BeforeAll
    static void push() throws Exception {
        checks = Samples.checks();
        registry = new TestRegistry(true);
        Set<String> pushed = new HashSet<>();
        for (Samples.Check check : checks) {
            if (pushed.add(check.sample())) {
                Samples.push(check.sample(), registry);
            }
        }
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void theSamplesAreAllAsked() {
        long accepts = checks.stream()
                .filter(check -> expected(check).equals(VERIFIED))
                .count();
        System.out.println("samples by command: " + accepts + " accepts, " + (checks.size() - accepts) + " rejects");
        assertThat(accepts).isGreaterThanOrEqualTo(75);
        assertThat(checks.size() - accepts).isGreaterThanOrEqualTo(30);
    }

    @TestFactory
    Stream<DynamicTest> whatCosignSaidIsSaidForItsReason() {
        return checks.stream().map(check -> dynamicTest(check.toString(), () -> asks(check)));
    }

    private static void asks(Samples.Check check) {
        List<String> arguments = new ArrayList<>(List.of("verify"));
        check.arguments().stream()
                .skip(1)
                .filter(word -> !WITHOUT_MEANING.contains(word))
                .forEach(arguments::add);
        arguments.add(registry.host() + "/" + check.sample() + "@" + check.image());
        TestTerminal terminal = new TestTerminal(home).at(THEN);
        int exit = terminal.run(arguments.toArray(String[]::new));
        String expected = expected(check);
        assertThat(exit).as(terminal.out() + terminal.err()).isEqualTo(expected.equals(VERIFIED) ? 0 : 3);
        assertThat(terminal.out())
                .contains("answer:    " + (exit == 0 ? "verified\n" : "not verified, " + expected + "\n"));
    }

    private static String expected(Samples.Check check) {
        return OTHERWISE.entrySet().stream()
                .filter(otherwise -> check.toString().startsWith(otherwise.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(check.passes() || hashOfItsSize(check) ? VERIFIED : reason(check));
    }

    // cosign takes SHA-256 for granted; here a key signs with the hash of its size unless another is said.
    private static boolean hashOfItsSize(Samples.Check check) {
        return check.label().equals("without --signature-digest-algorithm");
    }

    private static String reason(Samples.Check check) {
        return REASONS.entrySet().stream()
                .filter(reason -> check.label().startsWith(reason.getKey()))
                .max(Comparator.comparingInt(reason -> reason.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse("no reason is on record");
    }
}
