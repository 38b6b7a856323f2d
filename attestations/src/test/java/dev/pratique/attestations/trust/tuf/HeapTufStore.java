package dev.pratique.attestations.trust.tuf;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a test can look into. */
final class HeapTufStore implements TufStore {
    final Map<String, byte[]> files = new TreeMap<>();

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(files.get(name));
    }

    @Override
    public void write(String name, byte[] content) {
        if (!name.matches("[a-z0-9.-]{1,100}")) {
            throw new AssertionError("not a name that every file system takes: " + name);
        }
        files.put(name, content.clone());
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }
}
