package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Deletes records that nothing will ever be decided by again, so that the store does not grow with every image ever pulled. */
final class Sweep {
    private final RocksDB db;
    private final Instant now;
    private final BooleanSupplier stopped;
    private int deleted;

    /** Whether a record is of no more use. */
    private interface Expired {
        boolean test(byte[] key, byte[] record) throws MalformedEvidenceException, RocksDBException;
    }

    /** @param stopped asked between records */
    Sweep(RocksDB db, Instant now, BooleanSupplier stopped) {
        this.db = db;
        this.now = now;
        this.stopped = stopped;
    }

    /** Verdicts that have ended. */
    void verdicts(ColumnFamilyHandle family) throws RocksDBException {
        delete(
                family,
                new Object(),
                (key, record) ->
                        !now.isBefore(RecordCodec.readVerdict(record).verdict().validUntil()));
    }

    /** Evidence that is too old to be judged by. */
    void evidence(ColumnFamilyHandle family, Duration maxStale) throws RocksDBException {
        delete(
                family,
                new Object(),
                (key, record) ->
                        !now.isBefore(RecordCodec.readEvidence(record).foundAt().plus(maxStale)));
    }

    /** Tags that would not be used even while the upstream cannot be asked. */
    void tags(ColumnFamilyHandle family, Duration life) throws RocksDBException {
        delete(
                family,
                new Object(),
                (key, record) -> !now.isBefore(RecordCodec.readTag(record).at().plus(life)));
    }

    /**
     * Layers and configurations that are not stored, that the upstream has not served for long, and that no manifest lists
     * that it has served lately. To forget one refuses it until its image is pulled again. What is known to be a manifest is
     * never forgotten: who knew it only as a layer of some image would serve it without judging it.
     *
     * @param lock held by whoever changes members
     */
    void members(ColumnFamilyHandle family, Duration life, Predicate<Digest> stored, Object lock)
            throws RocksDBException {
        delete(family, lock, (key, record) -> {
            Member member = RecordCodec.readMember(record);
            String[] names = new String(key, StandardCharsets.UTF_8).split("\n", -1);
            return member.kind() == Member.Kind.BLOB
                    && !lately(member, life)
                    && !stored.test(Digest.parse(names[1]))
                    && !anyListsIt(family, names[0], member, life);
        });
    }

    private boolean anyListsIt(ColumnFamilyHandle family, String repository, Member member, Duration life)
            throws RocksDBException {
        for (Digest parent : member.parents()) {
            byte[] record = db.get(family, (repository + "\n" + parent).getBytes(StandardCharsets.UTF_8));
            try {
                if (record != null && lately(RecordCodec.readMember(record), life)) {
                    return true;
                }
            } catch (MalformedEvidenceException unreadable) {
                // A record that cannot be read is a miss, and lists nothing.
            }
        }
        return false;
    }

    private boolean lately(Member member, Duration life) {
        return now.isBefore(Instant.ofEpochMilli(member.confirmedAt()).plus(life));
    }

    int deleted() {
        return deleted;
    }

    private void delete(ColumnFamilyHandle family, Object lock, Expired expired) throws RocksDBException {
        for (byte[] key : expired(family, expired)) {
            synchronized (lock) {
                // It may have been written anew since.
                byte[] record = db.get(family, key);
                if (record != null && isExpired(key, record, expired)) {
                    db.delete(family, key);
                    deleted++;
                }
            }
        }
    }

    private List<byte[]> expired(ColumnFamilyHandle family, Expired expired) throws RocksDBException {
        List<byte[]> keys = new ArrayList<>();
        try (RocksIterator records = db.newIterator(family)) {
            for (records.seekToFirst(); records.isValid() && !stopped.getAsBoolean(); records.next()) {
                if (isExpired(records.key(), records.value(), expired)) {
                    keys.add(records.key());
                }
            }
            records.status();
        }
        return keys;
    }

    private static boolean isExpired(byte[] key, byte[] record, Expired expired) throws RocksDBException {
        try {
            return expired.test(key, record);
        } catch (MalformedEvidenceException | ArrayIndexOutOfBoundsException unreadable) {
            return true; // it is a miss already
        }
    }
}
