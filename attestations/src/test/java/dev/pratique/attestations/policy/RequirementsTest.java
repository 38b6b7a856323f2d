package dev.pratique.attestations.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Shelf;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequirementsTest {
    /** Names that would run into each other if they were only joined. */
    private static final List<String> ODD_NAMES = List.of("a", "b", "a, b", "[a]", "a\",\"b", "a|b", "a~b", "");

    @Test
    void requirements_have_the_same_name_exactly_if_they_ask_the_same() {
        Map<String, Requirements> byId = new HashMap<>();
        Set<Requirements> distinct = new HashSet<>();
        for (Generator random : Generator.runs("requirements", 4000)) {
            Requirements one = requirements(random, ODD_NAMES);
            distinct.add(one);
            Requirements other = byId.putIfAbsent(one.id(), one);
            assertThat(other == null || other.equals(one))
                    .as("%s and %s (%s)", one, other, random)
                    .isTrue();
        }
        assertThat(byId).hasSameSizeAs(distinct);
        assertThat(distinct).hasSizeGreaterThan(500);
    }

    /** Whoever adds a component has it vary below, or the property above knows nothing of it. */
    @Test
    void every_component_takes_part_in_the_name() throws ReflectiveOperationException {
        for (RecordComponent component : Requirements.class.getRecordComponents()) {
            Set<Object> values = new HashSet<>();
            for (Generator random : Generator.runs("components", 200)) {
                values.add(component.getAccessor().invoke(requirements(random, ODD_NAMES)));
            }
            assertThat(values).as(component.getName()).hasSizeGreaterThan(1);
        }
    }

    /** What an operator is shown of a rule leaves nothing out that the rule says. */
    @Test
    void requirements_that_differ_are_described_otherwise() {
        Map<List<String>, Requirements> described = new HashMap<>();
        for (Generator random : Generator.runs("described", 4000)) {
            Requirements one = requirements(random, List.of("a", "b", "c"));
            Rule rule = new Rule("r", List.of(new Glob("**")), Set.of(), List.of(), new Rule.Require(one));
            Requirements other = described.putIfAbsent(RequirementsText.of(rule), one);
            assertThat(other == null || other.equals(one))
                    .as("%s and %s (%s)", one, other, random)
                    .isTrue();
        }
        assertThat(described).hasSizeGreaterThan(500);
    }

    private static Requirements requirements(Generator random, List<String> names) {
        Set<Platform> platforms = Set.copyOf(
                random.someOf(List.of(Platform.of("linux", "amd64", null), Platform.of("linux", "arm", "v7")), 30));
        Optional<ProvenanceRequirement> provenance = random.chance(50)
                ? Optional.empty()
                : Optional.of(new ProvenanceRequirement(
                        signedBy(random, names).orElse(SignedBy.any(Set.of("a"))),
                        globs(random, names),
                        globs(random, names),
                        globs(random, names)));
        return new Requirements(
                random.oneOf(Mode.values()),
                signedBy(random, names),
                provenance,
                random.oneOf(BaseRequirement.values()),
                platforms,
                random.chance(50),
                random.chance(50));
    }

    private static Optional<SignedBy> signedBy(Generator random, List<String> names) {
        Set<String> some = Set.copyOf(random.someOf(names, 20));
        return some.isEmpty() ? Optional.empty() : Optional.of(new SignedBy(1 + random.below(some.size()), some));
    }

    private static Set<Glob> globs(Generator random, List<String> names) {
        Set<Glob> globs = new HashSet<>();
        random.someOf(names, 15).forEach(name -> globs.add(new Glob(name)));
        return globs;
    }

    @Test
    void the_order_in_which_names_are_written_does_not_matter() {
        List<String> ids = new ArrayList<>();
        ids.add(Shelf.signedBy("a", "b", "c").id());
        ids.add(Shelf.signedBy("c", "a", "b").id());
        assertThat(ids.get(0)).isEqualTo(ids.get(1)).matches("[0-9a-f]{32}");
        assertThat(Shelf.signedBy("a", "b").id())
                .isNotEqualTo(Shelf.signedBy("a, b").id());
        Set<String> both = Set.of("a", "b");
        assertThat(Shelf.signedBy(Optional.of(SignedBy.all(both))).id())
                .isNotEqualTo(Shelf.signedBy("a", "b").id())
                .isEqualTo(Shelf.signedBy(Optional.of(new SignedBy(2, both))).id());
        // One of one is all of one: they ask the same.
        assertThat(Shelf.signedBy(Optional.of(SignedBy.all(Set.of("a")))).id())
                .isEqualTo(Shelf.signedBy("a").id());
        assertThat(Shelf.warn(Shelf.signedBy("a")).id())
                .isNotEqualTo(Shelf.signedBy("a").id());
    }

    @Test
    void a_rule_needs_what_it_asks() {
        assertThat(Shelf.signedBy("a").needsEvidence()).isTrue();
        assertThat(Shelf.signedBy("a").needsConfig()).isFalse();
        assertThat(Shelf.provenanceBy("a").needsEvidence()).isTrue();
        assertThat(Shelf.signedBy().needsEvidence()).isFalse();
    }

    @Test
    void the_first_rule_about_a_repository_and_environment_decides() throws Exception {
        Rule prod = new Rule(
                "prod",
                List.of(new Glob("docker.io/library/*")),
                Set.of("prod"),
                List.of(new Glob("latest"), new Glob("*-rc*")),
                new Rule.Require(Shelf.signedBy("a")));
        Rule rest = new Rule("rest", List.of(new Glob("**")), Set.of(), List.of(), new Rule.RefuseAll("not here"));
        Policy policy = new Policy(List.of(prod, rest));
        var nginx = Shelf.repository("registry-1.docker.io", "nginx");
        assertThat(policy.ruleFor(nginx, "prod")).contains(prod);
        assertThat(policy.ruleFor(nginx, "dev")).contains(rest);
        assertThat(policy.ruleFor(Shelf.repository("docker.io", "acme/app"), "prod"))
                .contains(rest);
        assertThat(new Policy(List.of(prod)).ruleFor(nginx, "dev")).isEmpty();
        assertThat(prod.refusesTag("latest")).isTrue();
        assertThat(prod.refusesTag("1.0-rc1")).isTrue();
        assertThat(prod.refusesTag("1.0")).isFalse();
    }
}
