package dev.pratique.attestations.statement;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How an image was built, from a SLSA provenance v0.2 or v1 predicate, as one record.
 *
 * @param builderId {@code builder.id}: who built it
 * @param source the repository it was built from, without {@code git+}, {@code .git} and revision; absent where the
 *     predicate names none or several
 */
public record Provenance(String builderId, Optional<String> source, String predicateType) {
    public static final String V1 = "https://slsa.dev/provenance/v1";
    public static final String V02 = "https://slsa.dev/provenance/v0.2";

    private static final Pattern AMBIGUOUS =
            Pattern.compile("(^|[/@])\\.\\.?([/@#?]|$)|%2[eEfF]|%5[cC]|[\\\\\\p{Cntrl}\\s]");

    /** Whether a statement of this type is provenance that can be read. */
    public static boolean isProvenance(String predicateType) {
        return predicateType.equals(V1) || predicateType.equals(V02);
    }

    public static Provenance read(Statement statement) throws MalformedEvidenceException {
        JsonObject predicate = statement.predicate();
        Set<String> sources = new TreeSet<>();
        String builder;
        if (statement.predicateType().equals(V1)) {
            // slsa.dev/spec/v1.0/provenance: runDetails.builder.id and buildDefinition are REQUIRED.
            builder = predicate.getObject("runDetails").getObject("builder").getString("id");
            Optional<JsonObject> parameters =
                    predicate.getObject("buildDefinition").findObject("externalParameters");
            if (parameters.isPresent()) {
                collectSources(parameters.get(), sources);
            }
        } else if (statement.predicateType().equals(V02)) {
            builder = predicate.getObject("builder").getString("id");
            Optional<JsonObject> invocation = predicate.findObject("invocation");
            if (invocation.isPresent()) {
                collect(invocation.get(), "configSource", "uri", sources);
            }
        } else {
            throw new MalformedEvidenceException("not a SLSA provenance predicate");
        }
        if (builder.isEmpty()) {
            throw new MalformedEvidenceException("builder.id is empty");
        }
        return new Provenance(
                builder,
                sources.size() == 1 ? Optional.of(sources.iterator().next()) : Optional.empty(),
                statement.predicateType());
    }

    // GitHub's build type says workflow.repository, BuildKit's configSource.uri, Google's and others' source.
    private static void collectSources(JsonObject parameters, Set<String> sources) throws MalformedEvidenceException {
        collect(parameters, "workflow", "repository", sources);
        collect(parameters, "configSource", "uri", sources);
        collect(parameters, "source", "uri", sources);
    }

    private static void collect(JsonObject parent, String member, String inner, Set<String> sources)
            throws MalformedEvidenceException {
        Optional<JsonValue> value = parent.find(member);
        if (value.isEmpty()) {
            return;
        }
        Optional<String> uri = value.get() instanceof JsonObject object
                ? object.findString(inner)
                : Optional.of(value.get().asString("'" + member + "'"));
        if (uri.isEmpty() || uri.get().isEmpty()) {
            return;
        }
        // RFC 3986 section 5.2.4: a client removes dot segments, so https://host/acme/../evil is fetched from /evil.
        if (AMBIGUOUS.matcher(uri.get()).find()) {
            throw new MalformedEvidenceException("the source's URI has more than one reading");
        }
        sources.add(repositoryOf(uri.get()));
    }

    /**
     * The repository of a source URI: {@code git+https://host/path.git@ref} is {@code https://host/path}. Only the
     * {@code git+} form (SPDX, "Package download location") has a revision after an at sign.
     */
    public static String repositoryOf(String uri) {
        boolean spdx = uri.startsWith("git+");
        String text = spdx ? uri.substring("git+".length()) : uri;
        int fragment = text.indexOf('#');
        if (fragment >= 0) {
            text = text.substring(0, fragment);
        }
        int scheme = text.indexOf("://");
        int path = scheme < 0 || !spdx ? -1 : text.indexOf('/', scheme + 3);
        int revision = path < 0 ? -1 : text.indexOf('@', path);
        if (revision >= 0) {
            text = text.substring(0, revision);
        }
        return text.endsWith(".git") ? text.substring(0, text.length() - ".git".length()) : text;
    }
}
