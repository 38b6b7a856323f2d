package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Repository;
import java.util.List;
import java.util.Optional;

/** Who may pull what: the first rule that is about a repository decides; where none is, it is refused. */
public record Policy(List<Rule> rules) {
    /** The environment of clients that none of the configured ones matches. */
    public static final String DEFAULT_ENVIRONMENT = "default";

    public Policy {
        rules = List.copyOf(rules);
    }

    /** The first rule about this repository for a client of this environment. */
    public Optional<Rule> ruleFor(Repository repository, String environment) {
        return rules.stream()
                .filter(rule -> rule.isAbout(repository, environment))
                .findFirst();
    }
}
