package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run of a workflow, as GitHub's tokens describe it.
 *
 * @param repository owner and name
 * @param workflow the file's name
 * @param called the workflow that signs, with its ref, where the run's own calls another; else empty
 */
public record GitHubRun(String repository, String workflow, String ref, String event, String called) {
    private static final String COMMIT = "8a4b1f2e0c9d7a6b5e4f3c2d1b0a99887766554f";

    /** A push to the main branch, built by the release workflow. */
    public static GitHubRun release() {
        return new GitHubRun("acme/app", "release.yml", "refs/heads/main", "push", "");
    }

    public GitHubRun of(String other) {
        return new GitHubRun(other, workflow, ref, event, called);
    }

    public GitHubRun by(String other) {
        return new GitHubRun(repository, other, ref, event, called);
    }

    public GitHubRun at(String other) {
        return new GitHubRun(repository, workflow, other, event, called);
    }

    public GitHubRun on(String other) {
        return new GitHubRun(repository, workflow, ref, other, called);
    }

    public GitHubRun calling(String other) {
        return new GitHubRun(repository, workflow, ref, event, other);
    }

    /** What the certificate's subject alternative name says. */
    public String subject() {
        return "https://github.com/" + signer();
    }

    private String own() {
        return repository + "/.github/workflows/" + workflow + "@" + ref;
    }

    private String signer() {
        return called.isEmpty() ? own() : called;
    }

    /** A token of this issuer. */
    String token(String issuer) {
        String owner = repository.substring(0, repository.indexOf('/'));
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", "repo:" + repository + ":ref:" + ref);
        claims.put("repository", repository);
        claims.put("repository_id", "1001");
        claims.put("repository_owner", owner);
        claims.put("repository_owner_id", "2002");
        claims.put("repository_visibility", "public");
        claims.put("ref", ref);
        claims.put("ref_type", ref.startsWith("refs/tags/") ? "tag" : "branch");
        claims.put("sha", COMMIT);
        claims.put("workflow", workflow.replace(".yml", ""));
        claims.put("workflow_ref", own());
        claims.put("workflow_sha", COMMIT);
        claims.put("job_workflow_ref", signer());
        claims.put("job_workflow_sha", COMMIT);
        claims.put("event_name", event);
        claims.put("runner_environment", "github-hosted");
        claims.put("run_id", "777");
        claims.put("run_attempt", "1");
        Web.Answer token = Web.send(HttpRequest.newBuilder(URI.create(issuer + "/token"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(JsonWriter.bytes(claims))));
        assertThat(token.status()).as(token.toString()).isEqualTo(200);
        return token.text();
    }
}
