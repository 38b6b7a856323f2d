package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
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
        boolean test(byte[] record) throws MalformedEvidenceException;
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
                record ->
                        !now.isBefore(RecordCodec.readVerdict(record).verdict().validUntil()));
    }

    /** Evidence that is too old to be judged by. */
    void evidence(ColumnFamilyHandle family, Duration maxStale) throws RocksDBException {
        delete(
                family,
                record ->
                        !now.isBefore(RecordCodec.readEvidence(record).foundAt().plus(maxStale)));
    }

    int deleted() {
        return deleted;
    }

    // What was written anew since the iterator began may be deleted with the old: a miss, which is asked again.
    private void delete(ColumnFamilyHandle family, Expired expired) throws RocksDBException {
        try (RocksIterator records = db.newIterator(family)) {
            for (records.seekToFirst(); records.isValid() && !stopped.getAsBoolean(); records.next()) {
                if (isExpired(records.value(), expired)) {
                    db.delete(family, records.key());
                    deleted++;
                }
            }
            records.status();
        }
    }

    private static boolean isExpired(byte[] record, Expired expired) {
        try {
            return expired.test(record);
        } catch (MalformedEvidenceException unreadable) {
            return true; // it is a miss already
        }
    }
}
