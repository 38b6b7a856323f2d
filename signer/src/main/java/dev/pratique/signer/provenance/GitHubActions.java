package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import java.util.Optional;
import java.util.Set;

/**
 * GitHub Actions, in the build type that GitHub's own attestations have.
 *
 * <p>Who built it is said as npm and the earlier {@code actions/attest-build-provenance} say it: the kind of runner. The workflow
 * of a job ({@code job_workflow_ref}), which GitHub's attestations name today, is in no variable: of a reusable workflow
 * GITHUB_WORKFLOW_REF is the caller.
 */
final class GitHubActions implements CiSystem {
    private static final String BUILD_TYPE = "https://actions.github.io/buildtypes/workflow/v1";

    /**
     * Events whose runs have in GITHUB_REF and GITHUB_SHA what is to be built, by GitHub's page "Events that trigger workflows".
     * For any other event they are where the workflow was read, the default or base branch, and what the run builds may be the
     * head of a stranger's request (pull_request_target, workflow_run, issue_comment) or what a payload names.
     */
    private static final Set<String> OF_THEIR_REF = Set.of(
            "push",
            "create",
            "release",
            "merge_group",
            "pull_request",
            "pull_request_review",
            "pull_request_review_comment",
            "deployment",
            "deployment_status",
            "schedule",
            "workflow_dispatch");

    @Override
    public String name() {
        return "github";
    }

    @Override
    public boolean runs(Variables variables) {
        return variables.says("GITHUB_ACTIONS", "true");
    }

    @Override
    public PipelineRun read(Variables variables, Source said) throws Failure {
        Optional<String> server = variables.url("GITHUB_SERVER_URL");
        Optional<String> name = variables.find("GITHUB_REPOSITORY");
        Optional<String> repository = server.isEmpty() || name.isEmpty()
                ? Optional.empty()
                : Optional.of(WebAddress.repository("GITHUB_REPOSITORY", server.get() + "/" + name.get()));
        Optional<String> ref = variables.find("GITHUB_REF");
        if (ref.isPresent()) {
            Source.ref("GITHUB_REF", ref.get());
        }
        Source source = said.completedBy(seen(variables, repository, ref), name());
        // What was built is said to be another ref or commit than the workflow's: its path is not of that.
        boolean apart = isAnother(source.ref(), ref) || isAnother(source.commit(), variables.find("GITHUB_SHA"));
        Known workflow = new Known()
                .with("ref", source.ref())
                .with("repository", source.repository())
                .with("path", apart ? Optional.empty() : path(variables.find("GITHUB_WORKFLOW_REF"), name, ref));
        Known github = new Known()
                .with("event_name", variables.find("GITHUB_EVENT_NAME"))
                .with("repository_id", variables.number("GITHUB_REPOSITORY_ID"))
                .with("repository_owner_id", variables.number("GITHUB_REPOSITORY_OWNER_ID"))
                .with("actor_id", variables.number("GITHUB_ACTOR_ID"))
                .with("runner_environment", variables.find("RUNNER_ENVIRONMENT"));
        return PipelineRun.of(BUILD_TYPE)
                .with(new Known(), new Known().with("github", github.map()))
                .from(source, new Known().with("workflow", workflow.map()).map())
                .by(builder(server, variables), new Known(), invocation(repository, variables));
    }

    private static boolean isAnother(Optional<String> built, Optional<String> workflows) {
        return built.isPresent() && !built.equals(workflows);
    }

    private static Source seen(Variables variables, Optional<String> repository, Optional<String> ref) throws Failure {
        Optional<String> event = variables.find("GITHUB_EVENT_NAME");
        if (event.isEmpty()) {
            return Source.doubted(
                    repository, "without GITHUB_EVENT_NAME nothing says whether GITHUB_REF is what is built");
        }
        if (!OF_THEIR_REF.contains(event.get())) {
            return Source.doubted(
                    repository,
                    "in a run for " + event.get() + " GITHUB_REF is where the workflow is from, whatever it builds;"
                            + " --source-ref and --source-digest say what that is");
        }
        return new Source(repository, ref, Source.commit(variables.find("GITHUB_SHA")));
    }

    // https://github.com/actions/runner/github-hosted is npm's; on a server of one's own it is that server who hosts.
    private static Optional<String> builder(Optional<String> server, Variables variables) throws Failure {
        Optional<String> environment = variables.find("RUNNER_ENVIRONMENT");
        return server.isEmpty() || environment.isEmpty()
                ? Optional.empty()
                : Optional.of(server.get() + "/actions/runner/" + environment.get());
    }

    private static Optional<String> invocation(Optional<String> repository, Variables variables) throws Failure {
        Optional<String> run = variables.number("GITHUB_RUN_ID");
        Optional<String> attempt = variables.number("GITHUB_RUN_ATTEMPT");
        return repository.isEmpty() || run.isEmpty()
                ? Optional.empty()
                : Optional.of(repository.get() + "/actions/runs/" + run.get()
                        + attempt.map(number -> "/attempts/" + number).orElse(""));
    }

    // "Take care to consider that the path and/or ref MAY contain @ symbols": both ends are known, or it stays unknown.
    private static Optional<String> path(Optional<String> workflow, Optional<String> repository, Optional<String> ref) {
        if (workflow.isEmpty() || repository.isEmpty() || ref.isEmpty()) {
            return Optional.empty();
        }
        String before = repository.get() + "/";
        String after = "@" + ref.get();
        String text = workflow.get();
        boolean both =
                text.startsWith(before) && text.endsWith(after) && text.length() > before.length() + after.length();
        return both ? Optional.of(text.substring(before.length(), text.length() - after.length())) : Optional.empty();
    }
}
