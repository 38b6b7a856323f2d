package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.store.StoreLimits;
import dev.pratique.proxy.store.TestStores;
import dev.pratique.proxy.upstream.BlobListener;
import dev.pratique.proxy.upstream.BlobSource;
import dev.pratique.proxy.upstream.Presence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** Content stores for tests of the gate, which never fills one from an upstream. */
final class ContentStores {
    private ContentStores() {}

    static ContentStore open(Path directory) throws IOException {
        return TestStores.open(directory, Runnable::run, new NoUpstream(), StoreLimits.DEFAULT);
    }

    static void close(ContentStore store) {
        try {
            store.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class NoUpstream implements BlobSource {
        @Override
        public void openBlob(Repository repository, Digest digest, BlobListener listener) {
            throw new AssertionError("the gate streams nothing");
        }

        @Override
        public CompletionStage<Presence> blobPresent(Repository repository, Digest digest) {
            throw new AssertionError("the gate streams nothing");
        }

        @Override
        public CompletionStage<Presence> manifestPresent(Repository repository, Digest digest) {
            throw new AssertionError("the gate streams nothing");
        }
    }
}
