package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import java.util.Optional;

/** Buildkite. It has no build type of its own; who built it is the organisation, whose agents they are. */
final class Buildkite implements CiSystem {
    private static final String BUILD_TYPE = "urn:pratique:buildtype:buildkite:v1";
    private static final String SERVER = "https://buildkite.com/";

    @Override
    public String name() {
        return "buildkite";
    }

    @Override
    public boolean runs(Variables variables) {
        return variables.says("BUILDKITE", "true");
    }

    @Override
    public PipelineRun read(Variables variables, Source said) throws Failure {
        Optional<String> address = variables.find("BUILDKITE_REPO");
        Optional<String> repository =
                address.isEmpty() ? address : Optional.of(WebAddress.repository("BUILDKITE_REPO", address.get()));
        Source source = new Source(repository, ref(variables), Source.commit(variables.find("BUILDKITE_COMMIT")));
        Known external = new Known()
                .with("pipeline", variables.find("BUILDKITE_PIPELINE_SLUG"))
                .with("step", variables.find("BUILDKITE_STEP_KEY"));
        Known buildkite = new Known()
                .with("source", variables.find("BUILDKITE_SOURCE"))
                .with("pipeline_id", variables.find("BUILDKITE_PIPELINE_ID"))
                .with("agent_id", variables.find("BUILDKITE_AGENT_ID"));
        return PipelineRun.of(BUILD_TYPE)
                .with(external, new Known().with("buildkite", buildkite.map()))
                .from(said.completedBy(source, name()))
                .by(
                        variables.find("BUILDKITE_ORGANIZATION_SLUG").map(SERVER::concat),
                        new Known(),
                        invocation(variables));
    }

    private static Optional<String> invocation(Variables variables) throws Failure {
        Optional<String> build = variables.url("BUILDKITE_BUILD_URL");
        Optional<String> job = variables.find("BUILDKITE_JOB_ID");
        return build.map(page -> page + job.map(id -> "#" + id).orElse(""));
    }

    // Of a pull request BUILDKITE_BRANCH is the branch of whoever asks, which may be called main in his own repository.
    private static Optional<String> ref(Variables variables) throws Failure {
        if (variables.has("BUILDKITE_PULL_REQUEST") && !variables.says("BUILDKITE_PULL_REQUEST", "false")) {
            return Optional.empty();
        }
        Optional<String> tag = Source.tag("BUILDKITE_TAG", variables.find("BUILDKITE_TAG"));
        return tag.isPresent() ? tag : Source.branch("BUILDKITE_BRANCH", variables.find("BUILDKITE_BRANCH"));
    }
}
