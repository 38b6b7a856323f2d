package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.config.yaml.NearestName;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One rule of policy.yaml. */
final class RuleReader {
    private static final int MAX_TEXT = 200;
    /** What makes a rule one that asks for something. */
    private static final List<String> EVIDENCE = List.of("signedBy", "provenance", "base");
    /** What only such a rule may say. */
    private static final List<String> ASKING =
            List.of("signedBy", "provenance", "base", "platforms", "artifacts", "foreignLayers", "mode");

    private final TrustFile.Trust trust;
    private final KnownNames signers;
    private final KnownNames environments;
    private final RepositoryPattern patterns;

    RuleReader(TrustFile.Trust trust, KnownNames signers, KnownNames environments, RepositoryPattern patterns) {
        this.trust = trust;
        this.signers = signers;
        this.environments = environments;
        this.patterns = patterns;
    }

    Rule read(Section rule) {
        String name = rule.require("name").map(RuleReader::line).orElse("");
        if (!rule.has("repositories")) {
            rule.refuse(rule.path() + " lacks repositories", "write repositories: [\"**\"] for all");
        }
        List<Glob> repositories =
                rule.values("repositories").stream().map(patterns::read).toList();
        Set<String> of = new LinkedHashSet<>();
        for (Value environment : rule.values("environments")) {
            environments.check(environment);
            of.add(environment.text());
        }
        List<Glob> refusedTags = rule.section("tags")
                .map(tags -> tags.values("refuse").stream().map(RuleReader::tag).toList())
                .orElse(List.of());
        return new Rule(name, repositories, of, refusedTags, effect(rule));
    }

    private Rule.Effect effect(Section rule) {
        Requirements requirements = requirements(rule);
        Optional<String> admit = rule.oneOf("admit", List.of("unverified"));
        Optional<String> why = rule.find("refuse").map(RuleReader::line);
        List<String> said = new ArrayList<>();
        List.of("admit", "refuse").stream().filter(rule::has).forEach(said::add);
        ASKING.stream().filter(rule::has).forEach(said::add);
        if (said.size() > 1 && (rule.has("admit") || rule.has("refuse"))) {
            rule.refuse(
                    rule.path() + " says " + String.join(" and ", said),
                    "a rule asks for something, or admits, or refuses: keep one");
        } else if (rule.has("refuse") && rule.has("tags")) {
            rule.refuse("tags", rule.path() + " refuses everything, its tags included", "remove tags");
        } else if (said.isEmpty() || !said.contains("admit") && !said.contains("refuse") && asksNothing(rule)) {
            rule.refuse(
                    rule.path() + " asks for no evidence",
                    "say signedBy, provenance or base; or admit: unverified; or refuse: WHY");
        }
        if (why.isPresent()) {
            return new Rule.RefuseAll(why.get());
        }
        return admit.isPresent() ? new Rule.AdmitUnverified() : new Rule.Require(requirements);
    }

    private static boolean asksNothing(Section rule) {
        return EVIDENCE.stream().noneMatch(rule::has);
    }

    private Requirements requirements(Section rule) {
        Mode mode = rule.oneOf("mode", List.of("enforce", "warn"))
                .map(word -> word.equals("warn") ? Mode.WARN : Mode.ENFORCE)
                .orElse(Mode.ENFORCE);
        BaseRequirement base = rule.oneOf("base", List.of("catalog", "scratch"))
                .map(word -> word.equals("scratch") ? BaseRequirement.SCRATCH : BaseRequirement.CATALOG)
                .orElse(BaseRequirement.NONE);
        Set<Platform> platforms = new TreeSet<>();
        rule.values("platforms").forEach(value -> platform(value).ifPresent(platforms::add));
        boolean artifacts = rule.oneOf("artifacts", List.of("allow")).isPresent();
        if (artifacts && !rule.has("base")) {
            rule.refuse(
                    "artifacts", "artifacts: allow lifts what base asks, and the rule asks for no base", "remove it");
        }
        boolean foreignLayers = rule.oneOf("foreignLayers", List.of("allow")).isPresent();
        Optional<SignedBy> signedBy = signedBy(rule);
        return new Requirements(mode, signedBy, provenance(rule, signedBy), base, platforms, artifacts, foreignLayers);
    }

    private Optional<SignedBy> signedBy(Section holder) {
        return holder.section("signedBy").flatMap(new SignedByReader(trust.roots(), signers)::read);
    }

    private Optional<ProvenanceRequirement> provenance(Section rule, Optional<SignedBy> ruleSigners) {
        return rule.section("provenance").flatMap(section -> {
            Optional<SignedBy> own = signedBy(section);
            if (!section.has("signedBy") && !rule.has("signedBy")) {
                section.refuse(
                        section.path() + " does not say who must have signed it",
                        "say signedBy: {any: [NAME]} here or in the rule");
            }
            Set<Glob> builders = new LinkedHashSet<>();
            section.values("builders").forEach(value -> builders.add(builder(value)));
            Set<Glob> sources = new LinkedHashSet<>();
            section.values("sources").forEach(value -> sources.add(source(value)));
            Set<Glob> refs = new LinkedHashSet<>();
            section.values("refs").forEach(value -> refs.add(ref(value)));
            return own.or(() -> ruleSigners).map(by -> new ProvenanceRequirement(by, builders, sources, refs));
        });
    }

    private Glob builder(Value value) {
        String id = trust.builders().get(value.text());
        if (id != null) {
            return new Glob(id);
        }
        if (signers.readable() && !value.text().contains("://")) {
            value.refuse(
                    value.quoted() + " is no builder of trust.yaml",
                    NearestName.hint(value.text(), trust.builders().keySet()));
        }
        return glob(value);
    }

    private static Glob source(Value value) {
        String text = value.text();
        String plain =
                text.replaceFirst("^git\\+", "").replaceFirst("@[^/]*$", "").replaceFirst("\\.git$", "");
        if (!plain.equals(text)) {
            value.refuse(value.quoted() + " is not how a source is spelt here", "write " + plain);
        } else if (!text.contains("://") && !text.equals("**")) {
            value.refuse(value.quoted() + " is not a source's URL", "write it as https://github.com/acme/*");
        }
        return glob(value);
    }

    private static Glob ref(Value value) {
        if (!value.text().equals("**") && !value.text().matches("refs/[^\\s~^:?\\[\\\\]+")) {
            value.refuse(value.quoted() + " is not a ref", "write it in full, as refs/heads/main or refs/tags/v*");
        }
        return glob(value);
    }

    private static Glob tag(Value value) {
        if (!value.text().matches("[A-Za-z0-9_.*-]{1,128}")) {
            value.refuse(value.quoted() + " matches no tag", "letters, digits, '.', '_', '-' and *");
        }
        return glob(value);
    }

    private static Glob glob(Value value) {
        Glob glob = new Glob(value.text());
        if (glob.wildcards() > RepositoryPattern.MAX_WILDCARDS || value.text().contains("***")) {
            value.refuse(
                    value.quoted() + " has more than " + RepositoryPattern.MAX_WILDCARDS
                            + " wildcards or two stars in a row",
                    "write several patterns");
        }
        return glob;
    }

    private static Optional<Platform> platform(Value value) {
        try {
            return Optional.of(Platform.parse(value.text()));
        } catch (MalformedEvidenceException e) {
            value.refuse(value.quoted() + " is not a platform", "write it as linux/amd64");
            return Optional.empty();
        }
    }

    private static String line(Value value) {
        String text = value.text();
        boolean printable = text.codePoints().noneMatch(Character::isISOControl);
        if (text.isBlank() || !text.equals(text.strip()) || text.length() > MAX_TEXT || !printable) {
            value.refuse(
                    value.path() + " is not one line of 1 to " + MAX_TEXT + " characters without spaces around it",
                    "shorten it, and put it on one line");
        }
        return text;
    }
}
