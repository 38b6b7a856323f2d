package dev.pratique.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * proxy.yaml.
 *
 * @param listeners at least one, in the order of the file
 * @param operator the operator's port
 * @param operatorNames host names, without port, that it answers to beside addresses and localhost
 * @param storage where blobs, verdicts and evidence are kept, and how much of them
 * @param upstreams by canonical name
 * @param authorisationTtl how long an upstream's word that this environment may read a repository holds
 */
public record ProxySettings(
        List<Listener> listeners,
        ListenAddress operator,
        List<String> operatorNames,
        Storage storage,
        Map<String, Upstream> upstreams,
        Tags tags,
        Evidence evidence,
        Duration authorisationTtl,
        Refusal refusal,
        Limits limits,
        Decisions decisions) {
    public ProxySettings {
        listeners = List.copyOf(listeners);
        operatorNames = List.copyOf(operatorNames);
        upstreams = Map.copyOf(upstreams);
    }

    /** The upstream of this canonical registry name, if it is configured. */
    public Optional<Upstream> upstream(String canonicalRegistry) {
        return Optional.ofNullable(upstreams.get(canonicalRegistry));
    }

    /**
     * What is kept on disk.
     *
     * @param directory absolute; it may not exist yet
     * @param maxBytes of content, the least recently used going first; 0: no limit
     * @param keepFree bytes of the file system that content does not take; empty: {@link #KEEP_FREE}, or a twentieth of the
     *     file system where that is less
     * @param scrub in how much time all content is hashed again; zero: never
     */
    public record Storage(Path directory, long maxBytes, OptionalLong keepFree, Duration scrub) {
        /** Room for verdicts, the decision log and whoever else is on a file system of common size. */
        public static final long KEEP_FREE = 1L << 30;
        /** Where the file says nothing. */
        public static final Duration SCRUB = Duration.ofDays(7);
    }

    /**
     * What a tag stands for.
     *
     * @param ttl how long what it stood for is not asked again; zero: always ask
     * @param staleIfError for how much longer it is used while the upstream cannot be asked
     */
    public record Tags(Duration ttl, Duration staleIfError) {
        /** Where the file says nothing. */
        public static final Tags DEFAULT = new Tags(Duration.ofSeconds(30), Duration.ZERO);
    }

    /**
     * What was found beside an image.
     *
     * @param recheck after how long it is looked for again
     * @param maxStale how old it may be while the upstream cannot be asked; never less than {@code recheck}
     */
    public record Evidence(Duration recheck, Duration maxStale) {
        /** Where the file says nothing. */
        public static final Evidence DEFAULT = new Evidence(Duration.ofHours(24), Duration.ofDays(7));
    }

    /**
     * How clients are told.
     *
     * @param statusByAgent the status of every manifest answer that is not an admission, by the beginning of the
     *     client's User-Agent
     */
    public record Refusal(Map<String, Integer> statusByAgent) {
        /** Where the file says nothing: containerd asks the next host after any other status. */
        public static final Refusal DEFAULT = new Refusal(Map.of("containerd/", 300));

        public Refusal {
            statusByAgent = Map.copyOf(statusByAgent);
        }

        /** The status for this client by the longest prefix that fits; empty: the reason's own. */
        public Optional<Integer> statusFor(String userAgent) {
            return statusByAgent.entrySet().stream()
                    .filter(entry -> userAgent.startsWith(entry.getKey()))
                    .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                    .map(Map.Entry::getValue);
        }
    }

    /**
     * How much at once.
     *
     * @param judges images that are judged at the same time
     * @param waiting that wait for a judge; more are undecided
     * @param deadline for judging one image, its waiting included
     * @param connections of clients
     */
    public record Limits(int judges, int waiting, Duration deadline, int connections) {
        /** Where the file says nothing. */
        public static final Limits DEFAULT = new Limits(16, 256, Duration.ofSeconds(20), 4096);
    }

    /**
     * The decision log.
     *
     * @param file absolute; empty: standard output
     */
    public record Decisions(Optional<Path> file) {}
}
