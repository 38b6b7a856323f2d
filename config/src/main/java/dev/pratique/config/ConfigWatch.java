package dev.pratique.config;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Notices that a configuration directory changed: its files, the files they refer to, or what a symbolic link on the
 * way to them points to. It starts no thread: whoever has one asks. Not thread safe.
 */
public final class ConfigWatch {
    private static final int ATTEMPTS = 5;

    private final Path directory;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final Purpose purpose;
    private Optional<SourceFiles> last = Optional.empty();
    private Set<X509Certificate> shown = Set.of();

    /** To serve, by the system's clock. */
    public ConfigWatch(Path directory, Map<String, String> environment) {
        this(directory, environment, InstantSource.system());
    }

    /**
     * To serve.
     *
     * @param environment as for {@link ConfigDir#load}
     * @param clock by which listeners' certificates must not have expired
     */
    public ConfigWatch(Path directory, Map<String, String> environment, InstantSource clock) {
        this(directory, environment, clock, Purpose.SERVE);
    }

    ConfigWatch(Path directory, Map<String, String> environment, InstantSource clock, Purpose purpose) {
        this.directory = directory.toAbsolutePath().normalize();
        this.environment = Map.copyOf(environment);
        this.clock = clock;
        this.purpose = purpose;
    }

    /** Reads it, changed or not. */
    public Loaded load() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SourceFiles files = new SourceFiles(directory);
            Loaded loaded =
                    new Reading(files, environment, purpose, new CertificateDates(clock.instant(), shown)).load();
            last = Optional.of(files);
            // Files of two states, one of them half written, might each be in order and mean something else together.
            if (files.unchanged()) {
                shown = loaded.fold(ConfigWatch::certificates, problems -> shown);
                return loaded;
            }
        }
        return new Loaded.Invalid(List.of(new Problem(
                "proxy.yaml", 1, "", "the files change while they are read", "try again when they are all written")));
    }

    private static Set<X509Certificate> certificates(Snapshot snapshot) {
        return snapshot.proxy().listeners().stream()
                .flatMap(listener -> listener.tls().stream())
                .map(Listener.Tls::certificate)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Reads it where it is not as it was when last read; empty where it is. */
    public Optional<Loaded> poll() {
        return last.isPresent() && last.get().unchanged() ? Optional.empty() : Optional.of(load());
    }
}
