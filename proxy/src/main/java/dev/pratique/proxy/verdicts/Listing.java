package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads verdicts in the order of their keys, so many at a time. */
final class Listing {
    /** Sorts after whatever follows a subject in a key. */
    private static final String LAST = "\n\u007f";

    private final List<WrittenVerdicts.Written> found = new ArrayList<>();
    private int unreadable;

    /**
     * Reads on.
     *
     * @param prefix what keys must begin with
     * @param after the subject after which to go on; empty: from the beginning
     * @param most how many records are read
     */
    WrittenVerdicts read(
            RocksDB db, ColumnFamilyHandle family, String prefix, String after, int most, BooleanSupplier stopped)
            throws RocksDBException {
        byte[] begin = prefix.getBytes(StandardCharsets.UTF_8);
        String last = "";
        int read = 0;
        try (RocksIterator records = db.newIterator(family)) {
            records.seek((after.isEmpty() ? prefix : after + LAST).getBytes(StandardCharsets.UTF_8));
            for (; records.isValid() && beginsWith(records.key(), begin); records.next()) {
                String subject = subject(records.key());
                // Not within a subject: whoever goes on does so after it.
                if (stopped.getAsBoolean() || read >= most && !subject.equals(last)) {
                    return new WrittenVerdicts(found, Optional.of(last).filter(text -> !text.isEmpty()));
                }
                take(records.key(), records.value());
                last = subject;
                read++;
            }
            records.status();
        }
        return new WrittenVerdicts(found, Optional.empty());
    }

    /** How many records could not be read. */
    int unreadable() {
        return unreadable;
    }

    private void take(byte[] key, byte[] value) {
        try {
            found.add(new WrittenVerdicts.Written(VerdictKey.read(key), RecordCodec.readVerdict(value)));
        } catch (MalformedEvidenceException e) {
            unreadable++;
        }
    }

    private static String subject(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n', text.lastIndexOf('\n') - 1);
        return end < 0 ? text : text.substring(0, end);
    }

    private static boolean beginsWith(byte[] key, byte[] begin) {
        if (key.length < begin.length) {
            return false;
        }
        for (int i = 0; i < begin.length; i++) {
            if (key[i] != begin[i]) {
                return false;
            }
        }
        return true;
    }
}
