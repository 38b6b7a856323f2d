package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Judge;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RequirementsText;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.verify.Verifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What is judged by, made ready: one consistent state of trust, policy and catalog with the verdicts of its own. A reload
 * makes a new one, so that no verdict of the old can be looked up under the new. Thread safe.
 */
public final class Standard {
    /** Repositories whose rule is remembered; a stranger can ask for any number of names. */
    private static final int MAX_REMEMBERED = 16_384;

    private final Policy policy;
    private final TrustRoots trust;
    private final PolicyRevision revision;
    private final AdmissionSettings settings;
    private final Verifier verifier;
    private final Judge judge;
    private final Map<Asker, Optional<Applied>> rules = new ConcurrentHashMap<>();
    private final HeapFront heap = new HeapFront();

    public Standard(
            Policy policy, TrustRoots trust, Catalog catalog, PolicyRevision revision, AdmissionSettings settings) {
        this.policy = policy;
        this.trust = trust;
        this.revision = revision;
        this.settings = settings;
        this.verifier = new Verifier(trust);
        this.judge = new Judge(catalog);
    }

    private record Asker(Repository repository, String environment) {}

    /**
     * A rule and the name of what it requires, so that nobody works it out twice.
     *
     * @param requirementsId the same for rules that require the same
     */
    record Applied(Rule rule, String requirementsId) {}

    /** The rule for a repository and an environment. */
    Optional<Applied> ruleFor(Repository repository, String environment) {
        Asker asker = new Asker(repository, environment);
        Optional<Applied> known = rules.get(asker);
        if (known != null) {
            return known;
        }
        Optional<Applied> found =
                policy.ruleFor(repository, environment).map(rule -> new Applied(rule, requirementsId(rule)));
        if (rules.size() < MAX_REMEMBERED) {
            rules.put(asker, found);
        }
        return found;
    }

    /** What is asked of images of a repository for clients of an environment, a line each. */
    public List<String> requirements(Repository repository, String environment) {
        return ruleFor(repository, environment)
                .map(applied -> RequirementsText.of(applied.rule(), trust))
                .orElse(List.of());
    }

    /** The rules that are about the repository and require this, in their order. */
    List<Rule> rulesThatRequire(String requirementsId, Repository repository) {
        return policy.rules().stream()
                .filter(rule -> !(rule.effect() instanceof Rule.RefuseAll))
                .filter(rule -> requirementsId(rule).equals(requirementsId))
                .filter(rule -> rule.repositories().stream().anyMatch(glob -> glob.matches(repository.toString())))
                .toList();
    }

    /** An environment whose clients this is required of; empty where no rule's name says which. */
    Optional<String> environmentThatRequires(String requirementsId, Repository repository) {
        Stream<String> named = policy.rules().stream()
                .flatMap(rule -> rule.environments().stream().sorted());
        return Stream.concat(Stream.of(Policy.DEFAULT_ENVIRONMENT), named)
                .filter(environment -> ruleFor(repository, environment)
                        .filter(applied -> applied.requirementsId().equals(requirementsId))
                        .isPresent())
                .findFirst();
    }

    private static String requirementsId(Rule rule) {
        return rule.effect() instanceof Rule.Require require
                ? require.requirements().id()
                : "unverified";
    }

    public PolicyRevision revision() {
        return revision;
    }

    AdmissionSettings settings() {
        return settings;
    }

    Verifier verifier() {
        return verifier;
    }

    Judge judge() {
        return judge;
    }

    HeapFront heap() {
        return heap;
    }
}
