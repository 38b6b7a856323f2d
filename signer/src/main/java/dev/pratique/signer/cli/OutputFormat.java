package dev.pratique.signer.cli;

import java.util.Locale;

/** For whom a command writes. */
enum OutputFormat {
    /** People. */
    TEXT,
    /** Programs: one JSON document with a member {@code schema} that names its shape. */
    JSON;

    /** As people write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
