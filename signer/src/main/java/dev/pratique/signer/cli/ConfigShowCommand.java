package dev.pratique.signer.cli;

import dev.pratique.config.EffectiveConfig;
import dev.pratique.config.EffectiveConfig.Setting;
import dev.pratique.config.Loaded;
import dev.pratique.config.Publisher;
import dev.pratique.config.Purpose;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the configuration as it counts. */
@Command(
        name = "show",
        description = {
            "Shows the configuration as it counts, and behind each value where it is from.",
            "Variables are in their places, defaults where nothing is said. Of secrets it shows where they are. Behind",
            "trust.yaml it says whom each signer stands for, and which publishers there are. What it prints of one file",
            "reads to the same again. Exits 78 where the configuration is not in order."
        },
        footer = {
            "",
            "Examples:",
            "  pratique config show --config /etc/pratique",
            "  pratique config show proxy.yaml",
            "  pratique config show trust -o json | jq '.publishers[].name'",
            "  pratique config show -o json | jq -r '.settings[] | select(.source == \"variable\") | .path'"
        })
final class ConfigShowCommand extends Task {
    private static final String TRUST = "trust.yaml";

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "only this one, as proxy.yaml")
    private Optional<String> file = Optional.empty();

    ConfigShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Loaded.Valid valid = config.valid(terminal(), Purpose.SERVE);
        EffectiveConfig effective = valid.effective();
        List<String> files = new ArrayList<>(effective.files());
        if (file.isPresent()) {
            String wanted = ConfigFileName.of(file.get());
            files.removeIf(one -> !one.equals(wanted));
            if (files.isEmpty()) {
                throw Failure.of(
                        Kind.FAILED,
                        "there is no " + wanted + " in " + config.directory(),
                        "it is optional; see docs/configuration.md for what it says");
            }
        }
        SignersReport signers = new SignersReport(valid.snapshot().trust().signers(), Publisher.all());
        say("# " + config.directory() + ", revision " + valid.snapshot().revision());
        for (String one : files) {
            say(file.isPresent() ? "" : "\n# ---- " + one);
            say(effective.text(one).stripTrailing());
            if (one.equals(TRUST)) {
                signers.comments().forEach(this::say);
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("directory", config.directory().toString());
        document.put("revision", valid.snapshot().revision().toString());
        document.put(
                "settings",
                effective.settings().stream()
                        .filter(one -> files.contains(one.file()))
                        .map(ConfigShowCommand::row)
                        .toList());
        if (files.contains(TRUST)) {
            document.put("signers", signers.signerRows());
            document.put("publishers", signers.publisherRows());
        }
        document("pratique.config.show/v1", document);
        return ExitCode.DONE;
    }

    private static Map<String, Object> row(Setting setting) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", setting.file());
        row.put("path", setting.path());
        row.put("value", setting.value());
        row.put("source", setting.source().name().toLowerCase(Locale.ROOT));
        row.put("from", setting.place());
        return row;
    }
}
