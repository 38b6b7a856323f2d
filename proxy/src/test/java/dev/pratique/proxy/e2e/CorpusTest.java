package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.proxy.e2e.rig.CarelessRegistry;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Recorded images, good and hostile, from a registry that checks nothing, asked of the running proxy. */
class CorpusTest {
    private static final String UPSTREAM = "corpus.test";
    /** The signed index and its children once more, for the one test in which the order matters. */
    private static final String FAMILY = "family";

    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("att-builder-mismatch", "PROVENANCE_BUILDER"),
            Map.entry("att-no-sigs", "MALFORMED_EVIDENCE"),
            Map.entry("att-no-subject", "MALFORMED_EVIDENCE"),
            Map.entry("att-only-vuln", "NO_PROVENANCE"),
            Map.entry("att-subject-other", "OTHER_SUBJECT"),
            Map.entry("att-wrong-key", "SIGNATURE_UNTRUSTED"),
            Map.entry("bref-wrong-key", "SIGNATURE_UNTRUSTED"),
            Map.entry("dir-img-cosign-modified-manifest", "OTHER_SUBJECT"),
            Map.entry("index-only-child-signed", "UNSIGNED"),
            Map.entry("index-signed-pull-child", "UNSIGNED"),
            Map.entry("polyglot-as-manifest", "MANIFEST_INVALID"),
            Map.entry("registry-wrong-bytes-for-digest", "UPSTREAM_WRONG_BYTES"),
            Map.entry("sig-empty-annotation", "MALFORMED_EVIDENCE"),
            Map.entry("sig-none", "UNSIGNED"),
            Map.entry("sig-replay-other-image", "OTHER_SUBJECT"),
            Map.entry("sig-tampered-payload", "SIGNATURE_UNTRUSTED"),
            Map.entry("sig-wrong-valid-key", "SIGNATURE_UNTRUSTED"));

    private static final List<CorpusCase> CASES = new ArrayList<>();
    private static CarelessRegistry registry;
    private static RunningProxy proxy;

    @BeforeAll
    static void start() {
        CASES.addAll(CorpusCase.all());
        registry = CarelessRegistry.start();
        ProxyConfig config = new ProxyConfig().upstream(UPSTREAM, registry.url());
        Map<String, String> signers = new HashMap<>();
        StringBuilder rules = new StringBuilder("rules:\n");
        for (CorpusCase one : CASES) {
            registry.serve(one.id(), one.layout());
            String signer = signers.computeIfAbsent(one.publicKey(), key -> "signer" + signers.size());
            rules.append("  - {name: %s, repositories: ['%s/%s'], %s}\n"
                    .formatted(one.id(), UPSTREAM, one.id(), one.asks(signer)));
        }
        CorpusCase family = byName("index-signed-pull-child");
        registry.serve(FAMILY, family.layout());
        rules.append("  - {name: family, repositories: ['%s/%s'], %s}\n"
                .formatted(UPSTREAM, FAMILY, family.asks(signers.get(family.publicKey()))));
        signers.forEach((key, name) -> config.signer(name, key));
        proxy = config.policy(rules.toString()).start();
        System.out.println("[corpus] without a reason on record: "
                + CASES.stream()
                        .filter(one -> !one.accepted() && !REASONS.containsKey(one.id()))
                        .map(CorpusCase::id)
                        .toList());
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, registry);
    }

    @TestFactory
    Stream<DynamicTest> what_should_pass_is_admitted_with_its_own_bytes() {
        List<CorpusCase> accepted = CASES.stream().filter(CorpusCase::accepted).toList();
        System.out.println("[corpus] accepts: " + accepted.size());
        assertThat(accepted).hasSizeGreaterThanOrEqualTo(7);
        return accepted.stream().map(one -> dynamicTest(one.id(), () -> admits(one)));
    }

    @TestFactory
    Stream<DynamicTest> what_should_not_pass_is_turned_away_for_its_reason() {
        List<CorpusCase> rejected =
                CASES.stream().filter(one -> !one.accepted()).toList();
        System.out.println("[corpus] rejects: " + rejected.size());
        assertThat(rejected).hasSizeGreaterThanOrEqualTo(17);
        return rejected.stream().map(one -> dynamicTest(one.id(), () -> turnsAway(one)));
    }

    @Test
    void a_child_passes_once_its_signed_index_was_pulled_and_never_before() {
        CorpusCase child = byName("index-signed-pull-child");

        Web.Answer cold = Web.get(manifest(FAMILY, child.digest()));
        Web.Answer index = Web.get(manifest(FAMILY, "multi"));
        Web.Answer warm = Web.get(manifest(FAMILY, child.digest()));

        assertThat(Refused.of(cold).reason()).as(cold.toString()).isEqualTo("UNSIGNED");
        assertThat(index.status()).as(index.toString()).isEqualTo(200);
        assertThat(warm.status()).as(warm.toString()).isEqualTo(200);
        assertThat(warm.body()).isEqualTo(child.manifest());
    }

    private static CorpusCase byName(String id) {
        return CASES.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
    }

    private static void admits(CorpusCase one) {
        long before = proxy.pulls("admitted", "");
        Web.Answer answer = Web.get(manifest(one.id(), one.digest()));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(one.manifest());
        assertThat(answer.header("Docker-Content-Digest")).isEqualTo(one.digest());
        assertThat(proxy.pulls("admitted", "")).isEqualTo(before + 1);
    }

    private static void turnsAway(CorpusCase one) {
        Web.Answer answer = Web.get(manifest(one.id(), one.digest()));
        Refused refused = Refused.of(answer);

        assertThat(answer.status()).as(answer.toString()).isGreaterThanOrEqualTo(400);
        assertThat(refused.reason()).as(answer.toString()).isNotEmpty();
        if (REASONS.containsKey(one.id())) {
            assertThat(refused.reason()).as(answer.toString()).isEqualTo(REASONS.get(one.id()));
        }
        String said = refused.status() == 403 ? "refused" : "undecided";
        assertThat(proxy.metric(
                        "pratique_pulls_total",
                        "answer=\"" + said + "\"",
                        "reason=\"" + refused.reason() + "\"",
                        "rule=\"" + one.id() + "\""))
                .isPositive();
    }

    private static String manifest(String repository, String reference) {
        return proxy.url() + "/v2/" + UPSTREAM + "/" + repository + "/manifests/" + reference;
    }
}
