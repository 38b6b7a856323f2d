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
 * @param ref what of that repository it was built from, as {@code refs/heads/main}; absent where the predicate names none
 *     or several
 */
public record Provenance(String builderId, Optional<String> source, Optional<String> ref, String predicateType) {
    public static final String V1 = "https://slsa.dev/provenance/v1";
    public static final String V02 = "https://slsa.dev/provenance/v0.2";

    private static final Pattern AMBIGUOUS =
            Pattern.compile("(^|[/@])\\.\\.?([/@#?]|$)|%2[eEfF]|%5[cC]|[\\\\\\p{Cntrl}\\s]");
    // git-check-ref-format: no control characters, space, ~ ^ : ? * [ or backslash, no "..".
    private static final Pattern NO_REF = Pattern.compile("[\\p{Cntrl}\\s~^:?*\\[\\\\]|\\.\\.");

    /** Where the text of a predicate names what was built. */
    private record Origins(Set<String> sources, Set<String> refs) {
        Origins() {
            this(new TreeSet<>(), new TreeSet<>());
        }
    }

    /** Whether a statement of this type is provenance that can be read. */
    public static boolean isProvenance(String predicateType) {
        return predicateType.equals(V1) || predicateType.equals(V02);
    }

    public static Provenance read(Statement statement) throws MalformedEvidenceException {
        JsonObject predicate = statement.predicate();
        Origins origins = new Origins();
        String builder;
        if (statement.predicateType().equals(V1)) {
            // slsa.dev/spec/v1.0/provenance: runDetails.builder.id and buildDefinition are REQUIRED.
            builder = predicate.getObject("runDetails").getObject("builder").getString("id");
            Optional<JsonObject> parameters =
                    predicate.getObject("buildDefinition").findObject("externalParameters");
            if (parameters.isPresent()) {
                collectOrigins(parameters.get(), origins);
            }
        } else if (statement.predicateType().equals(V02)) {
            builder = predicate.getObject("builder").getString("id");
            Optional<JsonObject> invocation = predicate.findObject("invocation");
            if (invocation.isPresent()) {
                collect(invocation.get(), "configSource", "uri", origins);
            }
        } else {
            throw new MalformedEvidenceException("not a SLSA provenance predicate");
        }
        if (builder.isEmpty()) {
            throw new MalformedEvidenceException("builder.id is empty");
        }
        return new Provenance(builder, only(origins.sources()), only(origins.refs()), statement.predicateType());
    }

    private static Optional<String> only(Set<String> texts) {
        return texts.size() == 1 ? Optional.of(texts.iterator().next()) : Optional.empty();
    }

    // GitHub's build type says workflow.repository, BuildKit's configSource.uri, Google's and others' source.
    private static void collectOrigins(JsonObject parameters, Origins origins) throws MalformedEvidenceException {
        collect(parameters, "workflow", "repository", origins);
        collect(parameters, "configSource", "uri", origins);
        collect(parameters, "source", "uri", origins);
        // GitHub's is the one build type whose ref has a member of its own.
        if (parameters.find("workflow").orElse(null) instanceof JsonObject workflow) {
            Optional<String> ref = workflow.findString("ref");
            if (ref.isPresent()) {
                collectRef(ref.get(), origins);
            }
        }
    }

    private static void collect(JsonObject parent, String member, String inner, Origins origins)
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
        origins.sources().add(repositoryOf(uri.get()));
        collectRef(revisionOf(uri.get()), origins);
    }

    private static void collectRef(String ref, Origins origins) throws MalformedEvidenceException {
        if (ref.isEmpty()) {
            return;
        }
        if (NO_REF.matcher(ref).find()) {
            throw new MalformedEvidenceException("the source's ref is not one of git's");
        }
        origins.refs().add(ref);
    }

    /** What of its repository a source URI names: after the at sign of the {@code git+} form, or BuildKit's {@code #ref:directory}. */
    private static String revisionOf(String uri) {
        int fragment = uri.indexOf('#');
        String text = fragment < 0 ? uri : uri.substring(0, fragment);
        int at = revisionAt(text);
        if (at >= 0) {
            return text.substring(at + 1);
        }
        String named = fragment < 0 ? "" : uri.substring(fragment + 1);
        int directory = named.indexOf(':');
        return directory < 0 ? named : named.substring(0, directory);
    }

    /** Where the revision's at sign is; -1 where there is none. Not one that is part of the host's. */
    private static int revisionAt(String uri) {
        int scheme = uri.indexOf("://");
        int path = scheme < 0 || !uri.startsWith("git+") ? -1 : uri.indexOf('/', scheme + 3);
        return path < 0 ? -1 : uri.indexOf('@', path);
    }

    /**
     * The repository of a source URI: {@code git+https://host/path.git@ref} is {@code https://host/path}. Only the
     * {@code git+} form (SPDX, "Package download location") has a revision after an at sign.
     */
    public static String repositoryOf(String uri) {
        int fragment = uri.indexOf('#');
        String text = fragment < 0 ? uri : uri.substring(0, fragment);
        int revision = revisionAt(text);
        if (revision >= 0) {
            text = text.substring(0, revision);
        }
        if (text.startsWith("git+")) {
            text = text.substring("git+".length());
        }
        return text.endsWith(".git") ? text.substring(0, text.length() - ".git".length()) : text;
    }
}
