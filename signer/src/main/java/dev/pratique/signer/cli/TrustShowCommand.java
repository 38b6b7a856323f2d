package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.config.ConfiguredRoot;
import dev.pratique.config.RootCache;
import dev.pratique.config.Snapshot;
import dev.pratique.signer.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the trusted roots. */
@Command(
        name = "show",
        description = {
            "Shows the trusted roots in use.",
            "Where each is from, the versions and dates of the metadata behind it, and its authorities and logs with the times at which they count. Asks nobody."
        },
        footer = {
            "",
            "Examples:",
            "  pratique trust show --config /etc/pratique",
            "  pratique trust show -o json | jq '.roots[] | select(.stale)'"
        })
final class TrustShowCommand extends Task {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    TrustShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Snapshot snapshot = config.snapshot(terminal());
        Instant now = terminal().clock().instant();
        for (ConfiguredRoot root : snapshot.roots()) {
            show(root, now);
        }
        if (snapshot.roots().isEmpty()) {
            say("no root is trusted: certificates prove nothing here, keys do");
        }
        document(
                "pratique.trust.show/v1",
                Map.of(
                        "roots",
                        snapshot.roots().stream().map(root -> row(root, now)).toList()));
        return ExitCode.DONE;
    }

    private void show(ConfiguredRoot root, Instant now) {
        say(root.name() + ": " + root.from());
        root.refreshed().filter(one -> one.offline()).ifPresent(one -> say("  offline: never asked"));
        if (!root.inUse()) {
            say("  no signer rests on it");
        }
        root.standing().ifPresent(standing -> metadata(standing).forEach(line -> say("  " + line)));
        root.standing().ifPresent(standing -> say("  " + age(standing, now)));
        root.trouble().ifPresent(trouble -> say("  not used: " + trouble));
        StaleRoot.line(root, now).ifPresent(line -> say("  STALE: " + line));
        if (!root.lacking().isEmpty()) {
            say("  LACKS what trust.yaml asks of it: " + StaleRoot.lacks(root));
        }
        if (root.material().isEmpty()) {
            say("  never fetched: nothing that rests on it is believed; see: pratique trust update --root "
                    + root.name());
        }
        root.material().ifPresent(this::members);
        say("");
    }

    private void members(TrustedRoot material) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("  KIND", "FROM", "UNTIL", "NAME"));
        for (RootMember member : RootMember.of(material)) {
            table.add(List.of(
                    "  " + member.kind(),
                    member.validity().from().map(Instant::toString).orElse("-"),
                    member.last().map(Instant::toString).orElse("-"),
                    member.name()));
        }
        Columns.of(table).forEach(this::say);
        material.notes().forEach(note -> say("  note: " + note));
    }

    private static List<String> metadata(RootCache.Standing standing) {
        List<String> lines = new ArrayList<>();
        standing.accepted()
                .ifPresent(accepted -> accepted.roles()
                        .forEach((role, state) -> lines.add(Printable.line(role) + " version " + state.version()
                                + ", expires " + state.expires())));
        return lines;
    }

    private static String age(RootCache.Standing standing, Instant now) {
        return standing.accepted()
                .map(accepted -> "updated " + accepted.updated() + ", " + ago(accepted.updated(), now))
                .orElseGet(() ->
                        "as it came with the program, out of " + BuiltInRoot.release() + " of " + BuiltInRoot.released()
                                + ", " + ago(released(), now) + "; its root metadata, version "
                                + BuiltInRoot.metadata().version() + ", expires " + standing.expires());
    }

    private static Instant released() {
        return BuiltInRoot.released().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static String ago(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.isNegative()) {
            return "which is in the future of this machine's clock";
        }
        long number = age.toDays() > 0 ? age.toDays() : age.toHours();
        String unit = age.toDays() > 0 ? "day" : "hour";
        return number + " " + unit + (number == 1 ? "" : "s") + " ago";
    }

    private static Map<String, Object> row(ConfiguredRoot root, Instant now) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", root.name());
        row.put("from", root.from());
        root.refreshed().ifPresent(refreshed -> {
            row.put("repository", refreshed.repository().toString());
            row.put("offline", refreshed.offline());
            row.put("whenStale", refreshed.whenStale().word());
        });
        root.standing().ifPresent(standing -> {
            row.put("stale", standing.isStale(now));
            row.put("expires", standing.expires().toString());
            if (standing.accepted().isEmpty()) {
                row.put("release", BuiltInRoot.release());
                row.put("released", BuiltInRoot.released().toString());
            }
            standing.accepted().ifPresent(accepted -> {
                row.put("updated", accepted.updated().toString());
                row.put("metadata", MetadataRow.row(accepted));
            });
        });
        row.put("inUse", root.inUse());
        row.put("trouble", root.trouble().orElse(null));
        row.put("lacking", root.lacking());
        row.put("fetched", root.material().isPresent());
        row.put(
                "members",
                root.material().map(RootMember::of).orElse(List.of()).stream()
                        .map(RootMember::row)
                        .toList());
        row.put("notes", root.material().map(TrustedRoot::notes).orElse(List.of()));
        return row;
    }
}
