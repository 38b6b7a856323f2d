package dev.pratique.proxy.e2e;

import static dev.pratique.proxy.e2e.SigstoreTrust.BUILT;
import static dev.pratique.proxy.e2e.SigstoreTrust.GITLAB;
import static dev.pratique.proxy.e2e.SigstoreTrust.JOB;
import static dev.pratique.proxy.e2e.SigstoreTrust.KEYED;
import static dev.pratique.proxy.e2e.SigstoreTrust.OWN;
import static dev.pratique.proxy.e2e.SigstoreTrust.PERSON;
import static dev.pratique.proxy.e2e.SigstoreTrust.PIPELINE;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_BOTH;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_STAMPED;
import static dev.pratique.proxy.e2e.SigstoreTrust.RELEASE_WITHOUT_CT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.GitHubRun;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Images;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.PrivateSigstore;
import dev.pratique.proxy.e2e.rig.PrivateSigstore.Way;
import dev.pratique.proxy.e2e.rig.Program;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.ReferrerPush;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.SigstoreGo;
import dev.pratique.proxy.e2e.rig.TarLayer;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Our own {@code sign} and {@code attest} with a whole private Sigstore: what they make, real cosign verifies, a reader made
 * with Sigstore's Go library accepts, and the running proxy admits; of a damaged copy none of them does.
 */
@Tag("sigstore")
class KeylessSigningE2eTest {
    private static final GitHubRun RUN = GitHubRun.release();

    private static final Map<Registry.Kind, Registry> REGISTRIES = new EnumMap<>(Registry.Kind.class);
    private static final Map<Registry.Kind, RunningProxy> PROXIES = new EnumMap<>(Registry.Kind.class);
    private static PrivateSigstore sigstore;
    private static SigstoreGo reader;

    @BeforeAll
    static void start() {
        sigstore = PrivateSigstore.start();
        reader = SigstoreGo.built();
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

    /** How a run of the release workflow signs, and by which signer of trust.yaml the proxy asks for it. */
    private record Case(String asked, Way way) {}

    private static List<Case> ways() {
        return List.of(
                new Case(RELEASE, Way.REKOR2),
                new Case(RELEASE, Way.REKOR1),
                new Case(RELEASE_BOTH, Way.REKOR1_STAMPED),
                new Case(RELEASE_STAMPED, Way.STAMPED),
                new Case(RELEASE, Way.OLD),
                new Case(RELEASE_BOTH, Way.OLD_STAMPED));
    }

    private static Stream<DynamicTest> onBoth(Stream<Case> cases, Check check) {
        List<Case> all = cases.toList();
        return Stream.of(Registry.Kind.values())
                .flatMap(kind ->
                        all.stream().map(one -> dynamicTest(kind + ": " + one.way(), () -> check.check(one, kind))));
    }

    private interface Check {
        void check(Case one, Registry.Kind kind) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> what_we_sign_is_verified_by_cosign_and_admitted() {
        return onBoth(ways().stream(), (one, kind) -> {
            Image image = image(kind, one.asked() + "/ours-" + one.way());
            String pinned = image.pinned(REGISTRIES.get(kind).host());
            assertThat(sigstore.verify(RUN, one.way(), pinned).succeeded()).isFalse();
            assertThat(pull(kind, image).status()).isEqualTo(403);

            done(sigstore.ours(PrivateSigstore.as(RUN), one.way(), pinned, "sign"));
            done(sigstore.verify(RUN, one.way(), pinned));
            assertThat(sigstore.verify(RUN.by("other.yml"), one.way(), pinned).succeeded())
                    .isFalse();
            Image again = image(kind, one.asked() + "/again-" + one.way());
            done(sigstore.ours(
                    PrivateSigstore.as(RUN),
                    one.way(),
                    again.pinned(REGISTRIES.get(kind).host()),
                    "sign"));
            admitted(kind, again);
        });
    }

    @TestFactory
    Stream<DynamicTest> what_we_attest_is_verified_by_cosign_and_admitted() {
        return onBoth(
                Stream.of(new Case(BUILT, Way.REKOR2), new Case(BUILT, Way.REKOR1), new Case(BUILT, Way.OLD)),
                (one, kind) -> {
                    Image image = image(kind, BUILT + "/ours-" + one.way());
                    String pinned = image.pinned(REGISTRIES.get(kind).host());
                    List<String> who = PrivateSigstore.as(RUN);
                    done(sigstore.ours(who, one.way(), pinned, "sign"));
                    done(sigstore.ours(
                            who,
                            one.way(),
                            pinned,
                            "attest",
                            "--type",
                            "slsaprovenance1",
                            "--predicate",
                            Predicates.slsa1().toString()));
                    done(sigstore.verifyAttestation(RUN, "slsaprovenance1", one.way(), pinned));
                    admitted(kind, image);
                });
    }

    @TestFactory
    Stream<DynamicTest> without_the_attestation_that_is_asked_for_nothing_is_admitted() {
        return onBoth(Stream.of(new Case(BUILT, Way.REKOR2)), (one, kind) -> {
            Image image = image(kind, BUILT + "/signed-only");
            done(sigstore.ours(
                    PrivateSigstore.as(RUN),
                    one.way(),
                    image.pinned(REGISTRIES.get(kind).host()),
                    "sign"));
            assertThat(pull(kind, image).status()).isEqualTo(403);
        });
    }

    /** Somebody else than a workflow of GitHub. */
    @TestFactory
    Stream<DynamicTest> whoever_signs_is_certified_or_known_by_a_key() {
        Map<String, List<String>> who = Map.of(
                GITLAB,
                List.of("gitlab", "gitlab"),
                PERSON,
                List.of("email", "email"),
                KEYED,
                List.of(),
                OWN,
                List.of());
        return onBoth(Stream.of(GITLAB, PERSON, KEYED, OWN).map(asked -> new Case(asked, Way.REKOR2)), (one, kind) -> {
            Image image = image(kind, one.asked() + "/ours");
            List<String> profile = who.get(one.asked());
            List<String> by = one.asked().equals(KEYED)
                    ? sigstore.asKey()
                    : one.asked().equals(OWN)
                            ? sigstore.asOwnCertificate()
                            : PrivateSigstore.as(profile.get(0), profile.get(1));
            done(sigstore.ours(by, one.way(), image.pinned(REGISTRIES.get(kind).host()), "sign"));
            admitted(kind, image);
        });
    }

    /** The pipeline files without a key: a job of GitHub asks for its token, a job of GitLab has it in a variable. */
    @TestFactory
    Stream<DynamicTest> what_the_pipelines_sign_as_the_job_is_verified_by_cosign_and_admitted() {
        Registry.Kind kind = Registry.Kind.REFERRERS;
        KeylessPipelines pipelines = new KeylessPipelines(sigstore, REGISTRIES.get(kind), PROXIES.get(kind), RUN);
        return Stream.of(
                dynamicTest("GitHub", () -> {
                    Image image = image(kind, PIPELINE + "/ours");
                    assertThat(pull(kind, image).status()).isEqualTo(403);
                    pipelines.github(image, Optional.empty());
                    String pinned = image.pinned(REGISTRIES.get(kind).host());
                    done(sigstore.verify(RUN, Way.REKOR2, pinned));
                    for (String type : List.of("slsaprovenance1", "spdxjson", "vuln")) {
                        done(sigstore.verifyAttestation(RUN, type, Way.REKOR2, pinned));
                    }
                    pipelines.check(image, 0);
                    admitted(kind, image);
                }),
                dynamicTest("GitLab", () -> {
                    Image image = image(kind, JOB + "/ours");
                    assertThat(pull(kind, image).status()).isEqualTo(403);
                    pipelines.gitlab(image);
                    pipelines.check(image, 0);
                    admitted(kind, image);
                }),
                dynamicTest("GitHub, one step missing", () -> {
                    for (String step : List.of("Sign", "Attest the provenance")) {
                        Image image = image(kind, PIPELINE + "/without-" + step.length());
                        pipelines.github(image, Optional.of(step));
                        pipelines.check(image, 3);
                        assertThat(pull(kind, image).status()).isEqualTo(403);
                    }
                }));
    }

    /** A Fulcio without a certificate log, as private ones often are, and a trusted root that has none. */
    @TestFactory
    Stream<DynamicTest> what_an_authority_without_a_certificate_log_certifies_is_verified_by_cosign_and_admitted() {
        return onBoth(Stream.of(new Case(RELEASE_WITHOUT_CT, Way.NO_SCT)), (one, kind) -> {
            Image image = image(kind, one.asked() + "/ours");
            String pinned = image.pinned(REGISTRIES.get(kind).host());
            Tool.Ran refused =
                    sigstore.oursBy(sigstore.trustedRootFile(), PrivateSigstore.as(RUN), one.way(), pinned, "sign");
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.said()).contains("has put the certificate into no certificate log");
            assertThat(pull(kind, image).status()).isEqualTo(403);

            done(sigstore.ours(PrivateSigstore.as(RUN), one.way(), pinned, "sign"));
            done(sigstore.verify(RUN, one.way(), pinned));
            assertThat(sigstore.verify(RUN, Way.REKOR2, pinned).succeeded()).isFalse();
            Image again = image(kind, one.asked() + "/again");
            done(sigstore.ours(
                    PrivateSigstore.as(RUN),
                    one.way(),
                    again.pinned(REGISTRIES.get(kind).host()),
                    "sign"));
            admitted(kind, again);
        });
    }

    /** What sigstore-conformance asks of a client, of a Sigstore that needs no token of its own pipeline. */
    @Test
    void a_file_is_signed_and_verified_by_the_protocol_of_the_conformance_suite() {
        Path artifact = Scratch.file(".txt", "an artifact");
        Path bundle = Scratch.file(".sigstore.json");
        Tool client = Program.conformanceClient();
        List<String> sign = new ArrayList<>(List.of("sign-bundle"));
        sign.addAll(PrivateSigstore.as(RUN));
        sign.addAll(List.of("--bundle", bundle.toString(), "--trusted-root", sigstore.trustedRootFile()));
        sign.addAll(sigstore.signingConfig(Way.REKOR2));
        sign.add(artifact.toString());
        done(client.run(sign.toArray(String[]::new)));
        done(client.run(verifyBundle(bundle, RUN, artifact)));
        assertThat(client.run(verifyBundle(bundle, RUN.by("other.yml"), artifact))
                        .succeeded())
                .isFalse();
        assertThat(client.run(verifyBundle(bundle, RUN, Scratch.file(".txt", "another")))
                        .succeeded())
                .isFalse();
    }

    private static String[] verifyBundle(Path bundle, GitHubRun run, Path artifact) {
        return new String[] {
            "verify-bundle",
            "--bundle",
            bundle.toString(),
            "--certificate-identity",
            run.subject(),
            "--certificate-oidc-issuer",
            PrivateSigstore.issuer("gh"),
            "--trusted-root",
            sigstore.trustedRootFile(),
            artifact.toString()
        };
    }

    @TestFactory
    Stream<DynamicTest> no_gate_lets_a_damaged_copy_through() {
        return Stream.of(Way.REKOR2, Way.REKOR1, Way.REKOR1_STAMPED, Way.STAMPED)
                .map(way -> dynamicTest(way.toString(), () -> gates(way)));
    }

    private static void gates(Way way) throws Exception {
        Registry registry = REGISTRIES.get(Registry.Kind.REFERRERS);
        String asked = way == Way.STAMPED ? RELEASE_STAMPED : RELEASE;
        Image image = image(Registry.Kind.REFERRERS, asked + "/gates-" + way);
        Path bundle = Scratch.file(".sigstore.json");
        done(sigstore.ours(
                PrivateSigstore.as(RUN), way, image.pinned(registry.host()), "sign", "--bundle", bundle.toString()));
        String text = Files.readString(bundle);
        // A character of the signature, which all else is about.
        int at = text.indexOf("\"sig\":\"") + 20;
        char other = text.charAt(at) == 'A' ? 'B' : 'A';
        Path damaged = Scratch.file(".sigstore.json", text.substring(0, at) + other + text.substring(at + 1));

        done(read(way, bundle, image));
        assertThat(read(way, damaged, image).succeeded()).isFalse();
        assertThat(verifyHere(way, bundle, image).exit()).isZero();
        assertThat(verifyHere(way, damaged, image).exit()).isEqualTo(3);

        Image spoilt = image;
        new ReferrerPush(registry).bundle(spoilt, Files.readAllBytes(damaged));
        assertThat(sigstore.verify(RUN, way, spoilt.pinned(registry.host())).succeeded())
                .isFalse();
        assertThat(pull(Registry.Kind.REFERRERS, spoilt).status()).isEqualTo(403);
        new ReferrerPush(registry).bundle(spoilt, text.getBytes(StandardCharsets.UTF_8));
        done(sigstore.verify(RUN, way, spoilt.pinned(registry.host())));
    }

    private static Tool.Ran read(Way way, Path bundle, Image image) {
        List<String> asked =
                new ArrayList<>(List.of("-identity", RUN.subject(), "-issuer", PrivateSigstore.issuer("gh")));
        if (way != Way.STAMPED) {
            asked.addAll(List.of("-logs", "1"));
        }
        if (way == Way.REKOR1 || way == Way.REKOR1_STAMPED) {
            asked.addAll(List.of("-promises", "1"));
        }
        if (way != Way.REKOR1) {
            asked.addAll(List.of("-timestamps", "1"));
        }
        return reader.verify(bundle, sigstore.trustedRootFile(), image.digest(), asked);
    }

    private static Tool.Ran verifyHere(Way way, Path bundle, Image image) {
        List<String> command = new ArrayList<>(List.of("verify", "--bundle", bundle.toString()));
        command.addAll(List.of("--trusted-root", sigstore.trustedRootFile()));
        command.addAll(List.of("--certificate-identity", RUN.subject()));
        command.addAll(List.of("--certificate-oidc-issuer", PrivateSigstore.issuer("gh")));
        if (way == Way.STAMPED) {
            command.add("--insecure-ignore-tlog");
        }
        command.add(image.digest());
        return Program.signer(command.toArray(String[]::new));
    }

    private static Image image(Registry.Kind kind, String repository) {
        String name = repository.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        return new Images(REGISTRIES.get(kind)).oci(name, "1.0", TarLayer.of("name.txt", name));
    }

    private static void done(Tool.Ran ran) {
        assertThat(ran.succeeded()).as(ran.toString()).isTrue();
    }

    private static void admitted(Registry.Kind kind, Image image) {
        Web.Answer answer = pull(kind, image);
        assertThat(answer.status())
                .as(answer + "\n"
                        + Web.get(PROXIES.get(kind).operator() + "/api/v1/explain?image=upstream.test/"
                                        + image.repository() + "@" + image.digest())
                                .text())
                .isEqualTo(200);
    }

    private static Web.Answer pull(Registry.Kind kind, Image image) {
        return Web.get(
                PROXIES.get(kind).url() + "/v2/upstream.test/" + image.repository() + "/manifests/" + image.digest());
    }
}
