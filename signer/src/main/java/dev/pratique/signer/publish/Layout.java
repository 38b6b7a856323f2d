package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UnwrittenFile;
import dev.pratique.signer.http.Retries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of an OCI image layout (image-spec, image-layout.md). Blocking. */
final class Layout {
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final int MAX_INDEX = 32 << 20;
    private static final int MAX_ENTRIES = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path root;
    private final InstantSource clock;

    Layout(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /**
     * One entry of {@code index.json}.
     *
     * @param json as it stands there
     * @param name the annotation org.opencontainers.image.ref.name, or null
     */
    record Entry(
            JsonObject json,
            Descriptor descriptor,
            @Nullable String name) {}

    /** {@code index.json}, with every member of it. */
    record Index(JsonObject json, List<Entry> entries) {}

    /** Something that is done while nobody else writes. */
    @FunctionalInterface
    interface Writing<T> {
        T run() throws Failure, IOException;
    }

    Index index() throws Failure {
        Path file = root.resolve("index.json");
        try {
            JsonObject json = StrictJson.parseObject(read(file, MAX_INDEX), "it", MAX_INDEX);
            List<Entry> entries = new ArrayList<>();
            for (JsonValue value : json.get("manifests").asArray("manifests", MAX_ENTRIES)) {
                JsonObject entry = value.asObject("manifests");
                Descriptor descriptor = Descriptor.from(entry, "manifests[" + entries.size() + "]");
                entries.add(
                        new Entry(entry, descriptor, descriptor.annotations().get(REF_NAME)));
            }
            return new Index(json, List.copyOf(entries));
        } catch (NoSuchFileException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "there is no OCI layout in " + root,
                            "a layout has the files oci-layout and index.json; skopeo copy and crane pull --format oci make one")
                    .because(e);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            file + " cannot be used: " + e.getMessage(),
                            "mend or copy the layout again: skopeo copy writes one")
                    .because(e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** A manifest of this digest, wherever in the layout it is from. */
    Optional<Manifest> manifest(Digest digest, @Nullable String mediaType) throws Failure {
        Optional<byte[]> bytes = blob(digest, Manifest.MAX_BYTES);
        try {
            return bytes.isEmpty() ? Optional.empty() : Optional.of(Manifest.parse(bytes.get(), mediaType));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the manifest " + digest + " in " + root + " cannot be used: " + e.getMessage(),
                            "the layout is damaged: copy the image into it again")
                    .because(e);
        }
    }

    /** A blob, whose bytes have this digest; empty where there is none. */
    Optional<byte[]> blob(Digest digest, long max) throws Failure {
        Path file = file(digest);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            byte[] bytes = read(file, max);
            if (!digest.matches(bytes)) {
                throw Failure.of(
                        Kind.FAILED,
                        "the file of blob " + digest + " in " + root + " holds something else",
                        "the layout is damaged: remove that file and copy the image into it again");
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    boolean has(Digest digest) {
        return Files.isRegularFile(file(digest));
    }

    private Path file(Digest digest) {
        return root.resolve("blobs").resolve(digest.algorithm().prefix()).resolve(digest.hex());
    }

    private static byte[] read(Path file, long max) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) Math.min(max + 1, Integer.MAX_VALUE - 64));
            if (bytes.length > max) {
                throw new IOException("larger than " + max + " bytes");
            }
            return bytes;
        }
    }

    /** Does it while no other of these programs, nor another thread of this one, writes to the layout. */
    <T> T writing(Writing<T> writing) throws Failure {
        // The one file of a layout that nobody replaces.
        Path anchor = root.resolve("oci-layout");
        try (FileChannel channel = FileChannel.open(anchor, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (!lock.isValid()) {
                throw new IOException("the lock was lost");
            }
            return writing.run();
        } catch (NoSuchFileException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "there is no OCI layout in " + root,
                            "a layout has the files oci-layout and index.json; skopeo copy and crane pull --format oci make one")
                    .because(e);
        } catch (IOException e) {
            throw UnwrittenFile.because(root, e);
        }
    }

    private FileLock lock(FileChannel channel) throws IOException, Failure {
        Instant end = clock.instant().plus(PATIENCE);
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException ofThisProcess) {
                // Another thread has it: a lock of files is the whole process's.
            }
            if (clock.instant().isAfter(end)) {
                throw Failure.of(
                        Kind.FAILED,
                        "another program has been writing to the layout " + root + " for " + PATIENCE.toSeconds()
                                + " s",
                        "run it again when that one has ended");
            }
            Retries.sleep(Retries.pause(Duration.ofMillis(10)));
        }
    }

    /** Puts a blob in its place, at once and whole. */
    void write(Digest digest, byte[] bytes) throws IOException {
        Path file = file(digest);
        if (Files.isRegularFile(file) && digest.matches(Files.readAllBytes(file))) {
            return;
        }
        Files.createDirectories(root.resolve("blobs").resolve(digest.algorithm().prefix()));
        WholeFile.write(file, bytes);
    }

    void writeIndex(byte[] bytes) throws IOException {
        WholeFile.write(root.resolve("index.json"), bytes);
    }

    private static Failure unreadable(Path file, IOException e) {
        return Failure.of(Kind.FAILED, file + " cannot be read", "see who may read it: ls -l " + file)
                .because(e);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
