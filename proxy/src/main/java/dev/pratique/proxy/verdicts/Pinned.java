package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Finds what verdicts in force rest on: their manifests, what these list of manifests, configurations and evidence. */
final class Pinned {
    /** More is no configuration and no evidence, whatever a manifest calls it. */
    private static final long MAX_BYTES = 4L << 20;

    private final RocksDB db;
    private final Instant now;
    /** Repository and digest, as records are named. */
    private final Set<String> manifests = new HashSet<>();

    private final Set<Digest> found = new HashSet<>();

    Pinned(RocksDB db, Instant now) {
        this.db = db;
        this.now = now;
    }

    private interface Each {
        void take(String[] key, byte[] record) throws MalformedEvidenceException;
    }

    Set<Digest> find(ColumnFamilyHandle verdicts, ColumnFamilyHandle members) throws RocksDBException {
        each(verdicts, (key, record) -> {
            if (now.isBefore(RecordCodec.readVerdict(record).verdict().validUntil())) {
                manifests.add(key[0] + "\n" + key[1]);
                found.add(Digest.parse(key[1]));
            }
        });
        Map<String, Member> small = new HashMap<>();
        each(members, (key, record) -> {
            Member member = RecordCodec.readMember(record);
            if (member.kind() != Member.Kind.BLOB) {
                takeManifest(key, member);
            } else if (member.size() <= MAX_BYTES) {
                small.put(key[0] + "\n" + key[1], member);
            }
        });
        for (Map.Entry<String, Member> each : small.entrySet()) {
            takeBlob(each.getKey(), each.getValue());
        }
        return found;
    }

    private void takeManifest(String[] key, Member member) throws MalformedEvidenceException {
        String name = key[0] + "\n" + key[1];
        if (manifests.contains(name) || listed(key[0], member)) {
            found.add(Digest.parse(key[1]));
        }
    }

    // A layer may be as short as a configuration, and is fetched again like any other.
    private void takeBlob(String name, Member member) {
        String repository = name.substring(0, name.indexOf('\n'));
        boolean decides = MediaType.isRunnableConfig(member.mediaType()) || MediaType.isEvidence(member.mediaType());
        if (decides && (listed(repository, member) || member.parents().stream().anyMatch(found::contains))) {
            try {
                found.add(Digest.parse(name.substring(name.indexOf('\n') + 1)));
            } catch (MalformedEvidenceException unreadable) {
                // Nothing is stored under such a name.
            }
        }
    }

    private boolean listed(String repository, Member member) {
        return member.parents().stream().anyMatch(parent -> manifests.contains(repository + "\n" + parent));
    }

    private void each(ColumnFamilyHandle family, Each each) throws RocksDBException {
        try (RocksIterator records = db.newIterator(family)) {
            for (records.seekToFirst(); records.isValid(); records.next()) {
                String[] key = new String(records.key(), StandardCharsets.UTF_8).split("\n", -1);
                try {
                    if (key.length >= 2) {
                        each.take(key, records.value());
                    }
                } catch (MalformedEvidenceException unreadable) {
                    // A record that cannot be read is a miss, and pins nothing.
                }
            }
            records.status();
        }
    }
}
