package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static dev.pratique.attestations.testing.VerdictAssert.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What must hold for every image, rule and evidence, over thousands of random ones. */
class JudgePropertiesTest {
    /** Each has dozens of signatures to check; {@code -Dpratique.runs=20000} for a long look. */
    private static final int RUNS = Integer.getInteger("pratique.runs", 200);

    private static final Digest IMAGE = Digest.sha256(utf8("image"));
    private static final Digest OTHER = Digest.sha256(utf8("other"));
    private static final Platform LINUX = Platform.of("linux", "amd64", null);
    private static final List<TestKey> KEYS = List.of(TestKey.A, TestKey.B, TestKey.C, TestKey.RSA, TestKey.ED25519);
    private static final List<String> NAMES = List.of("acme", "lab", "scanner");
    private static final Requirements BASE_ALONE = new Requirements(
            Mode.ENFORCE, Optional.empty(), Optional.empty(), BaseRequirement.CATALOG, Set.of(), false, false);
    private static final List<String> TYPES =
            List.of(MediaType.SIMPLE_SIGNING, MediaType.DSSE_ENVELOPE, MediaType.BUNDLE_V03);
    private static final List<EvidenceBytes> POOL = new ArrayList<>();
    /** Good ones, one by each key. */
    private static final List<EvidenceBytes> SIGNATURES = new ArrayList<>();

    /** One random case; the parts are changed one at a time by the properties. */
    private record World(
            TrustRoots roots,
            Requirements requirements,
            FoundEvidence found,
            Catalog catalog,
            ImageShape shape,
            Instant now) {

        Verdict judge() {
            Verification verification =
                    new Verifier(roots).verify(Shelf.REPOSITORY, Subject.of(IMAGE), found, Shelf.NOW);
            return new Judge(catalog)
                    .judge(new Judge.Case(requirements, verification, shape, Composition.plain(), now, goodUntil()));
        }

        Instant goodUntil() {
            return now.plus(Duration.ofHours(24));
        }

        World with(TrustRoots other) {
            return new World(other, requirements, found, catalog, shape, now);
        }

        World with(Requirements other) {
            return new World(roots, other, found, catalog, shape, now);
        }

        World at(Instant moment) {
            return new World(roots, requirements, found, catalog, shape, moment);
        }

        World with(FoundEvidence other) {
            return new World(roots, requirements, other, catalog, shape, now);
        }
    }

    // Signing is slow; the cases are combinations of pieces that were signed once.
    @BeforeAll
    static void sign() {
        byte[] notJson = utf8("not json");
        for (TestKey key : KEYS) {
            Layer good = Evidence.simple(IMAGE, key);
            SIGNATURES.add(
                    new EvidenceBytes(MediaType.SIMPLE_SIGNING, good.bytes(), good.annotations(), OTHER, "signature"));
            for (Digest about : List.of(IMAGE, OTHER)) {
                add(Evidence.simple(about, key));
                add(Evidence.bundle(Evidence.signed(about), key));
                add(Evidence.envelope(Evidence.signed(about), key));
                add(Evidence.envelope(Evidence.provenance(about), key));
                add(Evidence.bundle(Evidence.provenance(about, "https://evil.example", Evidence.SOURCE), key));
                add(Evidence.bundle(Evidence.statement("https://spdx.dev/Document", about, map()), key));
            }
            add(Evidence.simple(Evidence.payload(IMAGE), key.sign(notJson)));
            add(Evidence.simple(notJson, key.sign(notJson)));
            add(Evidence.envelope(notJson, key));
        }
        add(Evidence.envelope(Evidence.signed(IMAGE), TestKey.A, TestKey.B));
        add(Evidence.envelope(Evidence.provenance(IMAGE), TestKey.B, TestKey.A));
        add(new Layer(MediaType.BUNDLE_V03, utf8("{}"), Map.of()));
        add(new Layer(MediaType.SIMPLE_SIGNING, Evidence.payload(IMAGE), Map.of()));
        add(new Layer(MediaType.SIMPLE_SIGNING, Evidence.payload(IMAGE), Map.of(Evidence.SIGNATURE, "MAYCAQACAQA=")));
    }

    private static void add(Layer layer) {
        POOL.add(new EvidenceBytes(layer.mediaType(), layer.bytes(), layer.annotations(), OTHER, "pool"));
    }

    private static World world(Generator random) {
        return new World(
                roots(random), requirements(random), found(random), catalog(random), shape(random), now(random));
    }

    private static TrustRoots roots(Generator random) {
        List<NamedSigner> signers = new ArrayList<>();
        for (String name : NAMES) {
            List<SigningKey> keys = new ArrayList<>();
            for (TestKey key : random.someOf(KEYS, 40)) {
                Set<SignatureAlgorithm> ways = Set.of(key.trusted().defaultAlgorithm());
                keys.add(new SigningKey(key.trusted(), ways, validity(random)));
            }
            if (!keys.isEmpty()) {
                signers.add(new NamedSigner(name, keys));
            }
        }
        return new TrustRoots(signers);
    }

    private static Validity validity(Generator random) {
        Optional<Instant> from = random.chance(65) ? Optional.empty() : Optional.of(day(random, -2));
        Optional<Instant> until = random.chance(65) ? Optional.empty() : Optional.of(day(random, 1));
        return new Validity(from, until.filter(end -> from.isEmpty() || end.isAfter(from.get())));
    }

    private static Instant day(Generator random, int first) {
        return LocalDate.of(2026, 11, 21)
                .plusDays(random.below(3) + first)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    private static Requirements requirements(Generator random) {
        Optional<ProvenanceRequirement> provenance = random.chance(40)
                ? Optional.of(new ProvenanceRequirement(
                        random.chance(70)
                                ? SignedBy.any(Set.of(random.oneOf(NAMES)))
                                : new SignedBy(2, Set.copyOf(NAMES)),
                        random.chance(50) ? Set.of() : Set.of(new Glob("https://ci.example/*")),
                        random.chance(50) ? Set.of() : Set.of(new Glob("https://git.example/acme/*")),
                        random.chance(80) ? Set.of() : Set.of(new Glob("refs/heads/*"))))
                : Optional.empty();
        return new Requirements(
                Mode.ENFORCE,
                signedBy(random),
                provenance,
                random.chance(60) ? BaseRequirement.NONE : random.oneOf(BaseRequirement.values()),
                Set.of(),
                false,
                random.chance(50));
    }

    private static Optional<SignedBy> signedBy(Generator random) {
        Set<String> names = Set.copyOf(random.someOf(NAMES, 60));
        if (names.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                random.chance(50) ? SignedBy.any(names) : new SignedBy(1 + random.below(names.size()), names));
    }

    private static FoundEvidence found(Generator random) {
        List<UnreadSource> unread = random.chance(20) ? List.of(new UnreadSource("referrers API", "500")) : List.of();
        List<UnreadSource> broken = random.chance(20) ? List.of(new UnreadSource("tag", "an index")) : List.of();
        return new FoundEvidence(
                random.someOf(POOL, random.oneOf(0, 4, 8)),
                unread,
                broken,
                random.chance(10) ? Set.of(EvidenceLimit.PIECES) : Set.of(),
                Shelf.NOW);
    }

    private static Catalog catalog(Generator random) {
        List<BaseImage> bases = new ArrayList<>();
        for (String name : random.someOf(List.of("a", "b", "c"), 70)) {
            List<Digest> layers = name.equals("c") ? List.of(layer("a"), layer("b")) : List.of(layer(name));
            PlatformBase stack = new PlatformBase(ChainId.chain(layers).get(layers.size() - 1), layers.size());
            bases.add(new BaseImage(
                    name,
                    "1",
                    "owner",
                    Set.of(),
                    Map.of(LINUX, stack),
                    date(random),
                    date(random),
                    date(random),
                    Optional.empty()));
        }
        return new Catalog(1, bases);
    }

    private static Optional<LocalDate> date(Generator random) {
        return random.chance(60)
                ? Optional.empty()
                : Optional.of(LocalDate.of(2026, 11, 21).plusDays(random.below(7) - 3));
    }

    private static ImageShape shape(Generator random) {
        List<Digest> diffIds = random.someOf(List.of(layer("a"), layer("b"), layer("app")), 70);
        ImageShape.ConfigRead config = random.chance(10)
                ? new ImageShape.UnreadConfig("500")
                : new ImageShape.Config(new ImageConfig(LINUX, diffIds, Map.of()));
        int layers = random.chance(10) ? diffIds.size() + 1 : diffIds.size();
        return new ImageShape.Runnable(List.of(new PlatformImage(Optional.of(LINUX), OTHER, layers, config)));
    }

    private static Instant now(Generator random) {
        return Instant.parse("2026-11-20T00:00:00Z").plusSeconds(random.below(3 * 86400));
    }

    private static Digest layer(String name) {
        return Digest.sha256(utf8("layer " + name));
    }

    private static FoundEvidence found(
            FoundEvidence like, List<EvidenceBytes> items, List<UnreadSource> unread, List<UnreadSource> broken) {
        return new FoundEvidence(items, unread, broken, like.limits(), like.foundAt());
    }

    // ---- the generator is worth something

    @Test
    void the_random_cases_have_every_kind_of_answer() {
        Map<String, Integer> answers = new HashMap<>();
        for (Generator random : Generator.runs("answers", 4 * RUNS)) {
            answers.merge(answer(world(random).judge()), 1, Integer::sum);
        }
        System.out.println("random cases: " + answers);
        assertThat(answers)
                .containsKeys(
                        "ADMITTED",
                        "UNDECIDED",
                        "UNSIGNED",
                        "OTHER_SUBJECT",
                        "WRONG_SIGNER",
                        "MALFORMED_EVIDENCE",
                        "SIGNATURE_UNTRUSTED",
                        "NOT_A_SIGNATURE",
                        "NO_PROVENANCE",
                        "TOO_FEW_SIGNERS",
                        "KEY_EXPIRED",
                        "KEY_NOT_YET_VALID",
                        "OFF_CATALOG",
                        "BASE_END_OF_LIFE");
        assertThat(answers.get("ADMITTED")).isGreaterThan(RUNS / 10);
    }

    // ---- properties

    @Test
    void taking_a_key_or_signer_out_of_trust_never_admits() {
        int changed = 0;
        for (Generator random : Generator.runs("remove root", RUNS)) {
            World world = world(random);
            List<NamedSigner> signers = new ArrayList<>(world.roots().signers());
            if (signers.isEmpty()) {
                continue;
            }
            int at = random.below(signers.size());
            NamedSigner signer = signers.remove(at);
            if (signer.keys().size() > 1 && random.chance(50)) {
                signers.add(
                        at,
                        new NamedSigner(
                                signer.name(),
                                signer.keys().subList(1, signer.keys().size())));
            }
            String before = answer(world.judge());
            String after = answer(world.with(new TrustRoots(signers)).judge());
            changed += before.equals(after) ? 0 : 1;
            assertThat(after.equals("ADMITTED") && !before.equals("ADMITTED"))
                    .as("%s", random)
                    .isFalse();
        }
        assertThat(changed).isPositive();
    }

    @Test
    void a_shorter_validity_and_a_higher_number_of_signers_never_admit() {
        int changed = 0;
        for (Generator random : Generator.runs("narrow", RUNS)) {
            World world = world(random);
            String before = answer(world.judge());
            String shorter = answer(world.with(shortened(world.roots(), random)).judge());
            String more = answer(world.with(raised(world.requirements())).judge());
            changed += before.equals(shorter) && before.equals(more) ? 0 : 1;
            if (!before.equals("ADMITTED")) {
                assertThat(List.of(shorter, more)).as("%s", random).doesNotContain("ADMITTED");
            }
        }
        assertThat(changed).isPositive();
    }

    private static TrustRoots shortened(TrustRoots roots, Generator random) {
        List<NamedSigner> signers = new ArrayList<>();
        for (NamedSigner signer : roots.signers()) {
            List<SigningKey> keys = signer.keys().stream()
                    .map(one -> new SigningKey(one.key(), one.algorithms(), shortened(one.validity(), random)))
                    .toList();
            signers.add(new NamedSigner(signer.name(), keys));
        }
        return new TrustRoots(signers);
    }

    private static Validity shortened(Validity validity, Generator random) {
        Instant cut = day(random, -1);
        boolean inside = validity.from().filter(from -> !from.isBefore(cut)).isEmpty()
                && validity.until().filter(until -> !until.isAfter(cut)).isEmpty();
        if (!inside) {
            return validity;
        }
        return random.chance(50)
                ? new Validity(Optional.of(cut), validity.until())
                : new Validity(validity.from(), Optional.of(cut));
    }

    private static Requirements raised(Requirements requirements) {
        Optional<SignedBy> signedBy = requirements
                .signedBy()
                .map(by -> new SignedBy(Math.min(by.atLeast() + 1, by.signers().size()), by.signers()));
        return new Requirements(
                requirements.mode(),
                signedBy,
                requirements.provenance(),
                requirements.base(),
                requirements.platforms(),
                requirements.artifactsAllowed(),
                requirements.foreignLayersAllowed());
    }

    private static TrustRoots ending(Generator random, Instant now) {
        List<NamedSigner> signers = new ArrayList<>();
        for (String name : NAMES) {
            List<SigningKey> keys = new ArrayList<>();
            for (TestKey key : random.someOf(KEYS, 40)) {
                Validity validity =
                        new Validity(Optional.empty(), Optional.of(now.plusSeconds(1 + random.below(30 * 3600))));
                keys.add(new SigningKey(key.trusted(), Set.of(key.trusted().defaultAlgorithm()), validity));
            }
            signers.add(new NamedSigner(name, keys));
        }
        return new TrustRoots(signers);
    }

    @Test
    void an_admission_by_keys_ends_exactly_when_too_few_of_them_count() {
        int ended = 0;
        for (Generator random : Generator.runs("keys end", RUNS)) {
            World any = world(random);
            Requirements keysAlone = new Requirements(
                    Mode.ENFORCE, signedBy(random), Optional.empty(), BaseRequirement.NONE, Set.of(), false, false);
            // Good signatures alone: few random ones suffice, and fewer rest on a key that ends.
            FoundEvidence signatures = found(any.found(), random.someOf(SIGNATURES, 70), List.of(), List.of());
            World world = any.with(keysAlone).with(signatures).with(ending(random, any.now()));
            if (keysAlone.signedBy().isEmpty() || !(world.judge() instanceof Verdict.Admitted admitted)) {
                continue;
            }
            Instant until = admitted.validUntil();
            if (until.equals(world.goodUntil())) {
                continue;
            }
            ended++;
            assertThat(answer(world.at(until.minusNanos(1)).judge()))
                    .as("%s", random)
                    .isEqualTo("ADMITTED");
            assertThat(answer(world.at(until).judge())).as("%s", random).isEqualTo("KEY_EXPIRED");
        }
        System.out.println("admissions that end with a key: " + ended);
        assertThat(ended).isGreaterThan(10);
    }

    @Test
    void more_evidence_of_any_kind_never_refuses_what_was_admitted() {
        for (Generator random : Generator.runs("add junk", RUNS)) {
            World world = world(random);
            if (!answer(world.judge()).equals("ADMITTED")) {
                continue;
            }
            List<EvidenceBytes> items = new ArrayList<>(world.found().items());
            for (EvidenceBytes junk : random.someOf(POOL, 30)) {
                items.add(random.below(items.size() + 1), junk);
            }
            items.add(
                    random.below(items.size() + 1),
                    new EvidenceBytes(
                            random.oneOf(TYPES),
                            random.bytes(200),
                            Map.of(Evidence.SIGNATURE, random.text("MAYCQ=", 12)),
                            OTHER,
                            "junk"));
            List<UnreadSource> broken = Stream.concat(
                            world.found().broken().stream(), Stream.of(new UnreadSource("x", "y")))
                    .toList();
            FoundEvidence more = found(world.found(), items, world.found().unread(), broken);
            assertThat(answer(world.with(more).judge())).as("%s", random).isEqualTo("ADMITTED");
        }
    }

    @Test
    void an_unread_source_never_changes_an_admission_and_never_makes_one() {
        int undecided = 0;
        for (Generator random : Generator.runs("add unread", RUNS)) {
            World world = world(random);
            List<UnreadSource> unread = Stream.concat(
                            world.found().unread().stream(), Stream.of(new UnreadSource("tag", "403")))
                    .toList();
            FoundEvidence more = found(
                    world.found(), world.found().items(), unread, world.found().broken());
            String before = answer(world.judge());
            String after = answer(world.with(more).judge());
            if (before.equals("ADMITTED")) {
                assertThat(after).as("%s", random).isEqualTo("ADMITTED");
            } else {
                assertThat(after).as("%s", random).isNotEqualTo("ADMITTED");
            }
            // What evidence can change is left open; what it cannot (the base) stays refused.
            if (after.equals("UNDECIDED")) {
                undecided++;
            } else if (!before.equals("ADMITTED")) {
                assertThat(after).as("%s", random).isIn("OFF_CATALOG", "BASE_END_OF_LIFE", "LAYERS_CONTRADICT");
            }
        }
        assertThat(undecided).isPositive();
    }

    @Test
    void warn_mode_admits_whatever_is_said_and_finds_the_same() {
        for (Generator random : Generator.runs("warn", RUNS)) {
            World world = world(random);
            Verdict enforced = world.judge();
            Verdict warned = world.with(Shelf.warn(world.requirements())).judge();
            assertThat(warned).as("%s", random).isInstanceOf(Verdict.Admitted.class);
            assertThat(warned.findings()).as("%s", random).isEqualTo(enforced.findings());
            Verdict.Admitted admitted = (Verdict.Admitted) warned;
            if (enforced instanceof Verdict.Refused refused) {
                assertThat(admitted.wouldRefuse()).as("%s", random).contains(refused.reason());
            }
            if (!(enforced instanceof Verdict.Admitted)) {
                assertThat(admitted.warnings()).as("%s", random).isNotEmpty();
            } else {
                assertThat(admitted).as("%s", random).isEqualTo(enforced);
            }
        }
    }

    @Test
    void an_admission_ends_with_its_evidence_and_with_the_next_change_of_its_base() {
        int shortened = 0;
        for (Generator random : Generator.runs("valid until", 2 * RUNS)) {
            // Half of them ask for the base alone: few random signatures leave a base to decide.
            World any = world(random);
            World world = random.chance(50) ? any : any.with(BASE_ALONE);
            if (!(world.judge() instanceof Verdict.Admitted admitted)) {
                continue;
            }
            Instant until = admitted.validUntil();
            assertThat(until).as("%s", random).isAfter(world.now()).isBeforeOrEqualTo(world.goodUntil());
            shortened += until.isBefore(world.goodUntil()) ? 1 : 0;
            // Until then nothing of the catalog says otherwise: judged at the last moment it is the same admission.
            World last = new World(
                    world.roots(),
                    world.requirements(),
                    world.found(),
                    world.catalog(),
                    world.shape(),
                    until.minusNanos(1));
            assertThat(answer(last.judge())).as("%s", random).isEqualTo("ADMITTED");
            if (until.isBefore(world.goodUntil())) {
                assertThat(until.atZone(ZoneOffset.UTC).toLocalTime()).hasToString("00:00");
            }
        }
        assertThat(shortened).isGreaterThan(3);
    }

    @Test
    void the_same_case_has_the_same_verdict_and_a_refusal_always_says_what_failed() {
        for (Generator random : Generator.runs("pure", RUNS)) {
            World world = world(random);
            Verdict verdict = world.judge();
            assertThat(world.judge()).as("%s", random).isEqualTo(verdict);
            if (verdict instanceof Verdict.Refused refused) {
                assertThat(refused.detail()).as("%s", random).isNotEmpty();
                assertThat(refused.findings())
                        .as("%s", random)
                        .extracting(Finding::outcome)
                        .contains(Outcome.FAILED);
            }
            if (verdict instanceof Verdict.Undecided undecided) {
                assertThat(undecided.detail()).as("%s", random).isNotEmpty();
                assertThat(undecided.findings())
                        .as("%s", random)
                        .extracting(Finding::outcome)
                        .contains(Outcome.UNKNOWN);
            }
        }
    }

    @Test
    void the_verifier_survives_any_bytes_at_all() {
        TrustRoots roots = Shelf.roots("acme", TestKey.A, TestKey.RSA);
        for (Generator random : Generator.runs("any bytes", RUNS)) {
            EvidenceBytes good = random.oneOf(POOL);
            byte[] bytes = good.bytes().clone();
            for (int i = random.below(4); i >= 0 && bytes.length > 0; i--) {
                bytes[random.below(bytes.length)] = (byte) random.below(256);
            }
            EvidenceBytes mutant = new EvidenceBytes(
                    random.chance(80) ? good.mediaType() : random.oneOf(TYPES),
                    random.chance(90) ? bytes : random.bytes(300),
                    good.annotations(),
                    OTHER,
                    "mutant");
            Verification verification = new Verifier(roots)
                    .verify(
                            Shelf.REPOSITORY,
                            Subject.of(IMAGE),
                            new FoundEvidence(List.of(mutant), List.of(), List.of(), Set.of(), Shelf.NOW),
                            Shelf.NOW);
            assertThat(verification.findings()).as("%s", random).isNotEmpty();
        }
    }
}
