package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.config.Listener.Asks;
import dev.pratique.config.Listener.Clients;
import dev.pratique.config.ProxySettings.Decisions;
import dev.pratique.config.ProxySettings.Evidence;
import dev.pratique.config.ProxySettings.Limits;
import dev.pratique.config.ProxySettings.Refusal;
import dev.pratique.config.ProxySettings.Storage;
import dev.pratique.config.ProxySettings.Tags;
import dev.pratique.config.yaml.Quoted;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** proxy.yaml. */
final class ProxyFile {
    static final Shape.Keys SHAPE = Shape.keys()
            .with("listen", new Shape.Items(ListenerReader.SHAPE, false))
            .with("operator", Shape.keys("address").with("names", Shape.VALUES))
            .with("storage", Shape.keys("directory", "maxBytes", "keepFree", "scrub"))
            .with("upstreams", new Shape.Named(UpstreamReader.SHAPE, false))
            .with("tags", Shape.keys("ttl", "staleIfError"))
            .with("evidence", Shape.keys("recheck", "maxStale"))
            .with("authorisation", Shape.keys("ttl"))
            .with("refusal", Shape.keys().with("status", new Shape.Named(Shape.VALUE, false)))
            .with("limits", Shape.keys("judges", "waiting", "deadline", "connections"))
            .with("decisions", Shape.keys("file"));

    private static final ListenAddress LISTEN = new ListenAddress("127.0.0.1", 5060);
    private static final ListenAddress OPERATOR = new ListenAddress("127.0.0.1", 5061);
    private static final Duration AUTHORISATION = Duration.ofHours(1);
    /** Less would not hold one usual layer. */
    private static final long MIN_STORE = 16L << 20;

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SourceFiles files;
    private final SecretReader secrets;
    private final Purpose purpose;
    private final CertificateDates dates;

    ProxyFile(SourceFiles files, SecretReader secrets, Purpose purpose, CertificateDates dates) {
        this.files = files;
        this.secrets = secrets;
        this.purpose = purpose;
        this.dates = dates;
    }

    ProxySettings read(Section root) {
        Map<String, Upstream> upstreams = upstreams(root);
        KnownNames names = KnownNames.of("upstream", "proxy.yaml", upstreams.keySet());
        List<Listener> listeners = listeners(root, names, anyCredentials(upstreams));
        ListenAddress operator = root.section("operator")
                .flatMap(one -> one.find("address"))
                .flatMap(ListenAddress::read)
                .orElse(OPERATOR);
        if (operator.port() != 0
                && listeners.stream().anyMatch(one -> one.address().equals(operator))) {
            root.refuse("operator", "the operator's port " + operator + " is a listener's too", "give it another port");
        }
        Storage storage = storage(root);
        return new ProxySettings(
                listeners,
                operator,
                operatorNames(root),
                storage,
                upstreams,
                tags(root),
                evidence(root),
                root.section("authorisation")
                        .map(one -> one.duration("ttl", Duration.ZERO, AUTHORISATION))
                        .orElse(AUTHORISATION),
                refusal(root),
                limits(root),
                decisions(root, storage.directory()));
    }

    private static List<String> operatorNames(Section root) {
        List<String> names = new ArrayList<>();
        root.section("operator")
                .ifPresent(section -> section.values("names").forEach(value -> {
                    if (value.text().matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")) {
                        names.add(value.text());
                    } else {
                        value.refuse(
                                value.path() + " is " + value.quoted() + ", not a host name",
                                "write it as pratique.infra.example, without scheme and port");
                    }
                }));
        return names;
    }

    private Map<String, Upstream> upstreams(Section root) {
        if (!root.has("upstreams")) {
            root.refuse("there is no upstream", "say upstreams: {docker.io: {url: \"https://registry-1.docker.io\"}}");
        }
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        UpstreamReader reader = new UpstreamReader(files, secrets, purpose);
        root.section("upstreams")
                .ifPresent(section -> section.named().forEach((name, upstream) -> {
                    String canonical = canonical(name, upstream);
                    Integer before =
                            lines.putIfAbsent(canonical, upstream.place().line());
                    if (before != null) {
                        upstream.refuse(
                                Quoted.of(name) + " is the same upstream as the one in line " + before,
                                "keep one of the two");
                    }
                    upstreams.put(canonical, reader.read(canonical, upstream));
                }));
        return upstreams;
    }

    private static String canonical(String name, Section upstream) {
        try {
            String canonical = Repository.canonicalRegistry(name);
            if (!canonical.equals(name)) {
                upstream.refuse(Quoted.of(name) + " is not how the registry is spelt here", "write " + canonical);
            }
            return canonical;
        } catch (MalformedEvidenceException e) {
            upstream.refuse(Quoted.of(name) + " is not a registry's host", "write it as ghcr.io or localhost:5000");
            return name;
        }
    }

    private static boolean anyCredentials(Map<String, Upstream> upstreams) {
        return upstreams.values().stream()
                .anyMatch(one -> one instanceof Upstream.Registry registry
                        && registry.credentials().isPresent());
    }

    private List<Listener> listeners(Section root, KnownNames upstreams, boolean credentials) {
        if (!root.has("listen")) {
            return List.of(new Listener(
                    ListenerReader.DEFAULT_NAME,
                    LISTEN,
                    Optional.empty(),
                    false,
                    Asks.NOTHING,
                    Optional.empty(),
                    Clients.ANYBODY));
        }
        return new ListenerReader(files, secrets, purpose, dates, upstreams).read(root.sections("listen"), credentials);
    }

    private Storage storage(Section root) {
        Path directory = storageDirectory(root);
        Optional<Section> storage = root.section("storage");
        return new Storage(
                directory,
                storage.map(one -> one.size("maxBytes", MIN_STORE, 0)).orElse(0L),
                storage.filter(one -> one.has("keepFree"))
                        .map(one -> OptionalLong.of(one.size("keepFree", 0, 0)))
                        .orElse(OptionalLong.empty()),
                storage.map(one -> one.duration("scrub", Duration.ZERO, Storage.SCRUB))
                        .orElse(Storage.SCRUB));
    }

    private Path storageDirectory(Section root) {
        Optional<Value> directory = root.section("storage").flatMap(one -> one.find("directory"));
        if (directory.isEmpty()
                && root.section("storage").map(one -> !one.has("directory")).orElse(!root.has("storage"))) {
            root.refuse(
                    "storage",
                    "storage.directory is not said",
                    "say storage: {directory: PATH}, or set PRATIQUE_PROXY_STORAGE_DIRECTORY");
        }
        return directory.flatMap(this::path).orElse(files.directory());
    }

    private Optional<Path> path(Value value) {
        try {
            if (!value.text().isBlank()) {
                return Optional.of(files.resolve(value.text()));
            }
        } catch (InvalidPathException e) {
            // As below.
        }
        value.refuse(value.path() + " is not a path", "write it as /var/lib/pratique");
        return Optional.empty();
    }

    private Decisions decisions(Section root, Path storage) {
        Path fallback = storage.resolve("decisions.jsonl");
        Optional<Value> file = root.section("decisions").flatMap(one -> one.find("file"));
        if (file.isPresent() && file.get().text().equals("-")) {
            return new Decisions(Optional.empty());
        }
        return new Decisions(Optional.of(file.flatMap(this::path).orElse(fallback)));
    }

    private static Tags tags(Section root) {
        Tags standard = Tags.DEFAULT;
        return root.section("tags")
                .map(one -> new Tags(
                        one.duration("ttl", Duration.ZERO, standard.ttl()),
                        one.duration("staleIfError", Duration.ZERO, standard.staleIfError())))
                .orElse(standard);
    }

    private static Evidence evidence(Section root) {
        Evidence standard = Evidence.DEFAULT;
        return root.section("evidence")
                .map(one -> {
                    Evidence evidence = new Evidence(
                            one.duration("recheck", SECOND, standard.recheck()),
                            one.duration("maxStale", SECOND, standard.maxStale()));
                    if (evidence.maxStale().compareTo(evidence.recheck()) < 0) {
                        one.refuse(
                                "maxStale",
                                "evidence.maxStale is shorter than evidence.recheck",
                                "write at least that");
                    }
                    return evidence;
                })
                .orElse(standard);
    }

    private static Refusal refusal(Section root) {
        Optional<Section> status = root.section("refusal").flatMap(one -> one.section("status"));
        if (status.isEmpty()) {
            return Refusal.DEFAULT;
        }
        Map<String, Integer> byAgent = new LinkedHashMap<>();
        status.get().namedValues().forEach((agent, value) -> {
            int code = Section.number(value, 300, 599, 403);
            // Any other 3xx means something to a client, and a 401 makes it look for credentials.
            if (code > 300 && code < 400 || code == 401) {
                value.refuse(value.path() + " is " + code + ", which is no refusal", "use 300, 403 or 404");
            }
            byAgent.put(agent, code);
        });
        return new Refusal(byAgent);
    }

    private static Limits limits(Section root) {
        Limits standard = Limits.DEFAULT;
        return root.section("limits")
                .map(one -> new Limits(
                        one.number("judges", 1, 1024, standard.judges()),
                        one.number("waiting", 0, 100_000, standard.waiting()),
                        one.duration("deadline", SECOND, standard.deadline()),
                        one.number("connections", 1, 1_000_000, standard.connections())))
                .orElse(standard);
    }
}
