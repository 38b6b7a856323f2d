package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.GitHubRun;
import dev.pratique.proxy.e2e.rig.GitHubTokens;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pipeline;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.PrivateSigstore;
import dev.pratique.proxy.e2e.rig.PrivateSigstore.Way;
import dev.pratique.proxy.e2e.rig.Program;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Tool;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The pipeline files with a private Sigstore and without a key.
 *
 * @param proxy before the registry, which it knows as {@code upstream.test}
 * @param run of GitHub's
 */
record KeylessPipelines(PrivateSigstore sigstore, Registry registry, RunningProxy proxy, GitHubRun run) {
    /** @param left the name of a step that is left out */
    void github(Image image, Optional<String> left) throws IOException {
        try (GitHubTokens tokens = GitHubTokens.of(run, PrivateSigstore.issuer("gh"))) {
            Map<String, String> variables = new HashMap<>(Pipeline.recorded("github"));
            variables.putAll(tokens.variables());
            Map<String, String> inputs = Map.of(
                    "image", image.pinned(registry.host()),
                    "signing-config", sigstore.signingConfigFile(Way.REKOR2),
                    "trusted-root", sigstore.trustedRootFile(),
                    "audience", "sigstore",
                    "sbom", Predicates.spdx().toString(),
                    "scan", Predicates.scan().toString());
            finished(Pipeline.action(variables, inputs, left));
        }
    }

    void gitlab(Image image) throws IOException {
        Map<String, String> variables = new HashMap<>(Pipeline.recorded("gitlab"));
        variables.remove("CI_COMMIT_TAG");
        variables.putAll(Map.of(
                "CI_COMMIT_BRANCH", "main",
                "SIGSTORE_ID_TOKEN", PrivateSigstore.as("gitlab", "gitlab").get(1),
                "ADMISSION_IMAGE", image.pinned(registry.host()),
                "ADMISSION_SIGNING_CONFIG", sigstore.signingConfigFile(Way.REKOR2),
                "ADMISSION_TRUSTED_ROOT", sigstore.trustedRootFile(),
                "ADMISSION_AUDIENCE", "sigstore",
                "ADMISSION_SBOM", Predicates.spdx().toString(),
                "ADMISSION_SCAN", Predicates.scan().toString()));
        finished(Pipeline.job(variables));
    }

    private static void finished(Pipeline.Ran ran) {
        assertThat(ran.exit()).as(ran.toString()).isZero();
    }

    /** What the last step would say; here the proxy knows the registry by another name than the pipeline. */
    void check(Image image, int exit) {
        String directory = proxy.config().directory().toString();
        String name = "upstream.test/" + image.repository() + "@" + image.digest();
        Tool.Ran ran = Program.signer("check", "--config", directory, name);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
    }
}
