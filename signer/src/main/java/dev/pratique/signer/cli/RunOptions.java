package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.provenance.RunFacts;
import dev.pratique.signer.provenance.RunProvenance;
import dev.pratique.signer.provenance.Variables;
import java.util.Iterator;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the command line says of a pipeline run; a group of options that only provenance has. */
final class RunOptions {
    @Option(
            names = "--ci",
            paramLabel = "NAME",
            completionCandidates = Systems.class,
            description = "whose variables are read: ${COMPLETION-CANDIDATES}, or none (default: that of the system it"
                    + " runs in)")
    private Optional<String> ci = Optional.empty();

    @Option(names = "--builder-id", paramLabel = "URI", description = "who builds, as rules of the policy name it")
    private Optional<String> builderId = Optional.empty();

    @Option(names = "--build-type", paramLabel = "URI", description = "how the parameters are to be read")
    private Optional<String> buildType = Optional.empty();

    @Option(names = "--invocation-id", paramLabel = "ID", description = "which run this is")
    private Optional<String> invocationId = Optional.empty();

    @Option(
            names = "--source-uri",
            paramLabel = "URI",
            description = "the repository that is built, as https://github.com/acme/app")
    private Optional<String> sourceUri = Optional.empty();

    @Option(names = "--source-ref", paramLabel = "REF", description = "its branch or tag, as refs/heads/main")
    private Optional<String> sourceRef = Optional.empty();

    @Option(names = "--source-digest", paramLabel = "COMMIT", description = "its commit, all digits")
    private Optional<String> sourceDigest = Optional.empty();

    @Option(names = "--started-on", paramLabel = "TIME", description = "when the run began, as 2026-11-21T20:00:00Z")
    private Optional<String> startedOn = Optional.empty();

    @Option(names = "--finished-on", paramLabel = "TIME", description = "when it ended")
    private Optional<String> finishedOn = Optional.empty();

    /** What {@code --ci} may be. */
    static final class Systems implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return RunProvenance.systems().iterator();
        }
    }

    /** What is known of the run; people are told what is not. */
    RunProvenance provenance(Task task) throws Failure {
        RunFacts said = new RunFacts(
                ci, buildType, builderId, invocationId, sourceUri, sourceRef, sourceDigest, startedOn, finishedOn);
        RunProvenance provenance =
                RunProvenance.of(said, new Variables(task.terminal().environment()));
        if (!provenance.unknown().isEmpty()) {
            task.warn("not known, so the provenance does not say it: " + String.join(", ", provenance.unknown()));
        }
        return provenance;
    }
}
