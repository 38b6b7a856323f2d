package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.pattern.Glob;
import java.util.List;
import java.util.Set;

/**
 * One rule of the policy.
 *
 * @param name for people and metrics
 * @param repositories patterns over {@code host/name} in canonical form; never empty
 * @param environments the environments it is for; empty: all
 * @param refusedTags patterns of tags that may not be asked for; a question of the request, not of the image
 */
public record Rule(
        String name, List<Glob> repositories, Set<String> environments, List<Glob> refusedTags, Effect effect) {

    /** What a rule does with an image. */
    public sealed interface Effect {}

    /** It passes if it meets these requirements. */
    public record Require(Requirements requirements) implements Effect {}

    /** It passes without evidence; that the upstream serves it is still asked. */
    public record AdmitUnverified() implements Effect {}

    /** It does not pass. */
    public record RefuseAll(String why) implements Effect {}

    public Rule {
        repositories = List.copyOf(repositories);
        environments = Set.copyOf(environments);
        refusedTags = List.copyOf(refusedTags);
    }

    /** Whether the rule is about this repository for a client of this environment. */
    public boolean isAbout(Repository repository, String environment) {
        if (!environments.isEmpty() && !environments.contains(environment)) {
            return false;
        }
        String name = repository.toString();
        return repositories.stream().anyMatch(glob -> glob.matches(name));
    }

    /** Whether the rule refuses the tag whatever the image is. */
    public boolean refusesTag(String tag) {
        return refusedTags.stream().anyMatch(glob -> glob.matches(tag));
    }
}
