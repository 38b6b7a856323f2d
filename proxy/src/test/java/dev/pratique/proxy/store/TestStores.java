package dev.pratique.proxy.store;

import dev.pratique.proxy.upstream.BlobSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/** Content stores for tests. */
public final class TestStores {
    private TestStores() {}

    /** One without a limit on the disk. */
    public static ContentStore open(Path directory, Executor disk, BlobSource source, StoreLimits limits)
            throws IOException {
        return open(directory, disk, source, limits, DiskBudget.UNLIMITED, Pins.NONE);
    }

    public static ContentStore open(
            Path directory, Executor disk, BlobSource source, StoreLimits limits, DiskBudget budget, Pins pins)
            throws IOException {
        return ContentStore.open(
                directory,
                new ContentStore.Parts(disk, source, limits, budget, pins, new DiskTrouble(), InstantSource.system()));
    }
}
