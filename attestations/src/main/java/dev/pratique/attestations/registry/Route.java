package dev.pratique.attestations.registry;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import java.util.function.Function;

/**
 * The pull side of the registry protocol's paths (distribution-spec, "Endpoints"). The name still has the upstream in it
 * where a client put it there.
 */
public sealed interface Route {

    /** What is to be done with each: whoever adds a route is told by the compiler who must learn of it. */
    <T> T fold(
            Function<Base, T> base,
            Function<ManifestRoute, T> manifest,
            Function<BlobRoute, T> blob,
            Function<ReferrersRoute, T> referrers,
            Function<TagsRoute, T> tags);

    /** {@code /v2/}: is this a registry. */
    record Base() implements Route {
        @Override
        public <T> T fold(
                Function<Base, T> base,
                Function<ManifestRoute, T> manifest,
                Function<BlobRoute, T> blob,
                Function<ReferrersRoute, T> referrers,
                Function<TagsRoute, T> tags) {
            return base.apply(this);
        }
    }

    /** {@code /v2/<name>/manifests/<reference>}. */
    record ManifestRoute(String name, Reference reference) implements Route {
        @Override
        public <T> T fold(
                Function<Base, T> base,
                Function<ManifestRoute, T> manifest,
                Function<BlobRoute, T> blob,
                Function<ReferrersRoute, T> referrers,
                Function<TagsRoute, T> tags) {
            return manifest.apply(this);
        }
    }

    /** {@code /v2/<name>/blobs/<digest>}. */
    record BlobRoute(String name, Digest digest) implements Route {
        @Override
        public <T> T fold(
                Function<Base, T> base,
                Function<ManifestRoute, T> manifest,
                Function<BlobRoute, T> blob,
                Function<ReferrersRoute, T> referrers,
                Function<TagsRoute, T> tags) {
            return blob.apply(this);
        }
    }

    /** {@code /v2/<name>/referrers/<digest>}. */
    record ReferrersRoute(String name, Digest digest) implements Route {
        @Override
        public <T> T fold(
                Function<Base, T> base,
                Function<ManifestRoute, T> manifest,
                Function<BlobRoute, T> blob,
                Function<ReferrersRoute, T> referrers,
                Function<TagsRoute, T> tags) {
            return referrers.apply(this);
        }
    }

    /** {@code /v2/<name>/tags/list}. */
    record TagsRoute(String name) implements Route {
        @Override
        public <T> T fold(
                Function<Base, T> base,
                Function<ManifestRoute, T> manifest,
                Function<BlobRoute, T> blob,
                Function<ReferrersRoute, T> referrers,
                Function<TagsRoute, T> tags) {
            return tags.apply(this);
        }
    }

    /**
     * Reads a path as it stands in the request line: nothing is decoded, so nothing encoded ever matches.
     *
     * @param path without query
     * @throws MalformedEvidenceException where it is no path of the protocol
     */
    static Route parse(String path) throws MalformedEvidenceException {
        if (path.equals("/v2/") || path.equals("/v2")) {
            return new Base();
        }
        if (!path.startsWith("/v2/")) {
            throw new MalformedEvidenceException("not a path of the registry protocol");
        }
        int last = path.lastIndexOf('/');
        int before = path.lastIndexOf('/', last - 1);
        if (before <= 3) {
            throw new MalformedEvidenceException("not a path of the registry protocol");
        }
        String name = path.substring("/v2/".length(), before);
        String kind = path.substring(before + 1, last);
        String rest = path.substring(last + 1);
        return switch (kind) {
            case "manifests" -> new ManifestRoute(name, Reference.parse(rest));
            case "blobs" -> new BlobRoute(name, Digest.parse(rest));
            case "referrers" -> new ReferrersRoute(name, Digest.parse(rest));
            case "tags" -> {
                if (!rest.equals("list")) {
                    throw new MalformedEvidenceException("not a path of the registry protocol");
                }
                yield new TagsRoute(name);
            }
            default -> throw new MalformedEvidenceException("not a path of the registry protocol");
        };
    }
}
