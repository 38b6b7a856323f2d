package dev.pratique.proxy.admin;

import java.util.Optional;
import java.util.Set;

/** What is at the operator's port. */
enum OperatorRoute {
    HOME("/", Set.of()),
    EXPLAIN_PAGE("/explain", Set.of("image", "environment")),
    STYLE("/style.css", Set.of()),
    HEALTH("/healthz", Set.of()),
    READY("/readyz", Set.of()),
    METRICS("/metrics", Set.of()),
    EXPLAIN("/api/v1/explain", Set.of("image", "environment")),
    VERDICTS("/api/v1/verdicts", Set.of("repository", "digest", "answer", "limit", "cursor")),
    OPENAPI("/api/v1/openapi.json", Set.of());

    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of() makes none that can be changed
    private final Set<String> parameters;

    OperatorRoute(String path, Set<String> parameters) {
        this.path = path;
        this.parameters = parameters;
    }

    static Optional<OperatorRoute> at(String path) {
        for (OperatorRoute route : values()) {
            if (route.path.equals(path)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    String path() {
        return path;
    }

    /** The query parameters that it knows. */
    Set<String> parameters() {
        return parameters;
    }

    /** Whether it is for programs: never answered with a page. */
    boolean ofTheApi() {
        return path.startsWith("/api/");
    }

    /** Whether a probe asks it, which goes by whatever name it was given, and learns nothing that needs hiding. */
    boolean ofProbes() {
        return this == HEALTH || this == READY;
    }
}
