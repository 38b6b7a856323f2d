package dev.pratique.signer.cli;

import dev.pratique.signer.sigstore.IdentityTokens;
import dev.pratique.signer.sigstore.IdentityTokens.Surroundings;
import dev.pratique.signer.sigstore.IdentityTokens.Wish;
import dev.pratique.signer.sigstore.ServiceClient;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who signs without a key; cosign's names. */
final class IdentityOptions {
    @Option(
            names = "--identity-token",
            paramLabel = "FILE",
            description =
                    "without a key: the OpenID Connect token that says who signs, in a file, - for standard input, or"
                            + " the token itself (default: SIGSTORE_ID_TOKEN, GitHub Actions, SPIFFE, /var/run/sigstore/cosign/oidc-token,"
                            + " Google's metadata server)")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--oidc-provider",
            paramLabel = "PROVIDER",
            description = "the only one of those to ask: envvar, github-actions, spiffe, filesystem,"
                    + " google-workload-identity")
    private Optional<IdentityTokens.Provider> provider = Optional.empty();

    @Option(
            names = "--oidc-client-id",
            paramLabel = "AUDIENCE",
            description = "for whom the token must be (default: sigstore)")
    private Optional<String> audience = Optional.empty();

    /** Whether any of it is said. */
    boolean given() {
        return token.isPresent() || provider.isPresent() || audience.isPresent();
    }

    boolean readsStandardInput() {
        return token.equals(Optional.of("-"));
    }

    IdentityTokens tokens(Terminal terminal, ServiceClient client) {
        return new IdentityTokens(
                Surroundings.of(terminal.environment(), terminal.in()),
                new Wish(token, provider, audience.orElse(IdentityTokens.AUDIENCE)),
                client,
                ServiceOptions.near(terminal),
                terminal.clock());
    }
}
