package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.LayoutPush;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What real cosign signed with keys and with certificates, asked of the running proxy as cosign was asked about it: the
 * answers are the same, but for those with a reason here.
 */
@Tag("e2e")
class SamplesE2eTest {
    private static final String ADMITTED = "ADMITTED";

    /** Where we answer otherwise than cosign, by the start of the label, and why. */
    private static final Map<String, String> OTHERWISE = Map.of(
            // cosign reads one layout at a time; here every layout counts.
            "k-both-formats: legacy by default",
            ADMITTED,
            "k-legacy-oci11: default mode",
            ADMITTED,
            // cosign takes any statement about the image for a signature of it.
            "att-only-no-signature: cosign verify",
            "NOT_A_SIGNATURE",
            "neg-bundle-typespoof: cosign",
            "NOT_A_SIGNATURE",
            // sigstore_bundle.proto: a bundle of v0.3 has a certificate, never a chain.
            "byo-bundle-chain: --allow",
            "MALFORMED_EVIDENCE");

    /** Why the others are refused, by the start of the label or by what the check is called. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            // One configuration knows all the keys, so the right one is of another signer.
            Map.entry("wrong key", "WRONG_SIGNER"),
            Map.entry("third key", "WRONG_SIGNER"),
            Map.entry("without --signature-digest-algorithm", "WRONG_SIGNER"),
            Map.entry("att-k-bundle: wrong key", "NO_PROVENANCE"),
            Map.entry("tampered payload", "SIGNATURE_UNTRUSTED"),
            Map.entry("moved ", "OTHER_SUBJECT"),
            Map.entry("child sha256:", "UNSIGNED"),
            Map.entry("other identity", "IDENTITY_UNTRUSTED"),
            Map.entry("workflow repository", "IDENTITY_UNTRUSTED"),
            Map.entry("log required", "NOT_LOGGED"),
            Map.entry("SCT required", "CERTIFICATE_NOT_LOGGED"),
            Map.entry("untrusted CA", "CERTIFICATE_UNTRUSTED"),
            Map.entry("default", "MALFORMED_EVIDENCE"));

    private static final List<SampleQuestion> QUESTIONS = new ArrayList<>();
    private static final Map<String, List<String>> NOT_ASKED = new TreeMap<>();
    private static final Map<Registry.Kind, Registry> REGISTRIES = new EnumMap<>(Registry.Kind.class);
    private static final Map<Registry.Kind, RunningProxy> PROXIES = new EnumMap<>(Registry.Kind.class);

    @BeforeAll
    static void start() {
        for (SampleCase sample : SampleCase.all()) {
            for (SampleCase.Check check : sample.checks()) {
                SampleQuestion question = new SampleQuestion("q" + QUESTIONS.size(), sample, check);
                if (!check.tool().equals("cosign")) {
                    continue;
                }
                question.notAsked()
                        .ifPresentOrElse(
                                why -> NOT_ASKED
                                        .computeIfAbsent(why, any -> new ArrayList<>())
                                        .add(question.label()),
                                () -> QUESTIONS.add(question));
            }
        }
        for (Registry.Kind kind : Registry.Kind.values()) {
            Registry registry = Registry.start(kind);
            REGISTRIES.put(kind, registry);
            ProxyConfig config = new ProxyConfig().upstream("samples.test", registry.url());
            ask(config);
            QUESTIONS.forEach(one -> LayoutPush.of(one.sample().layout(), registry, one.repository()));
            PROXIES.put(kind, config.start());
        }
    }

    private static void ask(ProxyConfig config) {
        StringBuilder trust = new StringBuilder();
        StringBuilder policy = new StringBuilder("rules:\n");
        for (SampleQuestion one : QUESTIONS) {
            trust.append("  " + one.name() + ": " + one.signer(config) + "\n");
            policy.append("  - " + one.rule() + "\n");
        }
        trust.append("roots:\n");
        for (SampleQuestion one : QUESTIONS) {
            trust.append("  " + one.name() + ": " + one.root(config) + "\n");
        }
        config.trust(trust.toString()).policy(policy.toString());
    }

    @AfterAll
    static void stop() {
        List<AutoCloseable> all = new ArrayList<>(PROXIES.values());
        all.addAll(REGISTRIES.values());
        Ending.all(all.toArray(AutoCloseable[]::new));
    }

    @Test
    void few_questions_have_no_words_here() {
        NOT_ASKED.forEach((why, labels) -> System.out.println("[samples] not asked, " + why + ": " + labels));
        assertThat(NOT_ASKED.values().stream().mapToInt(List::size).sum()).isEqualTo(8);
        assertThat(QUESTIONS).hasSize(112);
    }

    @TestFactory
    Stream<DynamicTest> what_cosign_accepts_is_admitted_with_its_own_bytes() {
        return both(true, 68, SamplesE2eTest::admits);
    }

    @TestFactory
    Stream<DynamicTest> what_cosign_rejects_is_refused_for_its_reason() {
        return both(false, 44, SamplesE2eTest::refuses);
    }

    private interface Answering {
        void check(SampleQuestion one, RunningProxy proxy);
    }

    private static Stream<DynamicTest> both(boolean admitted, int atLeast, Answering answering) {
        List<SampleQuestion> asked = QUESTIONS.stream()
                .filter(one -> expected(one).equals(ADMITTED) == admitted)
                .toList();
        System.out.println("[samples] " + (admitted ? "accepts: " : "rejects: ") + asked.size());
        assertThat(asked).hasSizeGreaterThanOrEqualTo(atLeast);
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> asked.stream()
                        .map(one ->
                                dynamicTest(kind + ": " + one.label(), () -> answering.check(one, PROXIES.get(kind)))));
    }

    private static String expected(SampleQuestion one) {
        return OTHERWISE.entrySet().stream()
                .filter(otherwise -> one.label().startsWith(otherwise.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(one.check().passes() ? ADMITTED : reason(one));
    }

    private static String reason(SampleQuestion one) {
        return REASONS.entrySet().stream()
                .filter(reason -> one.check().label().startsWith(reason.getKey())
                        || one.label().startsWith(reason.getKey()))
                .max(Comparator.comparingInt(reason -> reason.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse("no reason is on record");
    }

    private static void admits(SampleQuestion one, RunningProxy proxy) {
        Web.Answer answer = Web.get(proxy.url() + one.path());
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(Digest.sha256(answer.body()).toString()).isEqualTo(one.subject());
    }

    private static void refuses(SampleQuestion one, RunningProxy proxy) {
        Web.Answer answer = Web.get(proxy.url() + one.path());
        assertThat(Refused.of(answer)).as(answer.toString()).isEqualTo(new Refused(403, "DENIED", expected(one)));
    }
}
