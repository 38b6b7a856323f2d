package dev.pratique.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Notices that a configuration directory changed: its files, the files they refer to, or what a symbolic link on the
 * way to them points to. It starts no thread: whoever has one asks. Not thread safe.
 */
public final class ConfigWatch {
    private final Path directory;
    private final Map<String, String> environment;

    /** @param environment as for {@link ConfigDir#load} */
    public ConfigWatch(Path directory, Map<String, String> environment) {
        this.directory = directory.toAbsolutePath().normalize();
        this.environment = Map.copyOf(environment);
    }

    /** Reads it, changed or not. */
    public Loaded load() {
        return new Loaded.Invalid(List.of(new Problem(
                directory.toString(), environment.isEmpty() ? 1 : 0, "", "not read yet by this version", "")));
    }

    /** Reads it where it is not as it was when last read; empty where it is. */
    public Optional<Loaded> poll() {
        return Optional.of(load());
    }
}
