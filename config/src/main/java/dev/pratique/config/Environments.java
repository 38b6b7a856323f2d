package dev.pratique.config;

import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Policy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which environment a client is of.
 *
 * @param matches in the order of the file; the first that fits decides
 */
public record Environments(List<Match> matches) {
    /** All clients are of the default environment. */
    public static final Environments NONE = new Environments(List.of());

    public Environments {
        matches = List.copyOf(matches);
    }

    /**
     * Clients of one environment; all that is said must hold.
     *
     * @param listener whose clients they are
     * @param clientCertificate over names of their certificate: over its URIs where the pattern has {@code ://}, else over
     *     its other names
     * @param user over the name that they have shown a password for
     */
    public record Match(
            String environment, Optional<String> listener, Optional<Glob> clientCertificate, Optional<Glob> user) {

        boolean fits(String atListener, ClientNames client) {
            return listener.map(atListener::equals).orElse(true)
                    && user.map(glob -> client.user().map(glob::matches).orElse(false))
                            .orElse(true)
                    && clientCertificate.map(glob -> certified(glob, client)).orElse(true);
        }

        // A DNS name or common name that looks like a URI is none: who issues the one may not be trusted with the
        // other.
        private static boolean certified(Glob glob, ClientNames client) {
            List<String> names = isForUris(glob) ? client.uris() : client.hosts();
            return names.stream().anyMatch(glob::matches);
        }

        private static boolean isForUris(Glob glob) {
            return glob.pattern().contains("://");
        }

        /** Whether every client of the other one fits this one too, as far as that is easily seen. */
        boolean covers(Match other) {
            return (listener.isEmpty() || listener.equals(other.listener()))
                    && covers(clientCertificate, other.clientCertificate())
                    && covers(user, other.user());
        }

        private static boolean covers(Optional<Glob> wider, Optional<Glob> narrower) {
            return wider.isEmpty() || wider.equals(narrower);
        }
    }

    /** The environment of a client of this listener; {@link Policy#DEFAULT_ENVIRONMENT} where none fits. */
    public String of(String listener, ClientNames client) {
        for (Match match : matches) {
            if (match.fits(listener, client)) {
                return match.environment();
            }
        }
        return Policy.DEFAULT_ENVIRONMENT;
    }

    /** All environments that a client can be of. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(Set.of(Policy.DEFAULT_ENVIRONMENT));
        matches.forEach(match -> names.add(match.environment()));
        return names;
    }
}
