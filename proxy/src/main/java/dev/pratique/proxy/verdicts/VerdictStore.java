package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Verdicts, evidence and membership on disk. Whoever can write its directory can admit, so it is readable by its owner
 * alone. Blocking: judges call it, event loops never do. Thread safe.
 */
public final class VerdictStore implements Closeable {
    private static final List<String> FAMILIES = List.of("default", "verdicts", "evidence", "members", "tags");

    private final RocksDB db;
    private final List<ColumnFamilyHandle> families;
    private final DBOptions options;
    private final AtomicLong unreadable = new AtomicLong();
    /** Members are read, changed and written: one at a time. */
    private final Object memberLock = new Object();
    /** Whoever uses the database holds the one, whoever closes it the other: after that everything is a miss. */
    private final ReadWriteLock life = new ReentrantReadWriteLock();

    private volatile boolean closing;

    private VerdictStore(RocksDB db, List<ColumnFamilyHandle> families, DBOptions options) {
        this.db = db;
        this.families = families;
        this.options = options;
    }

    /**
     * Opens or creates it. A store that is corrupt is put aside and a new one begun: nothing is lost but time.
     *
     * @throws IOException where the directory cannot be used, for example because another process has it open
     */
    public static VerdictStore open(Path directory) throws IOException {
        RocksDB.loadLibrary();
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        try {
            return openAt(directory);
        } catch (RocksDBException e) {
            if (!corrupt(e)) {
                throw new IOException("cannot open the verdict store; is another proxy using " + directory + "?", e);
            }
        }
        putAside(directory);
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        try {
            return openAt(directory);
        } catch (RocksDBException e) {
            throw new IOException("cannot create the verdict store in " + directory, e);
        }
    }

    private static VerdictStore openAt(Path directory) throws RocksDBException {
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
        RocksDB db = RocksDB.open(options, directory.toString(), descriptors, handles);
        return new VerdictStore(db, handles, options);
    }

    private static boolean corrupt(RocksDBException e) {
        Status status = e.getStatus();
        return status != null
                && (status.getCode() == Status.Code.Corruption
                        || status.getCode() == Status.Code.InvalidArgument
                        || status.getCode() == Status.Code.NotFound);
    }

    private static void putAside(Path directory) throws IOException {
        for (int n = 1; ; n++) {
            Path aside = directory.resolveSibling(directory.getFileName() + ".corrupt-" + n);
            if (!Files.exists(aside)) {
                Files.move(directory, aside);
                return;
            }
        }
    }

    /** The admission under exactly this key, unless it was judged after {@code now}. It may have expired. */
    public Optional<StoredVerdict> verdict(VerdictKey key, Instant now) {
        byte[] bytes = get(1, key.bytes());
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            StoredVerdict stored = RecordCodec.readVerdict(bytes);
            return stored.judgedAt().isAfter(now) ? Optional.empty() : Optional.of(stored);
        } catch (MalformedEvidenceException e) {
            unreadable.incrementAndGet();
            return Optional.empty();
        }
    }

    /** The evidence that was last found beside an image. */
    public Optional<FoundEvidence> evidence(Repository repository, Digest digest) {
        byte[] bytes = get(2, key(repository, digest.toString()));
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordCodec.readEvidence(bytes));
        } catch (MalformedEvidenceException e) {
            unreadable.incrementAndGet();
            return Optional.empty();
        }
    }

    /** How a digest belongs to a repository. */
    public Optional<Member> member(Repository repository, Digest digest) {
        byte[] bytes = get(3, key(repository, digest.toString()));
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordCodec.readMember(bytes));
        } catch (MalformedEvidenceException e) {
            unreadable.incrementAndGet();
            return Optional.empty();
        }
    }

    /** What a tag last resolved to. */
    public Optional<SeenTag> tag(Repository repository, String tag) {
        byte[] bytes = get(4, key(repository, tag));
        if (bytes == null) {
            return Optional.empty();
        }
        String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", -1);
        try {
            return Optional.of(new SeenTag(Digest.parse(parts[0]), Instant.ofEpochMilli(Long.parseLong(parts[1]))));
        } catch (MalformedEvidenceException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            unreadable.incrementAndGet();
            return Optional.empty();
        }
    }

    /** What a tag resolved to, and when the upstream said so. */
    public record SeenTag(Digest digest, Instant at) {}

    /** Records that could not be read and counted as misses since the start. */
    public long unreadable() {
        return unreadable.get();
    }

    /** One change, all or nothing. */
    public final class Change {
        private final List<Write> writes = new ArrayList<>();
        private final List<MemberChange> members = new ArrayList<>();

        private record Write(int family, byte[] key, byte[] value) {}

        private record MemberChange(
                Repository repository,
                Digest digest,
                Member asNew,
                @Nullable Digest parent,
                long confirmedAt) {}

        public Change verdict(VerdictKey key, StoredVerdict verdict) {
            writes.add(new Write(1, key.bytes(), RecordCodec.write(verdict)));
            return this;
        }

        public Change evidence(Repository repository, Digest digest, FoundEvidence found) {
            writes.add(new Write(2, key(repository, digest.toString()), RecordCodec.write(found)));
            return this;
        }

        public Change tag(Repository repository, String tag, SeenTag seen) {
            String text = seen.digest() + " " + seen.at().toEpochMilli();
            writes.add(new Write(4, key(repository, tag), text.getBytes(StandardCharsets.US_ASCII)));
            return this;
        }

        /** A digest that an admitted manifest of the repository lists. */
        public Change memberThrough(Repository repository, Digest digest, Member asNew, Digest parent) {
            members.add(new MemberChange(repository, digest, asNew, parent, 0));
            return this;
        }

        /** A digest that the upstream has just served in this repository. */
        public Change memberConfirmed(Repository repository, Digest digest, Member asNew, Instant at) {
            members.add(new MemberChange(repository, digest, asNew, null, at.toEpochMilli()));
            return this;
        }

        /** Writes it. What cannot be written is a later miss. */
        public void commit() {
            life.readLock().lock();
            try {
                if (!closing) {
                    write();
                }
            } finally {
                life.readLock().unlock();
            }
        }

        private void write() {
            synchronized (memberLock) {
                try (WriteBatch batch = new WriteBatch();
                        WriteOptions how = new WriteOptions()) {
                    for (Write write : writes) {
                        batch.put(families.get(write.family()), write.key(), write.value());
                    }
                    for (Map.Entry<String, Member> member : changedMembers().entrySet()) {
                        batch.put(
                                families.get(3),
                                member.getKey().getBytes(StandardCharsets.UTF_8),
                                RecordCodec.write(member.getValue()));
                    }
                    db.write(how, batch);
                } catch (RocksDBException e) {
                    unreadable.incrementAndGet();
                }
            }
        }

        // One change may touch a digest more than once: an image can list one layer twice.
        private Map<String, Member> changedMembers() {
            Map<String, Member> changed = new LinkedHashMap<>();
            for (MemberChange change : members) {
                String key = change.repository() + "\n" + change.digest();
                Member known = changed.containsKey(key)
                        ? changed.get(key)
                        : member(change.repository(), change.digest()).orElse(change.asNew());
                changed.put(key, apply(change, known));
            }
            return changed;
        }

        private Member apply(MemberChange change, Member known) {
            Member typed = known.as(change.asNew());
            Member through = change.parent() == null ? typed : typed.through(change.parent());
            return change.confirmedAt() == 0 ? through : through.confirmed(change.confirmedAt());
        }
    }

    /**
     * Deletes verdicts that have ended and evidence that is too old. Takes as long as reading all of them, or until closed.
     *
     * @param maxStale how old evidence may be
     * @return how many were deleted
     */
    public int sweep(Instant now, Duration maxStale) {
        life.readLock().lock();
        try {
            Sweep sweep = new Sweep(db, now, () -> closing);
            if (!closing) {
                sweep.verdicts(families.get(1));
                sweep.evidence(families.get(2), maxStale);
            }
            return sweep.deleted();
        } catch (RocksDBException e) {
            unreadable.incrementAndGet();
            return 0;
        } finally {
            life.readLock().unlock();
        }
    }

    /** Begins a change. Not to be shared between threads. */
    public Change change() {
        return new Change();
    }

    private byte @Nullable [] get(int family, byte[] key) {
        life.readLock().lock();
        try {
            return closing ? null : db.get(families.get(family), key);
        } catch (RocksDBException e) {
            unreadable.incrementAndGet();
            return null;
        } finally {
            life.readLock().unlock();
        }
    }

    private static byte[] key(Repository repository, String rest) {
        return (repository + "\n" + rest).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closing = true;
        life.writeLock().lock();
        try {
            families.forEach(ColumnFamilyHandle::close);
            db.close();
            options.close();
        } finally {
            life.writeLock().unlock();
        }
    }
}
