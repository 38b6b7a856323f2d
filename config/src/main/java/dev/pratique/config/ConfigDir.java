package dev.pratique.config;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A directory with {@code proxy.yaml}, {@code trust.yaml}, {@code policy.yaml} and {@code catalog.yaml}. */
public final class ConfigDir {
    /** The files, in the order in which they are best read. */
    public static final List<String> FILES = List.of("proxy.yaml", "trust.yaml", "policy.yaml", "catalog.yaml");

    private ConfigDir() {}

    /**
     * Reads all files at one moment, and says all that is wrong with them at once. {@code trust.yaml} and
     * {@code catalog.yaml} may be absent: nobody is trusted, no base is approved.
     *
     * @param environment the process's; {@code PRATIQUE_PROXY_LISTEN_0_ADDRESS} and the like override single values
     * @param purpose whether secrets, and what else only the proxy's machine has, must be there
     */
    public static Loaded load(Path directory, Map<String, String> environment, Purpose purpose) {
        return new ConfigWatch(directory, environment, InstantSource.system(), purpose).load();
    }
}
