package dev.pratique.proxy.upstream;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One configured upstream. Nothing here blocks, and no future completes exceptionally. */
interface Upstream {

    /** One answer; cancelling the future gives it up. */
    CompletableFuture<Fetched> fetch(Fetch fetch, Duration patience);

    /** Like {@link #fetch} of a HEAD, with the size. */
    CompletableFuture<Presence> present(String name, Digest digest, boolean manifest);

    /** As {@link BlobSource#openBlob}. */
    void openBlob(String name, Digest digest, BlobListener listener);

    void close();
}
