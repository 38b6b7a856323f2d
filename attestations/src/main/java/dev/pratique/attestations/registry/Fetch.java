package dev.pratique.attestations.registry;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import java.util.Optional;

/** One thing to read from a registry. Every answer has a limit in bytes. */
public sealed interface Fetch {

    /** Where to read. */
    Repository repository();

    /** Longest body that is read. */
    long maxBytes();

    /** {@code GET manifests/<reference>}; by digest the reader checks the bytes. */
    record ManifestOf(Repository repository, Reference reference, long maxBytes) implements Fetch {}

    /** {@code HEAD manifests/<reference>}: what the registry says the digest is. A hint, nothing is verified. */
    record ManifestHead(Repository repository, Reference reference) implements Fetch {
        @Override
        public long maxBytes() {
            return 0;
        }
    }

    /** {@code GET blobs/<digest>}; the reader checks the bytes. */
    record BlobOf(Repository repository, Digest digest, long maxBytes) implements Fetch {}

    /** {@code HEAD blobs/<digest>}: whether the registry serves it in this repository. */
    record BlobHead(Repository repository, Digest digest) implements Fetch {
        @Override
        public long maxBytes() {
            return 0;
        }
    }

    /**
     * {@code GET referrers/<digest>}, one page.
     *
     * @param page the target of the last page's Link header, empty for the first page
     */
    record ReferrersOf(Repository repository, Digest digest, Optional<String> page, long maxBytes) implements Fetch {}

    /**
     * {@code GET tags/list}, one page, in whatever order the registry has.
     *
     * @param page the target of the last page's Link header, empty for the first page
     */
    record TagsOf(Repository repository, Optional<String> page, long maxBytes) implements Fetch {
        /** Tags that a page is asked to have: the most that distribution 3 gives, and what go-containerregistry asks for. */
        public static final int PAGE_SIZE = 1000;
    }
}
