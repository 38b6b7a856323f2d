package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Verdicts, evidence and membership on disk. Whoever can write its directory can admit, so it is readable by its owner
 * alone. Blocking: judges call it, event loops never do. Thread safe.
 */
public final class VerdictStore implements Closeable {
    /** For how long a layer is remembered that is not stored and that nobody asks for. */
    private static final Duration MEMBER_LIFE = Duration.ofDays(30);
    /** Tags are remembered at least this long, so that {@code tags.staleIfError} can be raised when an upstream goes. */
    private static final Duration TAG_LIFE = Duration.ofDays(1);

    private final Database database;
    private final AtomicLong unreadable = new AtomicLong();
    /** Members are read, changed and written: one at a time. */
    private final Object memberLock = new Object();

    private VerdictStore(Database database) {
        this.database = database;
    }

    /**
     * Opens or creates it. A store that is corrupt is put aside and a new one begun: nothing is lost but time. Where the disk
     * is full it is a store of misses until there is room.
     *
     * @param trouble told what the disk or the library says, each time that something could not be read or written
     * @throws IOException where the directory cannot be used, for example because another process has it open
     */
    public static VerdictStore open(Path directory, Consumer<String> trouble) throws IOException {
        return new VerdictStore(Database.open(directory, trouble));
    }

    /** The admission under exactly this key, unless it was judged after {@code now}. It may have expired. */
    public Optional<StoredVerdict> verdict(VerdictKey key, Instant now) {
        byte[] bytes = database.get(1, key.bytes());
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

    /**
     * Admissions in the order of their subjects, of every revision. Reads so many at most.
     *
     * @param repository only those of it
     * @param after the subject after which to go on; empty: from the beginning
     */
    public WrittenVerdicts verdicts(Optional<Repository> repository, String after, int most) {
        Listing listing = new Listing();
        String prefix = repository.map(name -> name + "\n").orElse("");
        WrittenVerdicts[] read = {new WrittenVerdicts(List.of(), Optional.empty())};
        var unused = database.use((db, families) ->
                read[0] = listing.read(db, families.get(1), prefix, after, most, database::isClosing));
        unreadable.addAndGet(listing.unreadable());
        return read[0];
    }

    /** The evidence that was last found beside an image. */
    public Optional<FoundEvidence> evidence(Repository repository, Digest digest) {
        byte[] bytes = database.get(2, key(repository, digest.toString()));
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
        byte[] bytes = database.get(3, key(repository, digest.toString()));
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
        byte[] bytes = database.get(4, key(repository, tag));
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordCodec.readTag(bytes));
        } catch (MalformedEvidenceException e) {
            unreadable.incrementAndGet();
            return Optional.empty();
        }
    }

    /** What a tag resolved to, and when the upstream said so. */
    public record SeenTag(Digest digest, Instant at) {}

    /** Records that could not be read or written, and counted as misses, since the start. */
    public long unreadable() {
        return unreadable.get() + database.failures();
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
            writes.add(new Write(4, key(repository, tag), RecordCodec.write(seen)));
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
            synchronized (memberLock) {
                Map<String, Member> changed = changedMembers();
                database.use((db, families) -> {
                    // Not flushed to the disk: it survives the end of the process, and after a power cut it is a miss.
                    try (WriteBatch batch = new WriteBatch();
                            WriteOptions how = new WriteOptions()) {
                        for (Write write : writes) {
                            batch.put(families.get(write.family()), write.key(), write.value());
                        }
                        for (Map.Entry<String, Member> member : changed.entrySet()) {
                            batch.put(
                                    families.get(3),
                                    member.getKey().getBytes(StandardCharsets.UTF_8),
                                    RecordCodec.write(member.getValue()));
                        }
                        db.write(how, batch);
                    }
                });
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
     * What a sweep leaves.
     *
     * @param maxStale how old evidence may be
     * @param tags for how long a tag is used while the upstream cannot be asked
     * @param stored whether content is stored
     */
    public record Kept(Duration maxStale, Duration tags, Predicate<Digest> stored) {}

    /**
     * Deletes what has ended or is too old. Takes as long as reading all records, or until closed.
     *
     * @return how many were deleted
     */
    public int sweep(Instant now, Kept kept) {
        AtomicInteger deleted = new AtomicInteger();
        var unused = database.use((db, families) -> {
            Sweep sweep = new Sweep(db, now, database::isClosing);
            sweep.verdicts(families.get(1));
            sweep.evidence(families.get(2), kept.maxStale());
            sweep.members(families.get(3), MEMBER_LIFE, kept.stored(), memberLock);
            sweep.tags(families.get(4), kept.tags().compareTo(TAG_LIFE) > 0 ? kept.tags() : TAG_LIFE);
            deleted.set(sweep.deleted());
        });
        return deleted.get();
    }

    /** Digests of manifests, configurations and evidence that verdicts in force rest on. Reads all records. */
    public Set<Digest> pinned(Instant now) {
        Set<Digest> pinned = new HashSet<>();
        var unused = database.use(
                (db, families) -> pinned.addAll(new Pinned(db, now).find(families.get(1), families.get(3))));
        return pinned;
    }

    /** Begins a change. Not to be shared between threads. */
    public Change change() {
        return new Change();
    }

    private static byte[] key(Repository repository, String rest) {
        return (repository + "\n" + rest).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        database.close();
    }
}
