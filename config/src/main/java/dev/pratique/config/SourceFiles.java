package dev.pratique.config;

import dev.pratique.config.yaml.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The files of one reading: each is read once, and its stamp taken before, so that a change meanwhile is noticed. */
final class SourceFiles {
    private final Path directory;
    private final Map<Path, Optional<Stamp>> stamps = new LinkedHashMap<>();
    private final Map<Path, Optional<byte[]>> contents = new LinkedHashMap<>();

    /** @param directory absolute */
    SourceFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * What tells one state of a file from another. Symbolic links are followed: where Kubernetes turns {@code ..data} to
     * another directory, the inode is another.
     */
    record Stamp(long size, FileTime modified, Optional<Object> inode) {
        static Optional<Stamp> of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(new Stamp(now.size(), now.lastModifiedTime(), Optional.ofNullable(now.fileKey())));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    Path directory() {
        return directory;
    }

    /** A path as it is written in a file of the directory. */
    Path resolve(String written) {
        return directory.resolve(written).normalize();
    }

    /**
     * The bytes, at most one more than a file may have; empty where there is no such file.
     *
     * @throws IOException where there is one, and it cannot be read
     */
    Optional<byte[]> read(Path file) throws IOException {
        Optional<byte[]> known = contents.get(file);
        if (known != null) {
            return known;
        }
        stamps.put(file, Stamp.of(file));
        Optional<byte[]> bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = Optional.of(in.readNBytes(YamlText.MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            bytes = Optional.empty();
        }
        contents.put(file, bytes);
        return bytes;
    }

    /** Counts a file that somebody else reads among those whose change is noticed. */
    void watch(Path file) {
        stamps.putIfAbsent(file, Stamp.of(file));
    }

    /** What was read, by path, in a fixed order. */
    Map<Path, byte[]> contents() {
        Map<Path, byte[]> read = new LinkedHashMap<>();
        contents.forEach((path, bytes) -> bytes.ifPresent(present -> read.put(path, present)));
        return read;
    }

    /** Whether every file still is as it was when it was read, absent ones absent. */
    boolean unchanged() {
        return stamps.entrySet().stream().allMatch(entry -> Objects.equals(entry.getValue(), Stamp.of(entry.getKey())));
    }
}
