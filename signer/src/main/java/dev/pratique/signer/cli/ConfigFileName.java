package dev.pratique.signer.cli;

import dev.pratique.config.ConfigDir;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;

/** One of the four files, as people name it. */
final class ConfigFileName {
    private ConfigFileName() {}

    /** @param name with its ending or without */
    static String of(String name) throws Failure {
        String file = name.endsWith(".yaml") ? name : name + ".yaml";
        if (!ConfigDir.FILES.contains(file)) {
            throw Failure.of(
                    Kind.USAGE,
                    "'" + name + "' is no file of the configuration",
                    "one of " + String.join(", ", ConfigDir.FILES));
        }
        return file;
    }
}
