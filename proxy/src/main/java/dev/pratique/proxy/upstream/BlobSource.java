package dev.pratique.proxy.upstream;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.util.concurrent.CompletionStage;

/** Where blobs come from. Thread safe; nothing here waits, so all of it may be called on an event loop. */
public interface BlobSource {

    /**
     * Opens a blob of a repository. Its bytes are not verified: who takes them compares the digest.
     *
     * @param listener told everything else, also that there is no such blob
     */
    void openBlob(Repository repository, Digest digest, BlobListener listener);

    /** Asks whether a blob is served in this repository now. Never fails exceptionally. */
    CompletionStage<Presence> blobPresent(Repository repository, Digest digest);

    /** Asks whether a manifest is served in this repository now. Never fails exceptionally. */
    CompletionStage<Presence> manifestPresent(Repository repository, Digest digest);
}
