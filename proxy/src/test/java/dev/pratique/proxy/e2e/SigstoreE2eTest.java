package dev.pratique.proxy.e2e;

import static dev.pratique.proxy.e2e.SigstoreTrust.BUILT;
import static dev.pratique.proxy.e2e.SigstoreTrust.CALLED;
import static dev.pratique.proxy.e2e.SigstoreTrust.GITLAB;
import static dev.pratique.proxy.e2e.SigstoreTrust.KEYED;
import static dev.pratique.proxy.e2e.SigstoreTrust.OWN;
import static dev.pratique.proxy.e2e.SigstoreTrust.OWN_PLAIN;
import static dev.pratique.proxy.e2e.SigstoreTrust.PERSON;
import static dev.pratique.proxy.e2e.SigstoreTrust.PINNED;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_BOTH;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_STAMPED;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_WITHOUT_CT;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_WITHOUT_REKOR1;
import static dev.pratique.proxy.e2e.SigstoreTrust.releaseEnded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.GitHubRun;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Images;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.PrivateSigstore;
import dev.pratique.proxy.e2e.rig.PrivateSigstore.Way;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.TarLayer;
import dev.pratique.proxy.e2e.rig.TrustedRootFile.Part;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Real cosign signs images with a whole private Sigstore; the running proxy admits what the rule's signer and its root
 * allow, and says of the rest what is wrong with it.
 */
@Tag("sigstore")
class SigstoreE2eTest {
    private static final String ADMITTED = "ADMITTED";

    private static final Map<Registry.Kind, Registry> REGISTRIES = new EnumMap<>(Registry.Kind.class);
    private static final Map<Registry.Kind, RunningProxy> PROXIES = new EnumMap<>(Registry.Kind.class);
    private static PrivateSigstore sigstore;

    /** Puts evidence beside an image, which is named by digest. */
    private interface Signing {
        void sign(String image);
    }

    /**
     * One image.
     *
     * @param asked the signer, and so the rule, by which it is judged
     * @param reason of the refusal, or {@link #ADMITTED}
     * @param saw part of what a finding says
     */
    private record Case(String name, String asked, Signing signing, String reason, String saw) {}

    @BeforeAll
    static void start() {
        sigstore = PrivateSigstore.start();
        for (Registry.Kind kind : Registry.Kind.values()) {
            REGISTRIES.put(kind, Registry.start(kind));
            ProxyConfig config = new ProxyConfig()
                    .upstream("upstream.test", REGISTRIES.get(kind).url());
            SigstoreTrust.write(sigstore, config, sigstore.publicKey());
            PROXIES.put(kind, config.start());
        }
    }

    @AfterAll
    static void stop() {
        List<AutoCloseable> all = new ArrayList<>(PROXIES.values());
        all.addAll(REGISTRIES.values());
        all.add(sigstore);
        Ending.all(all.toArray(AutoCloseable[]::new));
    }

    private static Case admitted(String name, String asked, Signing signing, String saw) {
        return new Case(name, asked, signing, ADMITTED, saw);
    }

    private static Signing by(GitHubRun run, Way way) {
        return image -> sigstore.sign(PrivateSigstore.as(run), way, image);
    }

    private static Signing by(String kind, Way way) {
        return image -> sigstore.sign(PrivateSigstore.as(kind, kind), way, image);
    }

    private static Signing keyed(Way way) {
        return image -> sigstore.sign(sigstore.asKey(), way, image);
    }

    private static Signing own(Way way) {
        return image -> sigstore.sign(sigstore.asOwnCertificate(), way, image);
    }

    private static Signing built(Way way) {
        return image -> {
            List<String> run = PrivateSigstore.as(GitHubRun.release());
            sigstore.sign(run, way, image);
            sigstore.attest(run, way, "slsaprovenance1", Predicates.slsa1(), image);
        };
    }

    private static List<Case> whatPasses() {
        GitHubRun run = GitHubRun.release();
        return List.of(
                admitted("rekor2", RELEASE, by(run, Way.REKOR2), "rekor2.sstack.test"),
                admitted("rekor1", RELEASE, by(run, Way.REKOR1), "127.0.0.1:18300"),
                admitted("rekor1-stamped", RELEASE_BOTH, by(run, Way.REKOR1_STAMPED), "127.0.0.1:18380"),
                admitted("rekor2-both", RELEASE_BOTH, by(run, Way.REKOR2), "127.0.0.1:18380"),
                admitted("old", RELEASE, by(run, Way.OLD), "127.0.0.1:18300"),
                admitted("old-stamped", RELEASE_BOTH, by(run, Way.OLD_STAMPED), "127.0.0.1:18380"),
                admitted("in-no-log", RELEASE_STAMPED, by(run, Way.STAMPED), "127.0.0.1:18380"),
                admitted("no-ct-asked", RELEASE_WITHOUT_CT, by(run, Way.NO_SCT), run.subject()),
                admitted("rekor2-only", RELEASE_WITHOUT_REKOR1, by(run, Way.REKOR2), "rekor2.sstack.test"),
                admitted("built", BUILT, built(Way.REKOR2), "https://slsa.dev/provenance/v1"),
                admitted("built-old", BUILT, built(Way.OLD), "https://slsa.dev/provenance/v1"),
                admitted("called", CALLED, by(run.calling(SigstoreTrust.CALLED_WORKFLOW), Way.REKOR2), "acme/builders"),
                admitted("gitlab", GITLAB, by("gitlab", Way.REKOR2), ".gitlab-ci.yml"),
                admitted("person", PERSON, by("email", Way.REKOR1), "dev@example.test"),
                admitted("own", OWN, own(Way.REKOR2), "release@acme.test"),
                admitted("own-in-no-log", OWN_PLAIN, own(Way.BARE), "release@acme.test"),
                admitted("pinned", PINNED, own(Way.BARE), "pinned"),
                admitted("keyed", KEYED, keyed(Way.REKOR2), "keyed"),
                admitted("keyed-rekor1", KEYED, keyed(Way.REKOR1), "keyed"),
                admitted("keyed-bare", KEYED, keyed(Way.BARE), "keyed"),
                admitted("keyed-old", KEYED, keyed(Way.OLD), "keyed"),
                admitted("keyed-old-bare", KEYED, keyed(Way.OLD_BARE), "keyed"));
    }

    private static List<Case> whatDoesNot() {
        GitHubRun run = GitHubRun.release();
        Signing ended = image -> sigstore.sign(sigstore.asEndedCertificate(), Way.REKOR2, image);
        return List.of(
                new Case("unsigned", RELEASE, image -> {}, "UNSIGNED", "no signature"),
                new Case(
                        "other-workflow",
                        RELEASE,
                        by(run.by("test.yml"), Way.REKOR2),
                        "IDENTITY_UNTRUSTED",
                        "test.yml"),
                new Case(
                        "other-workflow-old",
                        RELEASE,
                        by(run.by("test.yml"), Way.OLD),
                        "IDENTITY_UNTRUSTED",
                        "test.yml"),
                new Case("fork", RELEASE, by(run.of("mallory/app"), Way.REKOR1), "IDENTITY_UNTRUSTED", "mallory"),
                new Case(
                        "branch",
                        RELEASE,
                        by(run.at("refs/heads/x"), Way.REKOR2),
                        "IDENTITY_UNTRUSTED",
                        "refs/heads/x"),
                new Case(
                        "pull-request",
                        RELEASE,
                        by(run.on("pull_request"), Way.REKOR2),
                        "IDENTITY_UNTRUSTED",
                        "pull_request"),
                new Case("somebody", RELEASE, by("email", Way.REKOR2), "WRONG_SIGNER", "dev@example.test"),
                new Case(
                        "unknown-log",
                        RELEASE_WITHOUT_REKOR1,
                        by(run, Way.REKOR1),
                        "NOT_LOGGED",
                        "1 log entry of others"),
                new Case(
                        "unknown-log-old",
                        RELEASE_WITHOUT_REKOR1,
                        by(run, Way.OLD),
                        "NOT_LOGGED",
                        "1 log entry of others"),
                new Case(
                        "ended-log",
                        releaseEnded(Part.LOGS),
                        by(run, Way.REKOR1),
                        "LOG_ENTRY_INVALID",
                        "was not valid"),
                new Case(
                        "ended-log2",
                        releaseEnded(Part.LOGS),
                        by(run, Way.REKOR2),
                        "LOG_ENTRY_INVALID",
                        "was not valid"),
                new Case(
                        "ended-ct",
                        releaseEnded(Part.CERTIFICATE_LOGS),
                        by(run, Way.REKOR2),
                        "CERTIFICATE_NOT_LOGGED",
                        ""),
                new Case("ended-ca", releaseEnded(Part.AUTHORITIES), by(run, Way.REKOR2), "CERTIFICATE_TIME", ""),
                new Case(
                        "ended-tsa",
                        releaseEnded(Part.TIMESTAMP_AUTHORITIES),
                        by(run, Way.REKOR2),
                        "TIMESTAMP_INVALID",
                        ""),
                new Case("ended-own", OWN_PLAIN, ended, "CERTIFICATE_TIME", ""),
                new Case(
                        "no-sct",
                        RELEASE,
                        by(run, Way.NO_SCT),
                        "CERTIFICATE_NOT_LOGGED",
                        "no signed certificate timestamp"),
                new Case("other-ca", RELEASE, by(run, Way.OTHER_AUTHORITY), "CERTIFICATE_UNTRUSTED", ""),
                new Case("no-log", RELEASE, by(run, Way.STAMPED), "NOT_LOGGED", "it is in 0 transparency logs"),
                new Case("no-timestamp", RELEASE_BOTH, by(run, Way.REKOR1), "NOT_STAMPED", "0 timestamp authorities"),
                new Case(
                        "no-time-at-all", RELEASE_STAMPED, by(run, Way.BARE), "NOT_STAMPED", "0 timestamp authorities"),
                new Case("other-key", KEYED, own(Way.BARE), "CERTIFICATE_UNTRUSTED", ""));
    }

    @TestFactory
    Stream<DynamicTest> what_its_signer_signed_as_its_root_asks_is_admitted() {
        return onBoth(whatPasses(), SigstoreE2eTest::admits);
    }

    @TestFactory
    Stream<DynamicTest> anything_else_is_refused_for_its_reason() {
        return onBoth(whatDoesNot(), SigstoreE2eTest::refuses);
    }

    private interface Check {
        void check(Case one, RunningProxy proxy, Image image);
    }

    private static Stream<DynamicTest> onBoth(List<Case> cases, Check check) {
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> cases.stream()
                        .map(one -> dynamicTest(kind + ": " + one.name(), () -> {
                            check.check(one, PROXIES.get(kind), signed(one, REGISTRIES.get(kind)));
                        })));
    }

    private static Image signed(Case one, Registry registry) {
        String repository = one.asked() + "/" + one.name();
        Image image = new Images(registry).oci(repository, "1.0", TarLayer.of("name.txt", repository));
        one.signing().sign(image.pinned(registry.host()));
        return image;
    }

    private static void admits(Case one, RunningProxy proxy, Image image) {
        Web.Answer answer = pull(proxy, image);
        assertThat(answer.status()).as(answer + "\n" + explained(proxy, image)).isEqualTo(200);
        assertThat(digest(answer.body())).isEqualTo(image.digest());
        assertThat(explained(proxy, image)).contains("\"answer\":\"admitted\"").contains(one.saw());
    }

    private static void refuses(Case one, RunningProxy proxy, Image image) {
        Web.Answer answer = pull(proxy, image);
        assertThat(Refused.of(answer))
                .as(answer + "\n" + explained(proxy, image))
                .isEqualTo(new Refused(403, "DENIED", one.reason()));
        assertThat(explained(proxy, image)).contains(one.saw());
    }

    private static Web.Answer pull(RunningProxy proxy, Image image) {
        return Web.get(proxy.url() + "/v2/upstream.test/" + image.repository() + "/manifests/" + image.digest());
    }

    private static String explained(RunningProxy proxy, Image image) {
        String name = "upstream.test/" + image.repository() + "@" + image.digest();
        return Web.get(proxy.operator() + "/api/v1/explain?image=" + name).text();
    }

    private static String digest(byte[] bytes) {
        return Digest.sha256(bytes).toString();
    }
}
