package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static dev.pratique.attestations.testing.VerdictAssert.answer;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static dev.pratique.attestations.testing.VerdictAssert.assertUndecided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import dev.pratique.attestations.policy.ImageShape.BrokenConfig;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.ConfigRead;
import dev.pratique.attestations.policy.ImageShape.OtherPlatform;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an image stands on: proved by its layers, never by what it says. */
class LineageTest {
    private static final Platform AMD64 = Platform.of("linux", "amd64", null);
    private static final Platform ARM64 = Platform.of("linux", "arm64", null);
    private static final Digest EMPTY = ChainId.EMPTY_LAYER;
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 21);

    private static Digest layer(String name) {
        return Digest.sha256(utf8("layer " + name));
    }

    private static List<Digest> layers(String... names) {
        return Arrays.stream(names).map(LineageTest::layer).toList();
    }

    private static PlatformBase stack(List<Digest> diffIds) {
        return new PlatformBase(ChainId.chain(diffIds).get(diffIds.size() - 1), diffIds.size());
    }

    private static BaseImage base(String name, Platform platform, List<Digest> diffIds) {
        return base(name, Map.of(platform, stack(diffIds)), null, null, null);
    }

    private static BaseImage base(
            String name,
            Map<Platform, PlatformBase> platforms,
            LocalDate approved,
            LocalDate deprecated,
            LocalDate end) {
        return new BaseImage(
                name,
                "1",
                "owner",
                Set.of(),
                platforms,
                Optional.ofNullable(approved),
                Optional.ofNullable(deprecated),
                Optional.ofNullable(end),
                Optional.of("debian 13"));
    }

    private static Catalog catalog(BaseImage... bases) {
        return new Catalog(1, List.of(bases));
    }

    private static PlatformImage image(Platform platform, List<Digest> diffIds) {
        return image(Optional.of(platform), diffIds.size(), new Config(new ImageConfig(platform, diffIds, Map.of())));
    }

    private static PlatformImage image(Optional<Platform> platform, int layers, ConfigRead config) {
        return new PlatformImage(platform, Digest.sha256(utf8("manifest")), layers, config);
    }

    private static Requirements asks(BaseRequirement base, boolean artifacts, Platform... platforms) {
        return new Requirements(
                Mode.ENFORCE, Optional.empty(), Optional.empty(), base, Set.of(platforms), artifacts, false);
    }

    private static final Requirements ON_CATALOG = asks(BaseRequirement.CATALOG, false);

    private static Verdict judge(Catalog catalog, Requirements requirements, Instant now, ImageShape shape) {
        var nothing = new Verifier(Shelf.roots())
                .verify(Shelf.REPOSITORY, Subject.of(layer("x")), FoundEvidence.none(now), now);
        return new Judge(catalog)
                .judge(new Judge.Case(
                        requirements, nothing, shape, Composition.plain(), now, now.plus(Duration.ofHours(24))));
    }

    private static Verdict judge(Catalog catalog, PlatformImage... images) {
        return judge(catalog, ON_CATALOG, Shelf.NOW, new ImageShape.Runnable(List.of(images)));
    }

    private static String names(Verdict verdict) {
        return verdict.findings().toString();
    }

    // ---- which base

    @Test
    void an_image_stands_on_the_base_whose_layers_are_its_first_ones() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a", "b")));
        assertAdmitted(judge(catalog, image(AMD64, layers("a", "b", "c", "d"))));
        assertAdmitted(judge(catalog, image(AMD64, layers("a", "b"))));
        assertRefused(judge(catalog, image(AMD64, layers("a"))), RefusalReason.OFF_CATALOG);
        assertRefused(judge(catalog, image(AMD64, layers("b", "a"))), RefusalReason.OFF_CATALOG);
        assertRefused(judge(catalog, image(AMD64, layers("x", "a", "b"))), RefusalReason.OFF_CATALOG);
        assertRefused(judge(catalog, image(AMD64, layers())), RefusalReason.OFF_CATALOG);
        assertRefused(judge(Catalog.empty(), image(AMD64, layers("a", "b"))), RefusalReason.OFF_CATALOG);
    }

    @Test
    void of_two_bases_of_which_one_is_a_prefix_of_the_other_the_longer_counts() {
        BaseImage shorter = base("debian", AMD64, layers("a"));
        BaseImage longer = base("java on debian", AMD64, layers("a", "b"));
        for (Catalog catalog : List.of(catalog(shorter, longer), catalog(longer, shorter))) {
            assertThat(names(judge(catalog, image(AMD64, layers("a", "b", "c")))))
                    .contains("java on debian 1");
            assertThat(names(judge(catalog, image(AMD64, layers("a", "c"))))).contains("stands on debian 1");
        }
        Catalog retired =
                catalog(shorter, base("java on debian", Map.of(AMD64, stack(layers("a", "b"))), null, null, TODAY));
        assertRefused(judge(retired, image(AMD64, layers("a", "b", "c"))), RefusalReason.BASE_END_OF_LIFE);
        assertAdmitted(judge(retired, image(AMD64, layers("a", "c"))));
        Catalog oldBelow = catalog(
                base("debian", Map.of(AMD64, stack(layers("a"))), null, null, TODAY),
                base("java on debian", AMD64, layers("a", "b")));
        assertAdmitted(judge(oldBelow, image(AMD64, layers("a", "b", "c"))));
        assertRefused(judge(oldBelow, image(AMD64, layers("a", "c"))), RefusalReason.BASE_END_OF_LIFE);
    }

    @Test
    void the_chain_must_be_that_of_as_many_layers_as_the_base_has() {
        PlatformBase real = stack(layers("a", "b"));
        Catalog lying = catalog(base("debian", Map.of(AMD64, new PlatformBase(real.chainId(), 3)), null, null, null));
        assertRefused(judge(lying, image(AMD64, layers("a", "b", "c"))), RefusalReason.OFF_CATALOG);
        // ChainID(L0) = DiffID(L0): a layer whose diff_id is a base's ChainID is one layer, not two.
        Catalog catalog = catalog(base("debian", AMD64, layers("a", "b")));
        assertRefused(
                judge(catalog, image(AMD64, List.of(real.chainId().digest(), layer("c")))), RefusalReason.OFF_CATALOG);
    }

    @Test
    void a_base_of_only_empty_layers_is_never_stood_on() {
        Digest empty512 = Digest.of(Digest.Algorithm.SHA512, new byte[1024]);
        for (List<Digest> empties : List.of(
                List.of(EMPTY), List.of(EMPTY, EMPTY), List.of(EMPTY, ChainId.EMPTY_LAYER_10K), List.of(empty512))) {
            Catalog catalog = catalog(base("nothing", AMD64, empties));
            List<Digest> image = new ArrayList<>(empties);
            image.add(layer("app"));
            assertRefused(judge(catalog, image(AMD64, image)), RefusalReason.OFF_CATALOG);
            assertRefused(judge(catalog, image(AMD64, empties)), RefusalReason.OFF_CATALOG);
            assertThat(Lineage.onlyEmptyLayers(empties)).isTrue();
        }
        Catalog mixed = catalog(base("debian", AMD64, List.of(EMPTY, layer("a"))));
        assertAdmitted(judge(mixed, image(AMD64, List.of(EMPTY, layer("a"), EMPTY))));
        assertThat(Lineage.onlyEmptyLayers(List.of(EMPTY, layer("a")))).isFalse();
    }

    @Test
    void a_base_counts_on_its_own_platform_only() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a")));
        assertRefused(judge(catalog, image(ARM64, layers("a"))), RefusalReason.OFF_CATALOG);
    }

    @Test
    void more_or_fewer_diff_ids_than_layers_are_refused() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a")));
        Config config = new Config(new ImageConfig(AMD64, layers("a", "b"), Map.of()));
        for (int count : new int[] {0, 1, 3, -1}) {
            assertRefused(judge(catalog, image(Optional.of(AMD64), count, config)), RefusalReason.LAYERS_CONTRADICT);
        }
        assertAdmitted(judge(catalog, image(Optional.of(AMD64), 2, config)));
    }

    @Test
    void an_annotation_or_label_that_claims_an_approved_base_never_helps() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a")));
        Map<String, String> claims = Map.of(
                "org.opencontainers.image.base.name",
                "debian:1",
                "org.opencontainers.image.base.digest",
                layer("a").toString());
        Config claimed = new Config(new ImageConfig(AMD64, layers("evil"), claims));
        assertRefused(judge(catalog, image(Optional.of(AMD64), 1, claimed)), RefusalReason.OFF_CATALOG);
    }

    @Test
    void a_thousand_layers_and_a_thousand_bases_are_no_work() {
        List<BaseImage> bases = new ArrayList<>();
        List<Digest> diffIds = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            diffIds.add(layer(String.valueOf(i)));
            bases.add(base("base" + i, ARM64, List.copyOf(diffIds)));
        }
        Catalog catalog = new Catalog(1, bases);
        assertRefused(judge(catalog, image(AMD64, diffIds)), RefusalReason.OFF_CATALOG);
        assertThat(names(judge(catalog, image(ARM64, diffIds)))).contains("base999");
    }

    // ---- dates

    @Test
    void end_of_life_refuses_from_the_first_moment_of_the_day_in_utc() {
        Catalog catalog = catalog(base("debian", Map.of(AMD64, stack(layers("a"))), null, null, TODAY));
        ImageShape shape = new ImageShape.Runnable(List.of(image(AMD64, layers("a"))));
        Instant midnight = Instant.parse("2026-11-21T00:00:00Z");
        Verdict before = judge(catalog, ON_CATALOG, midnight.minusNanos(1), shape);
        assertAdmitted(before);
        assertThat(((Verdict.Admitted) before).validUntil()).isEqualTo(midnight);
        assertRefused(judge(catalog, ON_CATALOG, midnight, shape), RefusalReason.BASE_END_OF_LIFE);
    }

    @Test
    void deprecated_is_admitted_with_a_warning_that_says_what_to_use() {
        Catalog catalog = catalog(base("debian", Map.of(AMD64, stack(layers("a"))), null, TODAY, TODAY.plusDays(1)));
        Verdict.Admitted verdict = (Verdict.Admitted) judge(catalog, image(AMD64, layers("a")));
        assertThat(verdict.warnings())
                .singleElement()
                .asString()
                .contains("debian 1 is deprecated since 2026-11-21")
                .contains("refused from 2026-11-22")
                .contains("use debian 13");
        assertThat(verdict.validUntil()).isEqualTo(Instant.parse("2026-11-22T00:00:00Z"));
        Verdict.Admitted earlier = (Verdict.Admitted) judge(
                catalog,
                ON_CATALOG,
                Instant.parse("2026-11-20T23:59:59Z"),
                new ImageShape.Runnable(List.of(image(AMD64, layers("a")))));
        assertThat(earlier.warnings()).isEmpty();
        assertThat(earlier.validUntil()).isEqualTo(Instant.parse("2026-11-21T00:00:00Z"));
    }

    @Test
    void a_base_that_is_not_yet_approved_is_not_of_the_catalog() {
        Catalog catalog = catalog(base("debian", Map.of(AMD64, stack(layers("a"))), TODAY.plusDays(1), null, null));
        assertRefused(judge(catalog, image(AMD64, layers("a"))), RefusalReason.OFF_CATALOG);
        ImageShape shape = new ImageShape.Runnable(List.of(image(AMD64, layers("a"))));
        assertAdmitted(judge(catalog, ON_CATALOG, Instant.parse("2026-11-22T00:00:00Z"), shape));
    }

    @Test
    void end_of_life_wins_over_every_other_date() {
        BaseImage odd = base(
                "debian",
                Map.of(AMD64, stack(layers("a"))),
                TODAY.plusYears(1),
                TODAY.plusYears(2),
                TODAY.minusDays(1));
        assertThat(odd.phaseAt(Shelf.NOW)).isEqualTo(Catalog.Phase.END_OF_LIFE);
        assertThat(odd.nextChange(Shelf.NOW)).contains(Instant.parse("2027-11-21T00:00:00Z"));
    }

    // ---- indexes

    @Test
    void an_index_is_as_good_as_its_worst_child() {
        Catalog catalog =
                catalog(base("debian", Map.of(AMD64, stack(layers("a")), ARM64, stack(layers("b"))), null, null, null));
        assertAdmitted(judge(catalog, image(AMD64, layers("a", "x")), image(ARM64, layers("b", "x"))));
        assertRefused(
                judge(catalog, image(AMD64, layers("a", "x")), image(ARM64, layers("c"))), RefusalReason.OFF_CATALOG);
        assertRefused(
                judge(catalog, image(ARM64, layers("c")), image(AMD64, layers("a", "x"))), RefusalReason.OFF_CATALOG);
    }

    @Test
    void an_index_is_admitted_until_the_first_change_of_any_childs_base() {
        Catalog catalog = catalog(
                base("soon", Map.of(AMD64, stack(layers("a"))), null, null, TODAY.plusDays(1)),
                base("sooner", Map.of(ARM64, stack(layers("b"))), null, TODAY.plusDays(1), TODAY.plusDays(3)),
                base("later", Map.of(AMD64, stack(layers("c"))), null, null, TODAY.plusDays(2)));
        Instant now = Instant.parse("2026-11-21T01:00:00Z");
        ImageShape shape = new ImageShape.Runnable(List.of(image(AMD64, layers("c")), image(ARM64, layers("b"))));
        var nothing = new Verifier(Shelf.roots())
                .verify(Shelf.REPOSITORY, Subject.of(layer("x")), FoundEvidence.none(now), now);
        for (Duration recheck : List.of(Duration.ofDays(9), Duration.ofHours(1))) {
            Verdict verdict = new Judge(catalog)
                    .judge(new Judge.Case(ON_CATALOG, nothing, shape, Composition.plain(), now, now.plus(recheck)));
            Instant first = recheck.toDays() > 1 ? Instant.parse("2026-11-22T00:00:00Z") : now.plus(recheck);
            assertThat(((Verdict.Admitted) verdict).validUntil()).isEqualTo(first);
        }
    }

    @Test
    void a_refused_child_refuses_although_another_could_not_be_read() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a")));
        PlatformImage unread = image(Optional.of(ARM64), 1, new UnreadConfig("the upstream answered 500"));
        assertRefused(judge(catalog, unread, image(AMD64, layers("c"))), RefusalReason.OFF_CATALOG);
        assertUndecided(judge(catalog, unread, image(AMD64, layers("a"))));
        assertUndecided(judge(catalog, unread));
    }

    @Test
    void a_broken_child_or_configuration_is_a_definite_answer() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a")));
        PlatformImage broken = image(Optional.of(AMD64), -1, new BrokenConfig("not JSON\r\nX: 1"));
        Verdict verdict = judge(catalog, broken, image(AMD64, layers("a")));
        assertRefused(verdict, RefusalReason.MANIFEST_INVALID);
        assertThat(((Verdict.Refused) verdict).detail()).matches("[ -~]+");
    }

    @Test
    void children_of_platforms_that_the_rule_does_not_admit_are_not_judged() {
        Catalog catalog = catalog(base("debian", AMD64, layers("a")));
        Requirements amd64 = asks(BaseRequirement.CATALOG, false, AMD64);
        PlatformImage other = image(Optional.of(ARM64), -1, new OtherPlatform());
        PlatformImage good = image(AMD64, layers("a"));
        assertAdmitted(judge(catalog, amd64, Shelf.NOW, new ImageShape.Runnable(List.of(other, good))));
        assertRefused(
                judge(catalog, amd64, Shelf.NOW, new ImageShape.Runnable(List.of(other))),
                RefusalReason.PLATFORM_NOT_ADMITTED);
        assertRefused(
                judge(catalog, amd64, Shelf.NOW, new ImageShape.Runnable(List.of())),
                RefusalReason.PLATFORM_NOT_ADMITTED);
        assertRefused(
                judge(catalog, amd64, Shelf.NOW, new ImageShape.Runnable(List.of(image(ARM64, layers("a"))))),
                RefusalReason.PLATFORM_NOT_ADMITTED);
    }

    @Test
    void a_rule_that_asks_for_platforms_only_admits_none_that_it_does_not_know() {
        Requirements amd64 = asks(BaseRequirement.NONE, false, AMD64);
        ConfigRead read = new Config(new ImageConfig(AMD64, layers("a"), Map.of()));
        ConfigRead otherwise = new Config(new ImageConfig(ARM64, layers("a"), Map.of()));
        Optional<Platform> unsaid = Optional.empty();
        assertAdmitted(platformsOnly(amd64, image(unsaid, 1, read)));
        assertAdmitted(platformsOnly(amd64, image(Optional.of(AMD64), 1, new UnreadConfig("500"))));
        assertAdmitted(platformsOnly(amd64, image(unsaid, 1, otherwise), image(unsaid, 1, read)));
        assertRefused(platformsOnly(amd64, image(unsaid, 1, otherwise)), RefusalReason.PLATFORM_NOT_ADMITTED);
        assertUndecided(platformsOnly(amd64, image(unsaid, 1, new UnreadConfig("500"))));
        assertUndecided(platformsOnly(amd64, image(unsaid, 1, read), image(unsaid, 1, new UnreadConfig("500"))));
        assertRefused(platformsOnly(amd64, image(unsaid, -1, new BrokenConfig("x"))), RefusalReason.MANIFEST_INVALID);
    }

    private static Verdict platformsOnly(Requirements requirements, PlatformImage... images) {
        return judge(Catalog.empty(), requirements, Shelf.NOW, new ImageShape.Runnable(List.of(images)));
    }

    // ---- scratch and artifacts

    @Test
    void the_scratch_rule_admits_what_stands_on_nothing_but_nothing_that_stands_on_a_retired_base() {
        Requirements scratch = asks(BaseRequirement.SCRATCH, false);
        Catalog retired = catalog(base("debian", Map.of(AMD64, stack(layers("a"))), null, null, TODAY));
        assertAdmitted(judge(retired, scratch, Shelf.NOW, new ImageShape.Runnable(List.of(image(AMD64, layers("x"))))));
        assertRefused(
                judge(retired, scratch, Shelf.NOW, new ImageShape.Runnable(List.of(image(AMD64, layers("a", "x"))))),
                RefusalReason.BASE_END_OF_LIFE);
        Config fewer = new Config(new ImageConfig(AMD64, layers("x"), Map.of()));
        assertRefused(
                judge(
                        retired,
                        scratch,
                        Shelf.NOW,
                        new ImageShape.Runnable(List.of(image(Optional.of(AMD64), 2, fewer)))),
                RefusalReason.LAYERS_CONTRADICT);
    }

    @ParameterizedTest
    @EnumSource(BaseRequirement.class)
    void artifacts_need_no_base_only_where_the_rule_says_so(BaseRequirement base) {
        ImageShape chart = new ImageShape.Artifact("application/vnd.cncf.helm.config.v1+json\r\nX: 1");
        boolean asked = base != BaseRequirement.NONE;
        Verdict strict = judge(Catalog.empty(), asks(base, false), Shelf.NOW, chart);
        assertThat(answer(strict)).isEqualTo(asked ? "NOT_RUNNABLE" : "ADMITTED");
        assertThat(strict.findings()).allSatisfy(f -> assertThat(f.saw()).matches("[ -~]+"));
        Verdict allowed = judge(Catalog.empty(), asks(base, true), Shelf.NOW, chart);
        assertAdmitted(allowed);
        assertThat(allowed.findings()).allMatch(f -> f.outcome() == Outcome.NOT_REQUIRED);
    }
}
