package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A repository under the one name that policy, verdicts and the ledger know it by. Docker Hub's other names
 * ({@code index.docker.io}, {@code registry-1.docker.io}) are {@code docker.io}; the default port and a trailing dot are
 * dropped; the host is lower case.
 *
 * @param registry canonical host, with port where it is not the default one
 * @param name the repository's name within the registry, without leading slash
 */
public record Repository(String registry, String name) implements Comparable<Repository> {
    /** distribution-spec, "Pulling manifests": the grammar of {@code <name>}. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

    private static final String LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
    private static final String HOST = "(?<host>" + LABEL + "(\\." + LABEL + ")*|\\[[0-9a-f:]+\\])";
    private static final String PORT = "(:(?<port>[1-9][0-9]{0,4}))?";
    private static final Pattern CANONICAL = Pattern.compile(HOST + PORT);
    private static final Pattern WRITTEN = Pattern.compile(HOST + "\\.?" + PORT);
    /** distribution-spec: many clients limit host and name together to 255 characters. */
    private static final int MAX_NAME = 255;

    public Repository {
        if (!isRegistry(registry) || !isName(name)) {
            throw new IllegalArgumentException("not a repository");
        }
    }

    /** @throws MalformedEvidenceException where host or name is outside the grammar */
    public static Repository parse(String registry, String name) throws MalformedEvidenceException {
        String host = canonicalRegistry(registry);
        if (!isName(name)) {
            throw new MalformedEvidenceException("not a repository name");
        }
        // Docker Hub's official images: what a user calls nginx is library/nginx.
        boolean official = host.equals("docker.io") && name.indexOf('/') < 0;
        return new Repository(host, official ? "library/" + name : name);
    }

    /** The one spelling of a registry's host. */
    public static String canonicalRegistry(String registry) throws MalformedEvidenceException {
        // Before lower case is made: the Kelvin sign (U+212A) would become a k.
        if (!registry.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new MalformedEvidenceException("not a registry host");
        }
        Matcher written = WRITTEN.matcher(registry.toLowerCase(Locale.ROOT));
        if (registry.length() > MAX_NAME || !written.matches()) {
            throw new MalformedEvidenceException("not a registry host");
        }
        String host = written.group("host");
        String port = written.group("port");
        if (port != null && !port.equals("443")) {
            return host + ":" + port;
        }
        return host.equals("index.docker.io") || host.equals("registry-1.docker.io") ? "docker.io" : host;
    }

    private static boolean isRegistry(String host) {
        return host.length() <= MAX_NAME && CANONICAL.matcher(host).matches();
    }

    private static boolean isName(String name) {
        return name.length() <= MAX_NAME && NAME.matcher(name).matches();
    }

    @Override
    public int compareTo(Repository other) {
        return toString().compareTo(other.toString());
    }

    // Written out, as is hashCode(): what the JVM makes of a record at the first use of either takes milliseconds of a
    // command.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Repository repository
                && registry.equals(repository.registry)
                && name.equals(repository.name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(registry, name);
    }

    @Override
    public String toString() {
        return registry + "/" + name;
    }
}
