package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import java.util.Optional;

/**
 * GitLab CI/CD. Who built it is said as GitLab's runner says it. The build type is ours, because GitLab's own has every
 * variable of the job among its parameters, and some of those are secrets.
 */
final class GitLabCi implements CiSystem {
    private static final String BUILD_TYPE = "urn:pratique:buildtype:gitlab-ci:v1";

    @Override
    public String name() {
        return "gitlab";
    }

    @Override
    public boolean runs(Variables variables) {
        return variables.says("GITLAB_CI", "true");
    }

    @Override
    public PipelineRun read(Variables variables, Source said) throws Failure {
        Optional<String> project = variables.find("CI_PROJECT_URL");
        Optional<String> repository =
                project.isEmpty() ? project : Optional.of(WebAddress.repository("CI_PROJECT_URL", project.get()));
        Known external = new Known()
                .with("entryPoint", variables.find("CI_JOB_NAME"))
                .with("configuration", variables.find("CI_CONFIG_PATH"));
        Known gitlab = new Known()
                .with("pipeline_source", variables.find("CI_PIPELINE_SOURCE"))
                .with("project_id", variables.number("CI_PROJECT_ID"))
                .with("namespace_id", variables.number("CI_PROJECT_NAMESPACE_ID"))
                .with("user_id", variables.number("GITLAB_USER_ID"))
                .with("ref_protected", variables.find("CI_COMMIT_REF_PROTECTED"))
                .with("architecture", variables.find("CI_RUNNER_EXECUTABLE_ARCH"));
        Optional<String> runner = variables.number("CI_RUNNER_ID");
        Optional<String> builder = repository.isEmpty() || runner.isEmpty()
                ? Optional.empty()
                : Optional.of(repository.get() + "/-/runners/" + runner.get());
        Known version = new Known()
                .with("gitlab", variables.find("CI_SERVER_VERSION"))
                .with("gitlab-runner", variables.find("CI_RUNNER_VERSION"));
        Source source = new Source(repository, ref(variables), Source.commit(variables.find("CI_COMMIT_SHA")));
        return PipelineRun.of(BUILD_TYPE)
                .with(external, new Known().with("gitlab", gitlab.map()))
                .from(said.completedBy(source, name()))
                .by(builder, version, variables.url("CI_JOB_URL"))
                .between(variables.moment("CI_JOB_STARTED_AT"), Optional.empty());
    }

    // CI_COMMIT_BRANCH is not there in pipelines of tags and of merge requests, whose branch may be a stranger's.
    private static Optional<String> ref(Variables variables) throws Failure {
        Optional<String> tag = Source.tag("CI_COMMIT_TAG", variables.find("CI_COMMIT_TAG"));
        if (tag.isPresent()) {
            return tag;
        }
        Optional<String> request = variables.find("CI_MERGE_REQUEST_REF_PATH");
        if (request.isPresent()) {
            return Optional.of(Source.ref("CI_MERGE_REQUEST_REF_PATH", request.get()));
        }
        return Source.branch("CI_COMMIT_BRANCH", variables.find("CI_COMMIT_BRANCH"));
    }
}
