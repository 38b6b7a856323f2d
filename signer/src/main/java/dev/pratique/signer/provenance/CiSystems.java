package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.List;
import java.util.Optional;

/** The CI systems that are known. */
final class CiSystems {
    /** What {@code --ci} has where no system is to be asked. */
    static final String NONE = "none";

    private static final List<CiSystem> ALL =
            List.of(new GitHubActions(), new GitLabCi(), new Buildkite(), new Tekton(), new Jenkins());

    private CiSystems() {}

    static List<String> names() {
        return ALL.stream().map(CiSystem::name).sorted().toList();
    }

    /**
     * The system that this process runs in.
     *
     * @param named what {@code --ci} says
     * @return absent where it is none of them
     */
    static Optional<CiSystem> find(Optional<String> named, Variables variables) throws Failure {
        if (named.isPresent()) {
            return named(named.get());
        }
        List<CiSystem> running =
                ALL.stream().filter(system -> system.runs(variables)).toList();
        if (running.size() > 1) {
            throw Failure.of(
                    Kind.USAGE,
                    "the variables of more than one CI system are set: "
                            + String.join(
                                    ", ", running.stream().map(CiSystem::name).toList()),
                    "say which one runs this: --ci " + running.get(0).name());
        }
        return running.stream().findFirst();
    }

    private static Optional<CiSystem> named(String name) throws Failure {
        if (name.equals(NONE)) {
            return Optional.empty();
        }
        for (CiSystem system : ALL) {
            if (system.name().equals(name)) {
                return Optional.of(system);
            }
        }
        throw Failure.of(
                Kind.USAGE, "--ci names no CI system", "one of " + String.join(", ", names()) + ", or " + NONE);
    }
}
