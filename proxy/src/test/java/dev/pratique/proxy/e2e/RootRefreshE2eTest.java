package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.LayoutPush;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.TrustedRootFile;
import dev.pratique.proxy.e2e.rig.TrustedRootFile.Part;
import dev.pratique.proxy.e2e.rig.TufServer;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A running proxy follows the TUF repository of its root: what only the new root vouches for is admitted once it is there,
 * what only the old one vouched for no longer is, and a repository that says nothing new any more leaves the case undecided
 * where the operator said so. Both images were signed by real cosign, one logged in Rekor v1, one in Rekor v2.
 */
@Tag("e2e")
class RootRefreshE2eTest {
    private static final String REKOR2 = "https://rekor2.sstack.test";
    /** The proxy asks at the latest a minute after it could, and looks every ten seconds whether it should. */
    private static final Duration REFRESHED = Duration.ofSeconds(80);
    /** Of a publication, by its timestamp; the proxy asks again after half of what is left. */
    private static final Duration LIFE = Duration.ofSeconds(100);

    private static SampleCase inRekor1;
    private static SampleCase inRekor2;
    private static Registry registry;
    private static TufServer tuf;
    private static RunningProxy proxy;

    @BeforeAll
    static void start() {
        List<SampleCase> samples = SampleCase.all();
        inRekor1 = named(samples, "kl-legacy-rekor1");
        inRekor2 = named(samples, "att-kl-bundle-rekor2");
        registry = Registry.start(Registry.Kind.REFERRERS);
        for (String whenStale : List.of("strict", "lenient", "absent")) {
            LayoutPush.of(inRekor1.layout(), registry, whenStale + "/rekor1");
            LayoutPush.of(inRekor2.layout(), registry, whenStale + "/rekor2");
        }
        tuf = TufServer.start();
        tuf.publish(sample("trusted_root.rekor2.json"), LIFE);
        proxy = config().start();
    }

    private static ProxyConfig config() {
        return new ProxyConfig()
                .upstream("upstream.test", registry.url())
                .write("root.json", tuf.pinnedRoot())
                .trust("""
                          release:
                            github: {owner: acme, repository: app, workflow: release.yml, refs: [refs/heads/main],
                              issuer: 'http://127.0.0.1:18888/gh'}
                            roots: [strict, lenient, absent]
                        roots:
                          strict: {tuf: {url: '%1$s', root: root.json}, whenStale: undecided,
                            repositories: ['upstream.test/strict/**']}
                          lenient: {tuf: {url: '%1$s', root: root.json}, whenStale: use,
                            repositories: ['upstream.test/lenient/**']}
                          absent: {tuf: {url: '%1$s/elsewhere', root: root.json}, offline: true,
                            repositories: ['upstream.test/absent/**']}
                        """.formatted(tuf.url()))
                .policy("""
                        rules:
                          - {name: released, repositories: ['upstream.test/**'], signedBy: {any: [release]}}
                        """);
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, tuf, registry);
    }

    private static SampleCase named(List<SampleCase> samples, String id) {
        return samples.stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no sample " + id));
    }

    private static String sample(String file) {
        try {
            return Files.readString(Path.of(System.getProperty("pratique.shared"), "samples", file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Web.Answer pull(String repository, SampleCase sample) {
        return Web.get(proxy.url() + "/v2/upstream.test/" + repository + "/manifests/" + sample.subject());
    }

    private static void admits(String repository, SampleCase sample) {
        Web.Answer answer = pull(repository, sample);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    private static void refuses(String repository, SampleCase sample, Refused refused) {
        Web.Answer answer = pull(repository, sample);
        assertThat(Refused.of(answer)).as(answer.toString()).isEqualTo(refused);
    }

    private static void within(Duration time, ThrowingRunnable assertion) {
        await().atMost(time).pollInterval(Duration.ofMillis(500)).untilAsserted(assertion);
    }

    @Test
    void TUF_05_a_new_root_counts_without_a_restart_and_a_frozen_repository_is_noticed() {
        Refused notLogged = new Refused(403, "DENIED", "NOT_LOGGED");
        Refused undecided = new Refused(503, "UNAVAILABLE", "EVIDENCE_UNREADABLE");

        // What was never fetched decides nothing, not even that somebody is a stranger.
        refuses("absent/rekor2", inRekor2, undecided);
        for (String root : List.of("strict", "lenient")) {
            within(REFRESHED, () -> admits(root + "/rekor2", inRekor2));
            refuses(root + "/rekor1", inRekor1, notLogged);
        }

        tuf.publish(TrustedRootFile.without(sample("trusted_root.json"), Part.LOGS, REKOR2), LIFE);
        String before = proxy.revision();
        for (String root : List.of("strict", "lenient")) {
            within(REFRESHED, () -> admits(root + "/rekor1", inRekor1));
            refuses(root + "/rekor2", inRekor2, notLogged);
        }
        assertThat(proxy.revision()).isNotEqualTo(before);

        // Whoever holds back updates from now on gains nothing but time, and not more than the timestamp's.
        within(LIFE.plusSeconds(20), () -> refuses("strict/rekor1", inRekor1, undecided));
        admits("lenient/rekor1", inRekor1);
        refuses("lenient/rekor2", inRekor2, notLogged);
        assertThat(proxy.metric("pratique_trust_root_refreshes_total", "outcome=\"updated\""))
                .isGreaterThanOrEqualTo(2);
    }
}
