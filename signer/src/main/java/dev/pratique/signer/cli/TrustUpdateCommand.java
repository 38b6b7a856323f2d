package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.trust.tuf.AcceptedTarget;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.config.ConfiguredRoot;
import dev.pratique.config.ProxyVariables;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.RootCache;
import dev.pratique.config.Snapshot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.trust.HttpRepository;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Refreshes trusted roots. */
@Command(
        name = "update",
        description = {
            "Refreshes trusted roots over TUF, now.",
            "What cannot be verified, is older than what is known or has expired is refused, and the last good root stays. A running proxy with the same storage follows within a second. Exits 69",
            "where a repository does not answer, 1 where what it answers is refused."
        },
        footer = {
            "",
            "Examples:",
            "  pratique trust update --config /etc/pratique",
            "  pratique trust update --root sigstore"
        })
final class TrustUpdateCommand extends Task {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Option(names = "--root", paramLabel = "NAME", description = "only this one of trust.yaml (default: all)")
    private Optional<String> root = Optional.empty();

    TrustUpdateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Snapshot snapshot = config.snapshot(terminal());
        RootCache cache = RootCache.of(snapshot.proxy().storage());
        List<Map<String, Object>> rows = new ArrayList<>();
        Optional<TufException> worst = Optional.empty();
        for (ConfiguredRoot wanted : wanted(snapshot)) {
            RefreshedRoot refreshed = wanted.refreshed().orElseThrow();
            try {
                rows.add(update(cache, wanted, refreshed));
            } catch (TufException e) {
                warn(wanted.name() + ": " + e.getMessage());
                terminal().err().println("hint: " + hint(e.reason()));
                rows.add(Map.of("name", wanted.name(), "error", e.getMessage(), "hint", hint(e.reason())));
                worst = worst.filter(known -> known.reason() != Reason.UNREACHABLE)
                        .or(() -> Optional.of(e));
            }
        }
        document("pratique.trust.update/v1", Map.of("roots", rows));
        return worst.map(e -> e.reason() == Reason.UNREACHABLE ? ExitCode.UNREACHABLE : ExitCode.FAILED)
                .orElse(ExitCode.DONE);
    }

    private String hint(Reason reason) {
        String kept = "; what was accepted before stays in use";
        return switch (reason) {
            case UNREACHABLE -> "behind a proxy set HTTPS_PROXY" + kept;
            case EXPIRED ->
                "whoever runs the repository must renew it, unless this machine's clock is wrong: it says "
                        + terminal().clock().instant() + kept;
            case STORE -> "this user must be allowed to write below storage.directory of proxy.yaml" + kept;
            default -> "tell whoever runs the repository, who alone can mend it" + kept;
        };
    }

    private List<ConfiguredRoot> wanted(Snapshot snapshot) throws Failure {
        if (root.isEmpty()) {
            List<ConfiguredRoot> wanted = snapshot.roots().stream()
                    .filter(one -> one.refreshed().filter(how -> !how.offline()).isPresent())
                    .toList();
            if (wanted.isEmpty()) {
                say("no root of trust.yaml is refreshed");
            }
            return wanted;
        }
        ConfiguredRoot named = snapshot.roots().stream()
                .filter(one -> one.name().equals(root.get()))
                .findFirst()
                .orElseThrow(() -> Failure.of(
                        Kind.USAGE,
                        "trust.yaml has no root " + Printable.line(root.get()),
                        "see: pratique trust show"));
        if (named.refreshed().isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    "the root " + named.name() + " is not refreshed: it is " + named.from(),
                    "put a newer file in its place");
        }
        if (named.refreshed().get().offline()) {
            throw Failure.of(
                    Kind.CONFIGURATION,
                    "the root " + named.name() + " is never to be asked for (offline: true)",
                    "remove offline from trust.yaml, or bring the storage's directory 'trust' from elsewhere");
        }
        return List.of(named);
    }

    private Map<String, Object> update(RootCache cache, ConfiguredRoot wanted, RefreshedRoot refreshed)
            throws TufException {
        ProxyVariables proxies = new ProxyVariables(terminal().environment());
        Http http = new Http(Optional.empty(), Version.userAgent(), Optional.of(proxies));
        HttpRepository repository =
                new HttpRepository(http, refreshed.repository(), terminal().clock());
        AcceptedTarget accepted =
                cache.update(refreshed, repository, terminal().clock().instant());
        boolean same = wanted.standing()
                .filter(before -> Arrays.equals(before.json(), accepted.content()))
                .isPresent();
        List<String> versions = new ArrayList<>();
        accepted.roles().forEach((role, state) -> versions.add(Printable.line(role) + " " + state.version()));
        say(wanted.name() + ": " + (same ? "unchanged" : "new") + ", " + String.join(", ", versions) + ", until "
                + accepted.expires());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", wanted.name());
        row.put("changed", !same);
        row.put("expires", accepted.expires().toString());
        row.put("metadata", MetadataRow.row(accepted));
        return row;
    }
}
