package dev.pratique.proxy.admission;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.registry.DiscoveryLimits;
import dev.pratique.attestations.registry.ErrorCode;
import dev.pratique.attestations.registry.Route;
import dev.pratique.proxy.admission.RequestTarget.Wrong;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * From a request line's target to a {@link RequestTarget}: one reading, nothing repaired. The path is compared as it is written,
 * so an encoded spelling is never another name for the same thing; only values of the query are decoded, once.
 */
final class TargetParser {
    private static final String NOT_HERE = "this address is not part of the registry protocol";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");
    /** RFC 6838 section 4.2: two names of 127, and a parameter. */
    private static final int MAX_TYPE_LENGTH = 320;

    private final UpstreamNames upstreams;
    private final Requester client;
    private final String environment;

    TargetParser(UpstreamNames upstreams, Requester client, String environment) {
        this.upstreams = upstreams;
        this.client = client;
        this.environment = environment;
    }

    RequestTarget parse(String rawUri) {
        // RFC 9112 section 3.2.2: the absolute form is for proxies of another kind; answering it would be open
        // relaying.
        if (!rawUri.startsWith("/")) {
            return Wrong.badRequest(ErrorCode.UNSUPPORTED, "the request line must hold a path");
        }
        int question = rawUri.indexOf('?');
        String path = question < 0 ? rawUri : rawUri.substring(0, question);
        if (!isPlain(path)) {
            return Wrong.badRequest(
                    ErrorCode.NAME_INVALID, "a path here has no encoded, empty or special parts: names are plain");
        }
        Route route;
        try {
            route = Route.parse(path);
        } catch (MalformedEvidenceException e) {
            return misspelt(path);
        }
        String query = question < 0 ? "" : rawUri.substring(question + 1);
        QueryParameter namespace = QueryParameter.of("ns", query);
        return route.fold(
                base -> new RequestTarget.Base(),
                manifest -> pull(PullRequest.Kind.MANIFEST, manifest.name(), manifest.reference(), namespace),
                blob -> pull(PullRequest.Kind.BLOB, blob.name(), new Reference.ByDigest(blob.digest()), namespace),
                referrers -> listOfReferrers(referrers, namespace, query),
                tags -> listOfTags(tags.name(), namespace, query));
    }

    private RequestTarget listOfTags(String written, QueryParameter namespace, String query) {
        QueryParameter limit = QueryParameter.of("n", query);
        if (limit.broken()
                || limit.value().filter(n -> !NUMBER.matcher(n).matches()).isPresent()) {
            return Wrong.badRequest(ErrorCode.PAGINATION_NUMBER_INVALID, "n is one whole number, not below zero");
        }
        QueryParameter last = QueryParameter.of("last", query);
        if (last.broken()
                || last.value().filter(tag -> !Reference.Tag.isTag(tag)).isPresent()) {
            return Wrong.badRequest(ErrorCode.NAME_INVALID, "last is one tag");
        }
        // A number of more digits than the limit has is above it.
        OptionalInt most = limit.value().isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(
                        limit.value().get().length() > 9
                                ? DiscoveryLimits.TAGS_AN_ANSWER
                                : Math.min(Integer.parseInt(limit.value().get()), DiscoveryLimits.TAGS_AN_ANSWER));
        return list(new DiscoveryRequest.Tags(most, last.value()), written, namespace);
    }

    private RequestTarget listOfReferrers(Route.ReferrersRoute route, QueryParameter namespace, String query) {
        QueryParameter type = QueryParameter.of("artifactType", query);
        if (type.broken()
                || type.value()
                        .filter(value -> value.length() > MAX_TYPE_LENGTH)
                        .isPresent()) {
            return Wrong.badRequest(ErrorCode.UNSUPPORTED, "artifactType is one media type");
        }
        QueryParameter after = QueryParameter.of("after", query);
        try {
            Optional<Digest> entry = after.value().isPresent()
                    ? Optional.of(Digest.parse(after.value().get()))
                    : Optional.empty();
            return after.broken()
                    ? Wrong.badRequest(ErrorCode.DIGEST_INVALID, "after is one digest")
                    : list(
                            new DiscoveryRequest.Referrers(route.digest(), type.value(), entry),
                            route.name(),
                            namespace);
        } catch (MalformedEvidenceException e) {
            return Wrong.badRequest(ErrorCode.DIGEST_INVALID, "after is not a digest in lower-case hex");
        }
    }

    private RequestTarget list(DiscoveryRequest.Wanted wanted, String written, QueryParameter namespace) {
        return in(
                written,
                namespace,
                repository -> new RequestTarget.Discover(
                        new DiscoveryRequest(wanted, repository, written, namespace.value(), client, environment)));
    }

    private RequestTarget pull(PullRequest.Kind kind, String written, Reference reference, QueryParameter namespace) {
        return in(
                written,
                namespace,
                repository ->
                        new RequestTarget.Pull(new PullRequest(kind, repository, reference, client, environment)));
    }

    private RequestTarget in(String written, QueryParameter namespace, Function<Repository, RequestTarget> of) {
        if (namespace.broken()) {
            return Wrong.badRequest(ErrorCode.NAME_INVALID, "the ns parameter must be one registry host");
        }
        try {
            Optional<Place> place = place(written, namespace);
            if (place.isEmpty() || !upstreams.configured().contains(place.get().registry())) {
                return unknown(place.map(Place::registry));
            }
            return of.apply(Repository.parse(place.get().registry(), place.get().name()));
        } catch (MalformedEvidenceException e) {
            return Wrong.badRequest(ErrorCode.NAME_INVALID, "the repository's name is outside the grammar of names");
        }
    }

    // Where a client's mirror configuration puts the registry both into ns and before the name, it is said once.
    private Optional<Place> place(String written, QueryParameter namespace) throws MalformedEvidenceException {
        int slash = written.indexOf('/');
        Optional<String> first = slash > 0 ? canonical(written.substring(0, slash)) : Optional.empty();
        String rest = slash > 0 ? written.substring(slash + 1) : "";
        if (namespace.value().isPresent()) {
            String registry = Repository.canonicalRegistry(namespace.value().get());
            return Optional.of(new Place(registry, first.equals(Optional.of(registry)) ? rest : written));
        }
        if (first.isPresent() && upstreams.configured().contains(first.get())) {
            return Optional.of(new Place(first.get(), rest));
        }
        if (upstreams.fallback().isPresent()) {
            return Optional.of(new Place(upstreams.fallback().get(), written));
        }
        return first.map(host -> new Place(host, rest));
    }

    private static Optional<String> canonical(String segment) {
        try {
            return Optional.of(Repository.canonicalRegistry(segment));
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    private static RequestTarget unknown(Optional<String> registry) {
        RefusalReason reason = RefusalReason.UNKNOWN_UPSTREAM;
        String which = registry.map(host -> ": " + Printable.line(host)).orElse("");
        return Wrong.refused(reason, reason.sentence() + which);
    }

    /** The path is no route: either its last parts are outside their grammar, or it is something else altogether. */
    private static RequestTarget misspelt(String path) {
        String[] parts = path.split("/", -1);
        String kind = parts.length < 2 ? "" : parts[parts.length - 2];
        boolean ofTheProtocol = path.startsWith("/v2/") && parts.length >= 5;
        if (!ofTheProtocol) {
            return Wrong.notFound(ErrorCode.UNSUPPORTED, NOT_HERE);
        }
        return switch (kind) {
            case "manifests" ->
                parts[parts.length - 1].indexOf(':') >= 0
                        ? Wrong.badRequest(ErrorCode.DIGEST_INVALID, "not a sha256 or sha512 digest in lower-case hex")
                        : Wrong.badRequest(ErrorCode.NAME_INVALID, "not a tag or digest");
            case "blobs", "referrers" ->
                Wrong.badRequest(ErrorCode.DIGEST_INVALID, "not a sha256 or sha512 digest in lower-case hex");
            default -> Wrong.notFound(ErrorCode.UNSUPPORTED, NOT_HERE);
        };
    }

    /** Characters of names, tags, digests and host:port only, and no segment that a file system would act on. */
    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && "/._-:+[]".indexOf(c) < 0) {
                return false;
            }
        }
        return !path.contains("//") && !(path + "/").contains("/./") && !(path + "/").contains("/../");
    }

    private record Place(String registry, String name) {}
}
