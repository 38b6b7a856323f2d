package dev.pratique.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The query of a request, each parameter once and each of them known. */
record Parameters(Map<String, String> values) {
    private static final int MAX_PARAMETERS = 16;

    /** What came of reading them. */
    record Read(Optional<Parameters> parameters, Optional<ProblemDetails> problem) {}

    /**
     * Reads a request's target.
     *
     * @param known the parameters of the route; others are not passed over
     */
    static Read of(String target, Set<String> known) {
        Map<String, List<String>> given;
        try {
            given = new QueryStringDecoder(target, java.nio.charset.StandardCharsets.UTF_8, true, MAX_PARAMETERS)
                    .parameters();
        } catch (IllegalArgumentException e) { // a percent sign without two hex digits
            return wrong("the query is not well formed");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> each : given.entrySet()) {
            String shown = shown(each.getKey());
            if (!known.contains(each.getKey())) {
                return wrong(shown + " is no parameter here");
            }
            if (each.getValue().size() != 1) {
                return wrong(shown + " is there more than once");
            }
            values.put(each.getKey(), each.getValue().get(0));
        }
        return new Read(Optional.of(new Parameters(Map.copyOf(values))), Optional.empty());
    }

    private static Read wrong(String detail) {
        return new Read(Optional.empty(), Optional.of(new ProblemDetails(ProblemType.WRONG_PARAMETER, detail)));
    }

    private static String shown(String name) {
        return name.matches("[A-Za-z0-9_.-]{1,32}") ? name : "what the query names";
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
