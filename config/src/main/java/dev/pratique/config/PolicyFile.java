package dev.pratique.config;

import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** policy.yaml. */
final class PolicyFile {
    static final Shape.Keys SHAPE = Shape.keys()
            .with("environments", new Shape.Named(Shape.keys().with("match", EnvironmentReader.SHAPE), false))
            .with(
                    "rules",
                    new Shape.Items(
                            Shape.keys("name", "mode", "base", "artifacts", "foreignLayers", "admit", "refuse")
                                    .with("repositories", Shape.VALUES)
                                    .with("environments", Shape.VALUES)
                                    .with("signedBy", SignedByReader.SHAPE)
                                    .with(
                                            "provenance",
                                            Shape.keys()
                                                    .with("builders", Shape.VALUES)
                                                    .with("sources", Shape.VALUES)
                                                    .with("refs", Shape.VALUES)
                                                    .with("signedBy", SignedByReader.SHAPE))
                                    .with("platforms", Shape.VALUES)
                                    .with("tags", Shape.keys().with("refuse", Shape.VALUES)),
                            false));

    private final TrustFile.Trust trust;
    private final KnownNames signers;
    private final EnvironmentReader environments;
    private final KnownNames upstreams;

    /** @param trust for the builders' names */
    PolicyFile(TrustFile.Trust trust, KnownNames signers, EnvironmentReader environments, KnownNames upstreams) {
        this.trust = trust;
        this.signers = signers;
        this.environments = environments;
        this.upstreams = upstreams;
    }

    /** What the file says. */
    record Rules(Policy policy, Environments environments) {}

    Rules read(Section root) {
        TreeSet<String> names = new TreeSet<>(Set.of(Policy.DEFAULT_ENVIRONMENT));
        root.section("environments")
                .ifPresent(section -> names.addAll(section.named().keySet()));
        Environments clients =
                root.section("environments").map(environments::read).orElse(Environments.NONE);
        if (!root.has("rules")) {
            root.refuse("the policy has no rules", "without a rule nothing can be pulled: write at least one");
        }
        RuleReader reader = new RuleReader(
                trust, signers, KnownNames.of("environment", "policy.yaml", names), new RepositoryPattern(upstreams));
        List<Section> sections = root.sections("rules");
        List<Rule> rules = sections.stream().map(reader::read).toList();
        checkNames(sections);
        checkShadows(rules, sections);
        return new Rules(new Policy(rules), clients);
    }

    private static void checkNames(List<Section> sections) {
        Map<String, Integer> lines = new HashMap<>();
        for (Section rule : sections) {
            rule.find("name").ifPresent(name -> {
                Integer before = lines.putIfAbsent(name.text(), name.place().line());
                if (before != null) {
                    name.refuse(
                            "a rule called " + name.quoted() + " is in line " + before + " already",
                            "answers and counters name the rule: give it another name");
                }
            });
        }
    }

    // POL-09: a rule that matches nothing is not a rule that refuses nothing.
    private static void checkShadows(List<Rule> rules, List<Section> sections) {
        for (int later = 0; later < rules.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                if (covers(rules.get(earlier), rules.get(later))) {
                    sections.get(later)
                            .refuse(
                                    "can never match: the rule in line "
                                            + sections.get(earlier).place().line() + " matches all of it before",
                                    "the first rule that matches decides: move this one up");
                    break;
                }
            }
        }
    }

    private static boolean covers(Rule earlier, Rule later) {
        boolean environments = earlier.environments().isEmpty()
                || !later.environments().isEmpty() && earlier.environments().containsAll(later.environments());
        return environments
                && !later.repositories().isEmpty()
                && later.repositories().stream()
                        .allMatch(pattern -> earlier.repositories().stream().anyMatch(wider -> covers(wider, pattern)));
    }

    private static boolean covers(Glob wider, Glob pattern) {
        if (wider.pattern().equals("**") || wider.equals(pattern)) {
            return true;
        }
        String prefix = wider.pattern().replaceFirst("\\*\\*$", "");
        return wider.pattern().endsWith("/**")
                && prefix.indexOf('*') < 0
                && pattern.pattern().startsWith(prefix);
    }
}
