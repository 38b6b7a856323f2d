package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.OTHER;
import static dev.pratique.proxy.admission.GateBench.require;
import static dev.pratique.proxy.admission.GateBench.rule;
import static dev.pratique.proxy.admission.GateBench.said;
import static dev.pratique.proxy.admission.GateBench.signedBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SignedMessage;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatekeeperTest {
    @TempDir
    Path directory;

    private GateBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 4, 16);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void admits_what_a_named_signer_signed_and_asks_nobody_the_second_time() throws Exception {
        Pushed image = bench.push(APP, "v1", "base", "app");
        bench.sign(APP, image.digest(), bench.key);

        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        int asked = bench.registry.asked.size();
        PullAnswer again = bench.pull(APP, "v1");
        assertThat(said(again)).isEqualTo("ADMITTED");
        assertThat(again.decision().cached()).isTrue();
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(bench.registry.asked).hasSize(asked);
    }

    @Test
    void admits_a_bundle_referrer() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.signBundle(APP, image, bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
    }

    @Test
    void refuses_what_nobody_signed_and_admits_it_seconds_after_it_was_signed() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UNSIGNED");
        bench.sign(APP, image.digest(), bench.key);
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
    }

    @Test
    void refuses_without_asking_anybody_where_no_rule_is_about_the_repository() throws Exception {
        bench.standard = bench.standard(2, rule("one", "up.example/else/**", signedBy("ci")));
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("NO_RULE");
        bench.standard = bench.standard(3, rule("none", "**", new Rule.RefuseAll("not from here")));
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("REFUSED_BY_RULE");
        assertThat(bench.registry.asked).isEmpty();
    }

    @Test
    void POL_01_delivers_the_digest_that_was_judged_when_the_tag_moves_between() throws Exception {
        Pushed signed = bench.push(APP, "v1", "good");
        bench.sign(APP, signed.digest(), bench.key);
        PullAnswer answer = bench.pull(APP, "v1");
        bench.push(APP, "v1", "evil");
        PullAnswer delivered = bench.pull(APP, "v1");
        assertThat(answer.decision().digest()).contains(signed.digest());
        assertThat(delivered.decision().digest()).contains(signed.digest());
        bench.now = bench.now.plusSeconds(31);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UNSIGNED");
    }

    @Test
    void POL_02_judges_each_request_alone_where_tags_are_always_asked() throws Exception {
        bench.standard = bench.standard(2, Catalog.empty(), alwaysAsk(), rule("all", "**", signedBy("ci")));
        Pushed signed = bench.push(APP, "v1", "good");
        bench.sign(APP, signed.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        bench.push(APP, "v1", "evil");
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UNSIGNED");
    }

    @Test
    void POL_03_judges_the_same_digest_anew_in_another_repository() throws Exception {
        bench.standard =
                bench.standard(2, rule("a", "up.example/acme/**", signedBy("ci")), rule("b", "**", signedBy("other")));
        Pushed image = bench.push(APP, "v1", "app");
        bench.push(OTHER, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        bench.sign(OTHER, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(OTHER, image.digest().toString()))).isEqualTo("WRONG_SIGNER");
    }

    @Test
    void POL_04_follows_a_new_policy_at_once() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        bench.standard = bench.standard(2, rule("all", "**", signedBy("other")));
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("WRONG_SIGNER");
        assertThat(said(bench.pullBlob(APP, image.layers().get(0)))).isEqualTo("WRONG_SIGNER");
    }

    @Test
    void judges_once_more_when_the_policy_changes_while_a_case_is_judged() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        Standard next = bench.standard(2, rule("all", "**", signedBy("other")));
        bench.registry.fault = fetch -> {
            if (fetch instanceof Fetch.ReferrersOf) {
                bench.standard = next;
            }
            return Optional.empty();
        };
        PullAnswer answer = bench.pull(APP, "v1");
        assertThat(said(answer)).isEqualTo("WRONG_SIGNER");
        assertThat(answer.decision().revision()).isEqualTo(next.revision());
    }

    @Test
    void POL_04_answers_by_no_old_policy_however_often_a_new_one_comes() throws Exception {
        bench.standard = bench.standard(2, Catalog.empty(), alwaysAsk(), rule("all", "**", signedBy("ci")));
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        bench.registry.fault = fetch -> {
            if (fetch instanceof Fetch.ManifestHead) {
                bench.standard = bench.standard(3, Catalog.empty(), alwaysAsk(), rule("all", "**", signedBy("ci")));
            }
            return Optional.empty();
        };
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("INTERNAL");
        bench.registry.reachable();
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 401, 403})
    void POL_08_does_not_take_an_answer_that_is_none_for_unsigned(int status) throws Exception {
        bench.push(APP, "v1", "app");
        Fetched none = status == 0
                ? new Fetched.Unread("the upstream answered 500", Duration.ofSeconds(1))
                : new Fetched.Denied(status);
        bench.registry.fault = fetch -> fetch instanceof Fetch.ReferrersOf ? Optional.of(none) : Optional.empty();
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("EVIDENCE_UNREADABLE");
    }

    /** The token service's login page, a redirect that is not followed: none of them says what is there. */
    @Test
    void POL_08_an_answer_that_cannot_be_one_takes_no_admission_away_before_its_evidence_is_too_old() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.registry.fault = fetch -> fetch instanceof Fetch.ReferrersOf
                        || fetch instanceof Fetch.ManifestOf wanted
                                && wanted.reference().tag().isPresent()
                ? Optional.of(new Fetched.Wrong("the token service answered with something that is no token"))
                : Optional.empty();
        for (int day = 0; day < 6; day++) {
            bench.now = bench.now.plus(Duration.ofHours(25));
            assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        }
        bench.now = bench.now.plus(Duration.ofHours(25));
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("EVIDENCE_UNREADABLE");
        bench.registry.reachable();
        bench.now = bench.now.plus(Duration.ofMinutes(2));
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
    }

    /** SHA-384 of them, which no digest of the image is: they are at hand wherever its evidence is judged. */
    @Test
    void a_signature_over_the_manifests_own_bytes_counts_at_the_pull_and_by_what_is_kept_of_it() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(384);
        KeySigner signer = KeySigner.of(generator.generateKeyPair());
        Pushed image = bench.push(APP, "v1", "app");
        byte[] bundle = SignedMessage.sign(image.bytes(), signer).bundle(SigningMaterial.ofKey(signer));
        Descriptor subject = Descriptor.of(MediaType.OCI_MANIFEST, image.bytes());
        bench.registry.attach(APP, BundleReferrer.of(subject, bundle, "none", bench.now));
        SigningKey key = SigningKey.of(VerificationKey.parseSpki(signer.publicKey()));
        for (int revision = 2; revision < 4; revision++) {
            TrustRoots trust = new TrustRoots(
                    List.of(new NamedSigner("ci", List.of(key), List.of(), Set.of(Counts.SIGN, Counts.MESSAGE))));
            bench.standard = new Standard(
                    new Policy(List.of(rule("all", "**", signedBy("ci")))),
                    trust,
                    Catalog.empty(),
                    new PolicyRevision("r" + revision),
                    GateBench.SETTINGS);
            assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
            // By the next revision it is judged again, on what was kept.
            bench.registry.unreachable();
        }
        assertThat(bench.failures).isEmpty();
    }

    @Test
    void admits_on_found_evidence_that_suffices_whatever_other_sources_answer() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        bench.registry.fault = fetch -> fetch instanceof Fetch.ReferrersOf
                ? Optional.of(new Fetched.Unread("500", Duration.ofSeconds(1)))
                : Optional.empty();
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
    }

    @Test
    void POL_14_refuses_a_manifest_that_was_pushed_beside_a_signed_index() throws Exception {
        Pushed child = bench.push(APP, "child", "app");
        Digest index = bench.pushIndex(APP, "v1", Map.of(Platform.of("linux", "amd64", null), child));
        bench.sign(APP, index, bench.key);
        Pushed evil = bench.push(APP, "evil", "evil");
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, evil.digest().toString()))).isEqualTo("UNSIGNED");
    }

    @Test
    void POL_22_keeps_verdicts_by_the_digest_that_was_judged() throws Exception {
        Pushed signed = bench.push(APP, "v1", "good");
        bench.sign(APP, signed.digest(), bench.key);
        Pushed[] evil = new Pushed[1];
        bench.registry.fault = fetch -> {
            if (fetch instanceof Fetch.ReferrersOf && evil[0] == null) {
                evil[0] = bench.push(APP, "v1", "evil");
            }
            return Optional.empty();
        };
        PullAnswer answer = bench.pull(APP, "v1");
        assertThat(answer.decision().digest()).contains(signed.digest());
        assertThat(said(answer)).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, evil[0].digest().toString()))).isEqualTo("UNSIGNED");
    }

    @Test
    void children_and_layers_pass_through_their_admitted_index() throws Exception {
        Pushed child = bench.push(APP, "child", "base", "app");
        Digest index = bench.pushIndex(APP, "v1", Map.of(Platform.of("linux", "amd64", null), child));
        bench.sign(APP, index, bench.key);
        assertThat(said(bench.pullBlob(APP, child.config()))).isEqualTo("BLOB_UNKNOWN");
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(APP, child.config()))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(APP, child.layers().get(1)))).isEqualTo("ADMITTED");
    }

    @Test
    void a_child_that_was_refused_before_its_index_was_pulled_passes_at_once_after_it() throws Exception {
        Pushed child = bench.push(APP, "child", "app");
        Digest index = bench.pushIndex(APP, "v1", Map.of(Platform.of("linux", "amd64", null), child));
        bench.sign(APP, index, bench.key);
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("ADMITTED");
    }

    @Test
    void a_childs_signature_never_covers_its_index() throws Exception {
        Pushed child = bench.push(APP, "child", "app");
        bench.sign(APP, child.digest(), bench.key);
        bench.pushIndex(APP, "v1", Map.of(Platform.of("linux", "amd64", null), child));
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("ADMITTED");
    }

    @Test
    void nothing_of_a_refused_image_passes_by_digest() throws Exception {
        Pushed child = bench.push(APP, "child", "base", "app");
        Digest index = bench.pushIndex(APP, "v1", Map.of(Platform.of("linux", "amd64", null), child));
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("UNSIGNED");
        for (Digest digest : List.of(child.config(), child.layers().get(0), child.digest(), index)) {
            assertThat(bench.pullBlob(APP, digest)).isNotInstanceOf(PullAnswer.Pass.class);
            assertThat(bench.pull(APP, digest.toString())).isNotInstanceOf(PullAnswer.Pass.class);
        }
    }

    @Test
    void REG_15_a_blob_of_one_repository_is_unknown_in_another() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(APP, image.layers().get(0)))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(OTHER, image.layers().get(0)))).isEqualTo("BLOB_UNKNOWN");
        assertThat(said(bench.pull(OTHER, image.digest().toString()))).isEqualTo("MANIFEST_UNKNOWN");
    }

    @Test
    void a_blob_that_only_another_repository_was_seen_to_serve_must_be_confirmed_in_this_one() throws Exception {
        Pushed image = bench.push(APP, "v1", "secret");
        bench.sign(APP, image.digest(), bench.key);
        ((PullAnswer.Pass) pulledBlob(APP, image)).admission().confirmed();
        // The attacker's own signed manifest lists the digest; the upstream does not serve it in their repository.
        bench.registry.manifest(OTHER, image.bytes(), "steal");
        bench.sign(OTHER, image.digest(), bench.key);
        PullAnswer.Pass stolen = (PullAnswer.Pass) pulledBlob(OTHER, image);
        assertThat(stolen.admission().confirmation()).isEqualTo(Admission.Confirmation.NONE);
    }

    private PullAnswer pulledBlob(dev.pratique.attestations.image.Repository repository, Pushed image)
            throws Exception {
        assertThat(said(bench.pull(repository, image.digest().toString()))).isEqualTo("ADMITTED");
        return bench.pullBlob(repository, image.layers().get(0));
    }

    @Test
    void a_catalog_edit_is_judged_from_stored_evidence_while_the_upstream_is_down() throws Exception {
        Rule rule = rule("all", "**", require(Mode.ENFORCE, Set.of("ci"), BaseRequirement.CATALOG));
        bench.standard = bench.standard(2, catalog(Optional.empty(), "base"), rule);
        Pushed image = bench.push(APP, "v1", "base", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.registry.unreachable();
        bench.standard = bench.standard(3, catalog(Optional.of("2026-01-01"), "base"), rule);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("BASE_END_OF_LIFE");
        bench.standard = bench.standard(4, catalog(Optional.of("2027-01-01"), "base"), rule);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.now = bench.now.plus(Duration.ofDays(2));
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.now = bench.now.plus(Duration.ofDays(6));
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("EVIDENCE_UNREADABLE");
    }

    @Test
    void an_index_is_as_good_as_its_worst_child() throws Exception {
        Rule rule = rule("all", "**", require(Mode.ENFORCE, Set.of("ci"), BaseRequirement.CATALOG));
        bench.standard = bench.standard(2, catalog(Optional.empty(), "base"), rule);
        Map<Platform, Pushed> children = new LinkedHashMap<>();
        children.put(Platform.of("linux", "amd64", null), bench.push(APP, "a", "base", "app"));
        children.put(Platform.of("linux", "arm64", null), bench.push(APP, "b", "unknown", "app"));
        Digest index = bench.pushIndex(APP, "v1", children);
        bench.sign(APP, index, bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("OFF_CATALOG");
    }

    @Test
    void a_platform_that_the_rule_does_not_admit_is_neither_judged_nor_served_through_the_index() throws Exception {
        Requirements requirements = new Requirements(
                Mode.ENFORCE,
                Optional.of(SignedBy.any(Set.of("ci"))),
                Optional.empty(),
                BaseRequirement.CATALOG,
                Set.of(Platform.of("linux", "amd64", null)),
                false,
                false);
        bench.standard =
                bench.standard(2, catalog(Optional.empty(), "base"), rule("all", "**", new Rule.Require(requirements)));
        Map<Platform, Pushed> children = new LinkedHashMap<>();
        Pushed good = bench.push(APP, "a", "base", "app");
        Pushed foreign = bench.push(APP, "b", "unknown", "app");
        children.put(Platform.of("linux", "amd64", null), good);
        children.put(Platform.of("linux", "s390x", null), foreign);
        bench.sign(APP, bench.pushIndex(APP, "v1", children), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, good.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(bench.pull(APP, foreign.digest().toString())).isNotInstanceOf(PullAnswer.Pass.class);
    }

    @Test
    void what_calls_itself_an_attestation_but_can_be_run_is_judged_for_its_base() throws Exception {
        Rule rule = rule("all", "**", require(Mode.ENFORCE, Set.of("ci"), BaseRequirement.CATALOG));
        bench.standard = bench.standard(2, catalog(Optional.empty(), "base"), rule);
        Pushed good = bench.push(APP, "a", "base", "app");
        Pushed hidden = bench.push(APP, "b", "unknown");
        byte[] index = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_INDEX,
                "manifests",
                List.of(
                        entry(good, "amd64", Map.of()),
                        entry(hidden, "unknown", Map.of("vnd.docker.reference.type", "attestation-manifest")))));
        bench.sign(APP, bench.registry.manifest(APP, index, "v1"), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("OFF_CATALOG");
    }

    private static Map<String, Object> entry(Pushed image, String architecture, Map<String, String> annotations) {
        return Map.of(
                "mediaType",
                MediaType.OCI_MANIFEST,
                "digest",
                image.digest().toString(),
                "size",
                image.bytes().length,
                "annotations",
                annotations,
                "platform",
                Map.of("os", architecture.equals("unknown") ? "unknown" : "linux", "architecture", architecture));
    }

    @Test
    void evidence_is_served_unjudged_and_a_tag_of_its_form_alone_is_not() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.otherKey);
        String sig = "sha256-" + image.digest().hex() + ".sig";
        PullAnswer evidence = bench.pull(APP, sig);
        assertThat(said(evidence)).isEqualTo("ADMITTED");
        Digest digest = evidence.decision().digest().orElseThrow();
        assertThat(said(bench.pull(APP, digest.toString()))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("WRONG_SIGNER");

        String fake = "sha256-" + "a".repeat(64) + ".sig";
        bench.push(APP, fake, "malware");
        assertThat(said(bench.pull(APP, fake))).isEqualTo("UNSIGNED");
        String list = "sha256-" + image.digest().hex();
        bench.pushIndex(APP, list, Map.of(Platform.of("linux", "amd64", null), bench.push(APP, "m", "malware")));
        assertThat(said(bench.pull(APP, list))).isEqualTo("UNSIGNED");
    }

    @Test
    void warn_mode_admits_with_the_reason_and_looks_again_soon() throws Exception {
        bench.standard = bench.standard(2, rule("all", "**", require(Mode.WARN, Set.of("ci"), BaseRequirement.NONE)));
        Pushed image = bench.push(APP, "v1", "app");
        PullAnswer.Pass warned = (PullAnswer.Pass) bench.pull(APP, "v1");
        assertThat(said(warned)).isEqualTo("WARNED");
        assertThat(warned.admission().warnings()).anyMatch(text -> text.contains("UNSIGNED"));
        bench.sign(APP, image.digest(), bench.key);
        bench.now = bench.now.plusSeconds(31);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
    }

    @Test
    void an_unverified_rule_asks_no_evidence_but_still_whether_the_upstream_serves_it() throws Exception {
        bench.standard = bench.standard(2, rule("lab", "**", new Rule.AdmitUnverified()));
        Pushed image = bench.push(APP, "v1", "app");
        PullAnswer.Pass pass = (PullAnswer.Pass) bench.pull(APP, "v1");
        assertThat(pass.admission().warnings()).containsExactly("not verified: the rule admits without evidence");
        assertThat(said(bench.pull(OTHER, image.digest().toString()))).isEqualTo("MANIFEST_UNKNOWN");
        PullAnswer.Pass blob =
                (PullAnswer.Pass) bench.pullBlob(OTHER, image.layers().get(0));
        assertThat(blob.admission().confirmation()).isEqualTo(Admission.Confirmation.NONE);
        assertThat(bench.registry.asked).noneMatch(fetch -> fetch instanceof Fetch.ReferrersOf);
    }

    @Test
    void says_undecided_at_once_when_every_judge_is_busy() throws Exception {
        bench.close();
        bench = new GateBench(directory.resolve("small"), 1, 1);
        CountDownLatch hold = holdRegistry();
        CompletableFuture<PullAnswer> first = begin("a");
        CompletableFuture<PullAnswer> second = begin("b");
        assertThat(said(bench.pull(APP, "c"))).isEqualTo("POOL_FULL");
        hold.countDown();
        assertThat(said(first.get(10, TimeUnit.SECONDS))).isEqualTo("MANIFEST_UNKNOWN");
        assertThat(said(second.get(10, TimeUnit.SECONDS))).isEqualTo("MANIFEST_UNKNOWN");
    }

    @Test
    void a_case_that_waited_longer_than_its_deadline_is_not_begun() throws Exception {
        bench.close();
        bench = new GateBench(directory.resolve("late"), 1, 1);
        CountDownLatch hold = holdRegistry();
        CompletableFuture<PullAnswer> first = begin("a");
        await().until(() -> !bench.registry.asked.isEmpty());
        CompletableFuture<PullAnswer> second = begin("b");
        bench.now = bench.now.plusSeconds(6);
        hold.countDown();
        assertThat(said(first.get(10, TimeUnit.SECONDS))).isEqualTo("MANIFEST_UNKNOWN");
        assertThat(said(second.get(10, TimeUnit.SECONDS))).isEqualTo("POOL_FULL");
        assertThat(bench.registry.asked).noneMatch(fetch -> fetch.toString().contains("value=b"));
    }

    @Test
    void blobs_of_an_image_that_was_just_admitted_need_no_judge() throws Exception {
        Pushed image = bench.push(APP, "v1", "base", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        for (Digest digest :
                List.of(image.config(), image.layers().get(0), image.layers().get(1))) {
            PullAnswer answer = bench.pullBlob(APP, digest);
            assertThat(said(answer)).isEqualTo("ADMITTED");
            assertThat(answer.decision().cached()).isTrue();
        }
    }

    /** The registry answers nothing until this is counted down. */
    private CountDownLatch holdRegistry() {
        CountDownLatch hold = new CountDownLatch(1);
        bench.registry.fault = fetch -> {
            try {
                hold.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        };
        return hold;
    }

    private CompletableFuture<PullAnswer> begin(String tag) {
        CompletableFuture<PullAnswer> answer = new CompletableFuture<>();
        bench.gatekeeper.admit(
                new PullRequest(PullRequest.Kind.MANIFEST, APP, new Reference.Tag(tag), "127.0.0.1", "default"),
                Runnable::run,
                answer::complete);
        return answer;
    }

    @Test
    void our_own_fault_is_undecided_and_has_an_id() throws Exception {
        bench.registry.fault = fetch -> {
            throw new IllegalStateException("a bug");
        };
        PullAnswer answer = bench.pull(APP, "v1");
        assertThat(said(answer)).isEqualTo("INTERNAL");
        assertThat(bench.failures).hasSize(1);
        assertThat(((PullAnswer.Defer) answer).verdict().detail()).contains(bench.failures.get(0));
    }

    @Test
    void REG_03_other_bytes_than_were_asked_for_are_never_kept() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        bench.registry.fault = fetch ->
                fetch instanceof Fetch.ManifestOf wanted && wanted.reference() instanceof Reference.ByDigest
                        ? Optional.of(new Fetched.Wrong("the bytes have another digest"))
                        : Optional.empty();
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("UPSTREAM_WRONG_BYTES");
        assertThat(bench.content.read(image.digest(), 1 << 20)).isEmpty();
        bench.registry.reachable();
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
    }

    @Test
    void REG_14_other_bytes_for_a_child_of_a_signed_index_are_neither_served_nor_kept() throws Exception {
        Pushed child = bench.push(APP, "child", "app");
        Digest index = bench.pushIndex(APP, "v1", Map.of(Platform.of("linux", "amd64", null), child));
        bench.sign(APP, index, bench.key);
        bench.registry.fault = fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().toString().equals(child.digest().toString())
                ? Optional.of(new Fetched.Wrong("the bytes have another digest"))
                : Optional.empty();
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("UPSTREAM_WRONG_BYTES");
        assertThat(bench.content.read(child.digest(), 1 << 20)).isEmpty();
        bench.registry.reachable();
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(APP, child.digest().toString()))).isEqualTo("ADMITTED");
    }

    @Test
    void REG_01_refuses_a_document_that_is_manifest_and_index() throws Exception {
        byte[] both =
                "{\"schemaVersion\":2,\"config\":{},\"layers\":[],\"manifests\":[]}".getBytes(StandardCharsets.UTF_8);
        Digest digest = bench.registry.manifest(APP, both, "v1");
        bench.sign(APP, digest, bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("MANIFEST_INVALID");
    }

    @Test
    void a_record_from_the_future_is_a_miss() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.now = bench.now.minus(Duration.ofDays(1));
        bench.standard = bench.standard(1, rule("all", "**", signedBy("ci")));
        int asked = bench.registry.asked.size();
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(bench.registry.asked.subList(asked, bench.registry.asked.size()))
                .anyMatch(fetch -> fetch instanceof Fetch.ReferrersOf);
    }

    @Test
    void a_verdict_ends_with_the_evidence_and_not_later() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.now = bench.now.plus(Duration.ofHours(24));
        int asked = bench.registry.asked.size();
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(bench.registry.asked.subList(asked, bench.registry.asked.size()))
                .anyMatch(fetch -> fetch instanceof Fetch.ReferrersOf);
    }

    @Test
    void a_stored_manifest_is_served_only_while_the_upstream_still_confirms_it() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.now = bench.now.plus(Duration.ofMinutes(61));
        bench.registry.unreachable();
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.now = bench.now.plusSeconds(31);
        bench.registry.fault = fetch -> Optional.of(new Fetched.Denied(403));
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("UPSTREAM_DENIED");
    }

    @Test
    void a_tag_is_used_while_the_upstream_is_down_only_as_long_as_the_configuration_says() throws Exception {
        AdmissionSettings stale = new AdmissionSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                Duration.ofHours(24),
                Duration.ofDays(7),
                Duration.ofHours(1),
                Duration.ofSeconds(5));
        bench.standard = bench.standard(2, Catalog.empty(), stale, rule("all", "**", signedBy("ci")));
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        bench.registry.unreachable();
        bench.now = bench.now.plusSeconds(120);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        bench.now = bench.now.plusSeconds(600);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UPSTREAM_UNREACHABLE");
    }

    @Test
    void a_refused_tag_is_a_matter_of_the_request_not_of_the_image() throws Exception {
        Rule rule = new Rule(
                "all",
                List.of(new dev.pratique.attestations.pattern.Glob("**")),
                Set.of(),
                List.of(new dev.pratique.attestations.pattern.Glob("latest")),
                signedBy("ci"));
        bench.standard = bench.standard(2, rule);
        Pushed image = bench.push(APP, "latest", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "latest"))).isEqualTo("TAG_REFUSED");
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
    }

    private static AdmissionSettings alwaysAsk() {
        return new AdmissionSettings(
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofHours(24),
                Duration.ofDays(7),
                Duration.ofHours(1),
                Duration.ofSeconds(5));
    }

    private static Catalog catalog(Optional<String> endOfLife, String... layers) {
        List<Digest> diffIds = List.of(layers).stream()
                .map(layer -> Digest.sha256(layer.getBytes(StandardCharsets.UTF_8)))
                .toList();
        ChainId chain = ChainId.chain(diffIds).get(layers.length - 1);
        Catalog.PlatformBase stack = new Catalog.PlatformBase(chain, layers.length);
        return new Catalog(
                1,
                List.of(new Catalog.BaseImage(
                        "debian",
                        "12",
                        "platform",
                        Set.of(),
                        Map.of(Platform.of("linux", "amd64", null), stack, Platform.of("linux", "arm64", null), stack),
                        Optional.empty(),
                        Optional.empty(),
                        endOfLife.map(LocalDate::parse),
                        Optional.empty())));
    }
}
