package dev.pratique.proxy.verdicts;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB, which may be closed, broken, or not to be had: then whatever is asked of it is a miss. Once writing has failed it
 * refuses all further writes, so it is opened anew as soon as the disk takes bytes again. Blocking. Thread safe.
 */
final class Database implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("pratique.store");
    private static final List<String> FAMILIES = List.of("default", "verdicts", "evidence", "members", "tags");
    private static final long MEND_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long CLOSE_NANOS = Duration.ofMillis(1).toNanos();
    private static final int PROBE = 256 << 10;

    private final Path directory;
    private final Consumer<String> trouble;
    private final AtomicLong failures = new AtomicLong();
    /** Whoever uses the database holds the one, whoever replaces or closes it the other. */
    private final ReadWriteLock life = new ReentrantReadWriteLock();

    private final AtomicLong nextMending = new AtomicLong();
    private volatile boolean closing;
    private volatile boolean broken;
    // Guarded by life.
    private @Nullable Open open;

    private record Open(RocksDB db, List<ColumnFamilyHandle> families, DBOptions options) {
        void close() {
            families.forEach(ColumnFamilyHandle::close);
            db.close();
            options.close();
        }
    }

    /** Something done with the database while it is certainly open. */
    interface Work {
        void with(RocksDB db, List<ColumnFamilyHandle> families) throws RocksDBException;
    }

    private Database(Path directory, Consumer<String> trouble, @Nullable Open open) {
        this.directory = directory;
        this.trouble = trouble;
        this.open = open;
        this.broken = open == null;
        this.nextMending.set(System.nanoTime());
    }

    static Database open(Path directory, Consumer<String> trouble) throws IOException {
        RocksDB.loadLibrary();
        makePrivate(directory);
        try {
            return new Database(directory, trouble, openAt(directory));
        } catch (RocksDBException e) {
            if (isNoSpace(e)) {
                trouble.accept(String.valueOf(e.getMessage()));
                return new Database(directory, trouble, null);
            }
            if (!isCorrupt(e)) {
                throw new IOException("cannot open the verdict store; is another proxy using " + directory + "?", e);
            }
            Path aside = putAside(directory);
            LOG.error(
                    "the verdict store is corrupt and was set aside as {}: a new one is begun, and images are judged again ({})",
                    aside,
                    e.getMessage());
        }
        makePrivate(directory);
        try {
            return new Database(directory, trouble, openAt(directory));
        } catch (RocksDBException e) {
            throw new IOException("cannot create the verdict store in " + directory, e);
        }
    }

    private static void makePrivate(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private static Open openAt(Path directory) throws RocksDBException {
        DBOptions options = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setMaxTotalWalSize(64L << 20)
                .setKeepLogFileNum(3);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (String family : FAMILIES) {
            descriptors.add(
                    new ColumnFamilyDescriptor(family.getBytes(StandardCharsets.US_ASCII), new ColumnFamilyOptions()));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            return new Open(RocksDB.open(options, directory.toString(), descriptors, handles), handles, options);
        } catch (RocksDBException e) {
            options.close();
            throw e;
        }
    }

    private static boolean isCorrupt(RocksDBException e) {
        Status status = e.getStatus();
        return status != null
                && (status.getCode() == Status.Code.Corruption
                        || status.getCode() == Status.Code.InvalidArgument
                        || status.getCode() == Status.Code.NotFound);
    }

    private static boolean isNoSpace(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace
                || String.valueOf(e.getMessage()).contains("No space left");
    }

    private static Path putAside(Path directory) throws IOException {
        for (int n = 1; ; n++) {
            Path aside = directory.resolveSibling(directory.getFileName() + ".corrupt-" + n);
            if (!Files.exists(aside)) {
                Files.move(directory, aside);
                return aside;
            }
        }
    }

    /** Does it; false where it could not be done, and then nothing or only a part of it was. */
    boolean use(Work work) {
        if (broken) {
            mend();
        }
        life.readLock().lock();
        try {
            Open now = open;
            if (closing || now == null) {
                return false;
            }
            work.with(now.db(), now.families());
            return true;
        } catch (RocksDBException e) {
            failures.incrementAndGet();
            trouble.accept(String.valueOf(e.getMessage()));
            broken = true;
            return false;
        } finally {
            life.readLock().unlock();
        }
    }

    byte @Nullable [] get(int family, byte[] key) {
        byte[][] found = new byte[1][];
        return use((db, families) -> found[0] = db.get(families.get(family), key)) ? found[0] : null;
    }

    boolean isClosing() {
        return closing;
    }

    /** How often something failed since the start. */
    long failures() {
        return failures.get();
    }

    // What was written before can be read all the while; only where the disk takes bytes again is it closed and opened.
    private void mend() {
        long due = nextMending.get();
        long now = System.nanoTime();
        if (now - due < 0 || !nextMending.compareAndSet(due, now + MEND_NANOS) || !diskTakesBytes()) {
            return;
        }
        // Not to be queued for: who reads it may wait for somebody who would then have to wait behind this one.
        if (!life.writeLock().tryLock()) {
            return;
        }
        try {
            if (closing || !broken || recovered()) {
                return;
            }
            Open before = open;
            open = null;
            if (before != null) {
                before.close();
            }
            open = openAt(directory);
            broken = false;
            LOG.info("the verdict store was opened again after the disk had failed");
        } catch (RocksDBException e) {
            failures.incrementAndGet();
            trouble.accept(String.valueOf(e.getMessage()));
        } finally {
            life.writeLock().unlock();
        }
    }

    // Often enough RocksDB has recovered by itself, or it was a read that failed.
    private boolean recovered() {
        Open now = open;
        if (now == null) {
            return false;
        }
        try {
            now.db().put(now.families().get(0), new byte[] {0}, new byte[] {0});
            broken = false;
            return true;
        } catch (RocksDBException stillBroken) {
            return false;
        }
    }

    private boolean diskTakesBytes() {
        Path probe = directory.resolveSibling(directory.getFileName() + ".probe");
        try {
            Files.write(probe, new byte[PROBE]);
            return true;
        } catch (IOException notYet) {
            return false;
        } finally {
            try {
                Files.deleteIfExists(probe);
            } catch (IOException readOnly) {
                // It is empty or was never there.
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        while (!life.writeLock().tryLock()) {
            LockSupport.parkNanos(CLOSE_NANOS);
        }
        try {
            Open last = open;
            open = null;
            if (last != null) {
                last.close();
            }
        } finally {
            life.writeLock().unlock();
        }
    }
}
