package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.ConfigRead;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that can be said of an image is said of one: by the verifier and the judge as they are, of evidence that is judged here.
 * A reason or an answer that nothing leads to fails, and so does one that is reached and was not declared.
 */
class EveryAnswerTest {
    private static final String SIGNER = "acme-ci";
    private static final TestKey KEY = TestKey.A;
    private static final Digest IMAGE = new Shelf().subject;
    private static final Digest OTHER = new Shelf("another").subject;
    private static final FakeSigstore SIGSTORE = new FakeSigstore("sigstore");
    private static final FakeSigstore STRANGERS = new FakeSigstore("strangers");
    private static final byte[] SIGNED = Evidence.signed(IMAGE);
    private static final Platform AMD64 = Platform.of("linux", "amd64", null);
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 21);

    // ---- cases

    /** What is judged for each reason that a judge has. */
    private static Map<RefusalReason, Supplier<Verdict>> refusals() {
        Map<RefusalReason, Supplier<Verdict>> cases = new EnumMap<>(RefusalReason.class);
        cases.put(RefusalReason.UNSIGNED, () -> new Shelf().judge());
        cases.put(RefusalReason.SIGNATURE_UNTRUSTED, () -> signedBy(TestKey.B).judge());
        cases.put(RefusalReason.WRONG_SIGNER, () -> signedBy(TestKey.B).judge(two(), Shelf.signedBy("acme")));
        cases.put(
                RefusalReason.TOO_FEW_SIGNERS,
                () -> signedBy(KEY).judge(two(), Shelf.signedBy(Optional.of(SignedBy.all(Set.of("acme", "lab"))))));
        cases.put(RefusalReason.KEY_EXPIRED, () -> during(Optional.empty(), Optional.of(Shelf.NOW)));
        cases.put(
                RefusalReason.KEY_NOT_YET_VALID, () -> during(Optional.of(Shelf.NOW.plusSeconds(1)), Optional.empty()));
        cases.put(
                RefusalReason.OTHER_SUBJECT,
                () -> new Shelf().sig(Evidence.simple(OTHER, KEY)).judge());
        cases.put(
                RefusalReason.NOT_A_SIGNATURE,
                () -> new Shelf().att(Evidence.envelope(scan(), KEY)).judge());
        cases.put(
                RefusalReason.MALFORMED_EVIDENCE,
                () -> new Shelf()
                        .att(new Layer(MediaType.DSSE_ENVELOPE, Evidence.utf8("{"), Map.of()))
                        .judge());
        cases.put(RefusalReason.EVIDENCE_LIMIT, EveryAnswerTest::tooLarge);
        keyless(cases);
        provenance(cases);
        make(cases);
        return cases;
    }

    private static void keyless(Map<RefusalReason, Supplier<Verdict>> cases) {
        Certificate leaf = SIGSTORE.leaf(KEY);
        cases.put(
                RefusalReason.SIGNATURE_INVALID,
                () -> keyless(signing(SIGSTORE.leaf(TestKey.C)).logged(1)));
        cases.put(
                RefusalReason.IDENTITY_UNTRUSTED,
                () -> keyless(signing(SIGSTORE.strangersLeaf(KEY)).logged(1)));
        cases.put(
                RefusalReason.CERTIFICATE_UNTRUSTED,
                () -> keyless(signing(STRANGERS.leaf(KEY)).logged(1)));
        cases.put(
                RefusalReason.CERTIFICATE_UNFIT,
                () -> keyless(signing(SIGSTORE.fulcio.issue(
                                Pki.fulcio(KEY).without(Pki.EXTENDED_KEY_USAGE), Pki.SIGNED, SIGSTORE.certificateLog))
                        .logged(1)));
        cases.put(
                RefusalReason.CERTIFICATE_TIME,
                () -> keyless(signing(leaf).logged(1).stamped(Pki.SIGNED.minusSeconds(1))));
        cases.put(
                RefusalReason.CERTIFICATE_NOT_LOGGED,
                () -> keyless(signing(SIGSTORE.fulcio.issue(Pki.fulcio(KEY))).logged(1)));
        cases.put(
                RefusalReason.LOG_ENTRY_INVALID,
                () -> keyless(signing(leaf).logged(LogBodies.dsse(Evidence.utf8("{}"), signature(), leaf.der()))));
        cases.put(RefusalReason.NOT_LOGGED, () -> keyless(signing(leaf).stamped(1)));
        cases.put(
                RefusalReason.TIMESTAMP_INVALID,
                () -> keyless(signing(leaf).logged(1).stamped(SIGSTORE.tsa.stamp(SIGNED, FakeSigstore.AT))));
        cases.put(
                RefusalReason.NOT_STAMPED,
                () -> judge(
                        trusting(SIGSTORE.root("sigstore", 1, 1)), signing(leaf).logged(1)));
        cases.put(RefusalReason.NO_SIGNED_TIME, () -> keyless(signing(leaf).inTiles()));
        cases.put(
                RefusalReason.EVIDENCE_NOT_JUDGED,
                () -> keyless(signing(leaf).logged(LogBodies.body("helm", "0.0.1", map("chart", map())))));
    }

    private static void provenance(Map<RefusalReason, Supplier<Verdict>> cases) {
        cases.put(RefusalReason.NO_PROVENANCE, () -> signedBy(KEY).judge(acme(), built()));
        cases.put(
                RefusalReason.PROVENANCE_BUILDER,
                () -> attested(Evidence.provenance(IMAGE, "https://evil.example", Evidence.SOURCE)));
        cases.put(
                RefusalReason.PROVENANCE_SOURCE,
                () -> attested(Evidence.provenance(IMAGE, Evidence.BUILDER, "https://evil.example")));
        cases.put(RefusalReason.PROVENANCE_REF, () -> attested(Evidence.provenance(IMAGE)));
    }

    /** What the image itself is refused for. */
    private static void make(Map<RefusalReason, Supplier<Verdict>> cases) {
        cases.put(RefusalReason.OFF_CATALOG, () -> standingOn(BaseRequirement.CATALOG, null, config("other"), 1));
        cases.put(RefusalReason.BASE_END_OF_LIFE, () -> standingOn(BaseRequirement.CATALOG, TODAY, config("base"), 1));
        cases.put(RefusalReason.LAYERS_CONTRADICT, () -> standingOn(BaseRequirement.CATALOG, null, config("base"), 2));
        cases.put(
                RefusalReason.NOT_RUNNABLE,
                () -> make(asks(BaseRequirement.CATALOG, false, false), new ImageShape.Artifact("a chart")));
        cases.put(
                RefusalReason.PLATFORM_NOT_ADMITTED,
                () -> make(asks(BaseRequirement.CATALOG, false, false), new ImageShape.Runnable(List.of())));
        List<String> some = List.of("manifest 01234567");
        List<String> none = List.of();
        cases.put(RefusalReason.FOREIGN_LAYERS, () -> composed(false, new Composition(some, none, none, none)));
        cases.put(RefusalReason.NESTED_TOO_DEEPLY, () -> composed(false, new Composition(none, some, none, none)));
        cases.put(RefusalReason.MANIFEST_INVALID, () -> composed(false, new Composition(none, none, some, none)));
    }

    /** What is not refused, for the answers that no refusal has. */
    private static List<Supplier<Verdict>> others() {
        Root root = SIGSTORE.root("sigstore");
        Certificate leaf = SIGSTORE.leaf(KEY);
        List<String> some = List.of("manifest 01234567");
        List<String> none = List.of();
        return List.of(
                () -> keyless(signing(leaf).logged(1).stamped(1)),
                () -> judge(keyed(root), signing().logged(strangers()).stampedBy(STRANGERS.tsa)),
                () -> judge(
                        trusting(SIGSTORE.staleFrom("sigstore", FakeSigstore.AT)),
                        signing(leaf).logged(1)),
                EveryAnswerTest::nobodyCouldLook,
                () -> attestedWithRef(),
                () -> standingOn(BaseRequirement.CATALOG, null, config("base"), 1),
                () -> standingOn(BaseRequirement.CATALOG, null, new UnreadConfig("the upstream answered 500"), 1),
                () -> make(asks(BaseRequirement.CATALOG, true, false), new ImageShape.Artifact("a chart")),
                () -> composed(true, new Composition(some, none, none, none)),
                () -> composed(false, new Composition(none, none, none, some)));
    }

    private static Shelf signedBy(TestKey key) {
        return new Shelf().sig(Evidence.simple(IMAGE, key));
    }

    private static TrustRoots acme() {
        return Shelf.roots("acme", KEY);
    }

    private static TrustRoots two() {
        return Shelf.roots(Shelf.signer("acme", KEY), Shelf.signer("lab", TestKey.B));
    }

    private static Verdict during(Optional<Instant> from, Optional<Instant> until) {
        SigningKey key =
                new SigningKey(KEY.trusted(), Set.of(KEY.trusted().defaultAlgorithm()), new Validity(from, until));
        return signedBy(KEY).judge(Shelf.roots(new NamedSigner("acme", List.of(key))), Shelf.signedBy("acme"));
    }

    private static byte[] scan() {
        return Evidence.statement("https://scan.example/v1", IMAGE, map());
    }

    private static Verdict tooLarge() {
        byte[] large = new byte[EvidenceLimits.MAX_PAYLOAD_BYTES + 1];
        return new Shelf()
                .sig(new Layer(MediaType.SIMPLE_SIGNING, large, Map.of(Evidence.SIGNATURE, "YQ==")))
                .judge();
    }

    private static Verdict nobodyCouldLook() {
        Shelf image = new Shelf();
        image.registry.answer(image.referrersPlace(), new Fetched.Denied(403));
        return image.judge();
    }

    private static byte[] signature() {
        return signing().signature();
    }

    private static FakeSigstore.Signing signing() {
        return SIGSTORE.sign(SIGNED, KEY);
    }

    private static FakeSigstore.Signing signing(Certificate leaf) {
        return SIGSTORE.sign(SIGNED, KEY, leaf);
    }

    /** An entry of a log that nobody here trusts. */
    private static Map<String, Object> strangers() {
        FakeLog log = STRANGERS.v1;
        return log.add(LogBodies.dsse(SIGNED, signature(), KEY.spki()), FakeSigstore.AT);
    }

    private static TrustRoots trusting(Root root) {
        return new TrustRoots(List.of(FakeSigstore.workflow(SIGNER)), List.of(root));
    }

    private static TrustRoots keyed(Root root) {
        return new TrustRoots(List.of(NamedSigner.of(SIGNER, KEY.trusted())), List.of(root));
    }

    private static Verdict keyless(FakeSigstore.Signing signing) {
        return judge(trusting(SIGSTORE.root("sigstore")), signing);
    }

    private static Verdict judge(TrustRoots roots, FakeSigstore.Signing signing) {
        List<EvidenceBytes> items = List.of(signing.bundle());
        return Shelf.judge(FakeSigstore.verify(roots, IMAGE, items, Shelf.NOW), Shelf.signedBy(SIGNER));
    }

    private static Requirements built() {
        return Shelf.withProvenance(
                Set.of(), "acme", Set.of(Evidence.BUILDER), Set.of(Evidence.SOURCE), Set.of("refs/heads/main"));
    }

    private static Verdict attested(byte[] statement) {
        return new Shelf().att(Evidence.envelope(statement, KEY)).judge(acme(), built());
    }

    private static Verdict attestedWithRef() {
        Object workflow = map("repository", Evidence.SOURCE, "ref", "refs/heads/main");
        return attested(Evidence.statement(
                Provenance.V1,
                IMAGE,
                map(
                        "buildDefinition",
                        map("externalParameters", map("workflow", workflow)),
                        "runDetails",
                        map("builder", map("id", Evidence.BUILDER)))));
    }

    private static Requirements asks(BaseRequirement base, boolean artifacts, boolean foreign) {
        return new Requirements(Mode.ENFORCE, Optional.empty(), Optional.empty(), base, Set.of(), artifacts, foreign);
    }

    private static Digest layer(String name) {
        return Digest.sha256(Evidence.utf8("layer " + name));
    }

    private static Config config(String layer) {
        return new Config(new ImageConfig(AMD64, List.of(layer(layer)), Map.of()));
    }

    /** @param end of the one base's life; none where null */
    private static Verdict standingOn(BaseRequirement asked, @Nullable LocalDate end, ConfigRead config, int layers) {
        PlatformBase stack =
                new PlatformBase(ChainId.chain(List.of(layer("base"))).get(0), 1);
        BaseImage base = new BaseImage(
                "debian",
                "13",
                "owner",
                Set.of(),
                Map.of(AMD64, stack),
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(end),
                Optional.empty());
        PlatformImage image = new PlatformImage(Optional.of(AMD64), IMAGE, layers, config);
        return judge(
                new Catalog(1, List.of(base)),
                asks(asked, false, false),
                new ImageShape.Runnable(List.of(image)),
                Composition.plain());
    }

    private static Verdict make(Requirements requirements, ImageShape shape) {
        return judge(Catalog.empty(), requirements, shape, Composition.plain());
    }

    private static Verdict composed(boolean foreignAllowed, Composition composition) {
        Requirements requirements = asks(BaseRequirement.NONE, false, foreignAllowed);
        return judge(Catalog.empty(), requirements, new ImageShape.NotAsked(), composition);
    }

    private static Verdict judge(
            Catalog catalog, Requirements requirements, ImageShape shape, Composition composition) {
        var nothing = new Verifier(acme())
                .verify(Shelf.REPOSITORY, Subject.of(IMAGE), FoundEvidence.none(Shelf.NOW), Shelf.NOW);
        return new Judge(catalog)
                .judge(new Judge.Case(requirements, nothing, shape, composition, Shelf.NOW, Shelf.GOOD_UNTIL));
    }

    // ---- what came of them

    private static Stream<RefusalReason> ofImages() {
        return Arrays.stream(RefusalReason.values()).filter(reason -> !reason.isOfTheRequest());
    }

    @ParameterizedTest
    @MethodSource("ofImages")
    void is_the_reason_of_a_refusal_by_a_judge(RefusalReason reason) {
        assertThat(refusals()).as("a case for every reason").containsKey(reason);
        Verdict verdict = refusals().get(reason).get();
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        assertThat(((Verdict.Refused) verdict).reason()).as("%s", verdict).isEqualTo(reason);
    }

    @Test
    void every_answer_that_a_question_can_have_is_given_and_no_other() {
        List<Supplier<Verdict>> cases = new ArrayList<>(refusals().values());
        cases.addAll(others());
        Set<String> given = new TreeSet<>();
        for (Supplier<Verdict> one : cases) {
            one.get().findings().forEach(finding -> given.add(finding.check() + " " + finding.outcome()));
        }
        Set<String> declared = new TreeSet<>();
        for (Check check : Check.values()) {
            check.outcomes().forEach(outcome -> declared.add(check + " " + outcome));
        }
        assertThat(given).isEqualTo(declared);
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_that_a_question_cannot_have_cannot_be_made(Check check) {
        for (Outcome outcome : Outcome.values()) {
            if (check.outcomes().contains(outcome)) {
                assertThat(new Finding(check, outcome, "saw", "").outcome()).isEqualTo(outcome);
            } else {
                assertThatThrownBy(() -> new Finding(check, outcome, "saw", ""))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_said_of_requests_no_judge_can_say(RefusalReason reason) {
        if (reason.isOfTheRequest()) {
            assertThatThrownBy(() -> Answer.notMet(reason, "so", List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(Answer.notMet(reason, "so", List.of()).reason()).contains(reason);
        }
    }
}
