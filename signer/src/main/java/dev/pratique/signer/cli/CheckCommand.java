package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.config.Snapshot;
import dev.pratique.config.Upstream;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.ConfiguredRegistries;
import dev.pratique.signer.check.ImageCheck;
import dev.pratique.signer.check.ProxyClient;
import dev.pratique.signer.http.Http;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what the proxy would say about an image, and what it would take. */
@Command(
        name = "check",
        description = {
            "Says what a proxy with this configuration would say about an image, and what it would take.",
            "Judged here, with your own registry logins and none of the proxy's secrets, or by a running proxy with its own (--proxy). Exits 0 admitted, 3 refused, 4 undecided, 69 unreachable."
        },
        footer = {
            "",
            "Examples:",
            "  pratique check docker.io/library/debian:12",
            "  pratique check --config /etc/pratique --environment prod -o json ghcr.io/acme/app:1.2",
            "  pratique check --proxy http://127.0.0.1:5061 ghcr.io/acme/app:1.2"
        })
final class CheckCommand extends Task {
    /** What means something to a proxy that is asked. */
    private static final Set<String> OF_PROXY = Set.of("--proxy", "--environment", "--output");

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "NAME",
            description = "the environment of the client that would pull (default: the one that no listener is for)")
    private String environment = Policy.DEFAULT_ENVIRONMENT;

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description = "ask the running proxy whose operator's port is here, as http://127.0.0.1:5061")
    private Optional<String> proxy = Optional.empty();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "by tag or digest, as a client would pull it")
    private String image = "";

    CheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        ImageName name = RegistryOptions.image(image);
        return proxy.isPresent() ? asked(name, proxy.get()) : judged(name);
    }

    private ExitCode asked(ImageName name, String url) throws Failure {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (!OF_PROXY.contains(option.longestName())) {
                throw Failure.of(
                        Kind.USAGE,
                        option.longestName() + " says nothing to a proxy that judges by its own configuration",
                        "say " + option.longestName() + " or --proxy");
            }
        }
        ProxyClient client = ProxyClient.at(url, new Http(Optional.empty(), Version.userAgent()));
        JsonObject explanation = client.explain(name, environment);
        try {
            return reported(CheckReport.of(explanation));
        } catch (MalformedEvidenceException other) {
            throw Failure.of(
                            Kind.FAILED,
                            "the proxy answers in a form that this version does not know",
                            "use the program of the version that the proxy has")
                    .because(other);
        }
    }

    private ExitCode reported(CheckReport report) {
        report.lines().forEach(this::say);
        document("pratique.check/v1", report.members());
        return report.exitCode();
    }

    private ExitCode judged(ImageName name) throws Failure {
        Snapshot snapshot = config.snapshot(terminal());
        StaleRoot.warn(this, snapshot);
        Set<String> environments = snapshot.environments().names();
        if (!environments.contains(environment)) {
            throw Failure.of(
                    Kind.USAGE,
                    "no listener's clients are of the environment '" + environment + "'",
                    "known here: " + String.join(", ", environments));
        }
        if (snapshot.proxy().upstream(name.repository().registry()).orElse(null) instanceof Upstream.Layout) {
            throw Failure.of(
                    Kind.FAILED,
                    name.repository().registry() + " is a layout on the proxy's disk, which is not read from here",
                    "ask the running proxy: pratique check --proxy http://127.0.0.1:5061 " + name);
        }
        ConfiguredRegistries registries =
                new ConfiguredRegistries(snapshot.proxy().upstreams(), registry.endpoints());
        try (ReadAccess access = ReadAccess.open(terminal(), registry, registries, name.repository())) {
            ImageCheck.Result result =
                    new ImageCheck(snapshot, access.reader(), terminal().clock()).check(name, environment);
            return reported(CheckReport.of(result, environment, snapshot.trust(), snapshot.revision()));
        }
    }
}
