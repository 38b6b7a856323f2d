package dev.pratique.proxy.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {
    private static final StoreLimits SMALL = new StoreLimits(4, 1000, 3000, 1 << 20, 2, 5000);

    @TempDir
    Path dir;

    private final ExecutorService disk = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        disk.shutdownNow();
    }

    private ContentStore open() throws IOException {
        return TestStores.open(dir, disk, new ScriptedSource(), SMALL);
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void keeps_content_under_its_digest() throws Exception {
        byte[] content = bytes(2000, 1);
        Digest digest = Digest.sha256(content);
        Digest longer = Digest.of(Digest.Algorithm.SHA512, content);
        try (ContentStore store = open()) {
            assertThat(store.contains(digest)).isFalse();
            assertThat(store.acquire(digest)).isEmpty();
            store.put(digest, content);
            store.put(digest, content);
            store.put(longer, content);
            assertThat(store.read(digest, 4000))
                    .hasValueSatisfying(read -> assertThat(read).isEqualTo(content));
            assertThatThrownBy(() -> store.read(digest, 1999)).isInstanceOf(IOException.class);
        }
        assertThat(dir.resolve("blobs/sha256")
                        .resolve(digest.hex().substring(0, 2))
                        .resolve(digest.hex()))
                .hasBinaryContent(content);
        assertThat(dir.resolve("blobs/sha512")
                        .resolve(longer.hex().substring(0, 2))
                        .resolve(longer.hex()))
                .hasBinaryContent(content);
        assertThat(dir.resolve("partial")).isEmptyDirectory();
        try (ContentStore again = open()) {
            assertThat(again.contains(digest)).isTrue();
            Awaitility.await().until(() -> again.bytesStored() == 4000);
        }
    }

    @Test
    @DisplayName("REG-03: bytes with another digest are not stored")
    void refuses_bytes_with_another_digest() throws Exception {
        try (ContentStore store = open()) {
            Digest digest = Digest.sha256("right".getBytes(UTF_8));
            assertThatThrownBy(() -> store.put(digest, "wrong".getBytes(UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(store.contains(digest)).isFalse();
        }
    }

    @Test
    @DisplayName("RES-03: what a crash left half-written is deleted at the start, what was complete is kept")
    void opening_deletes_partial_files_and_keeps_complete_ones() throws Exception {
        byte[] content = bytes(100, 2);
        try (ContentStore store = open()) {
            store.put(Digest.sha256(content), content);
        }
        Files.write(dir.resolve("partial/sha256-" + Digest.sha256(bytes(5, 5)).hex() + "-1"), bytes(3, 3));
        try (ContentStore store = open()) {
            assertThat(dir.resolve("partial")).isEmptyDirectory();
            assertThat(store.contains(Digest.sha256(content))).isTrue();
        }
    }

    @Test
    void directories_are_for_the_owner_alone() throws Exception {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (ContentStore store = open()) {
            byte[] content = bytes(10, 3);
            store.put(Digest.sha256(content), content);
        }
        try (var all = Files.walk(dir)) {
            for (Path each : all.filter(Files::isDirectory).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                        .isEqualTo("rwx------");
            }
        }
    }

    @Test
    void one_process_has_the_directory() throws Exception {
        try (ContentStore store = open()) {
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("in use");
        }
        open().close();
    }

    @Test
    void damaged_content_is_found_when_it_is_read_and_forgotten() throws Exception {
        byte[] content = bytes(100, 4);
        Digest digest = Digest.sha256(content);
        try (ContentStore store = open()) {
            store.put(digest, content);
            Path file = dir.resolve("blobs/sha256")
                    .resolve(digest.hex().substring(0, 2))
                    .resolve(digest.hex());
            Files.write(file, bytes(100, 5));
            assertThat(store.read(digest, 1000)).isEmpty();
            assertThat(store.contains(digest)).isFalse();
        }
    }

    @Test
    void a_hit_needs_no_disk() throws Exception {
        byte[] small = bytes(500, 6);
        byte[] large = bytes(5000, 7);
        try (ContentStore store = open()) {
            store.put(Digest.sha256(small), small);
            store.put(Digest.sha256(large), large);
            assertThat(store.acquireCached(Digest.sha256(small))).isEmpty();
            store.acquireLater(Digest.sha256(small))
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS)
                    .orElseThrow()
                    .release();
            store.acquire(Digest.sha256(large)).orElseThrow().release();
            try (var files = Files.walk(dir.resolve("blobs"))) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(each);
                }
            }
            StoredContent inMemory = store.acquireCached(Digest.sha256(small)).orElseThrow();
            assertThat(inMemory.inMemory()).isTrue();
            assertThat(read(inMemory)).isEqualTo(small);
            StoredContent inFile = store.acquireCached(Digest.sha256(large)).orElseThrow();
            assertThat(inFile.inMemory()).isFalse();
            assertThat(read(inFile)).isEqualTo(large);
            inMemory.release();
            inFile.release();
        }
    }

    @Test
    @DisplayName("RES-01: open files and memory stay within their limits")
    void the_caches_are_bounded_and_what_is_in_use_stays_usable() throws Exception {
        try (ContentStore store = open()) {
            List<StoredContent> held = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                for (int length : new int[] {900, 2000}) {
                    byte[] content = bytes(length, 100 + i);
                    store.put(Digest.sha256(content), content);
                    held.add(store.acquire(Digest.sha256(content)).orElseThrow());
                }
            }
            long cached = 0;
            for (int i = 0; i < 20; i++) {
                for (int length : new int[] {900, 2000}) {
                    Optional<StoredContent> content = store.acquireCached(Digest.sha256(bytes(length, 100 + i)));
                    cached += content.isPresent() ? 1 : 0;
                    content.ifPresent(StoredContent::release);
                }
            }
            assertThat(cached).isLessThanOrEqualTo(4 + 3).isPositive();
            for (int i = 0; i < 20; i++) {
                assertThat(read(held.get(2 * i))).isEqualTo(bytes(900, 100 + i));
                assertThat(read(held.get(2 * i + 1))).isEqualTo(bytes(2000, 100 + i));
            }
            held.forEach(StoredContent::release);
        }
    }

    @Test
    void many_threads_share_the_caches() throws Exception {
        try (ContentStore store = open()) {
            List<byte[]> contents = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                contents.add(bytes(i % 2 == 0 ? 800 : 1500, i));
                store.put(Digest.sha256(contents.get(i)), contents.get(i));
            }
            List<Future<?>> readers = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(8);
            for (int reader = 0; reader < 8; reader++) {
                Random random = new Random(reader);
                readers.add(threads.submit(() -> {
                    for (int i = 0; i < 2000; i++) {
                        byte[] expected = contents.get(random.nextInt(12));
                        StoredContent content =
                                store.acquire(Digest.sha256(expected)).orElseThrow();
                        assertThat(read(content)).isEqualTo(expected);
                        content.release();
                    }
                    return null;
                }));
            }
            for (Future<?> reader : readers) {
                reader.get(60, TimeUnit.SECONDS);
            }
            threads.shutdown();
        }
    }

    static byte[] read(StoredContent content) throws IOException {
        Path copy = Files.createTempFile("content", "");
        try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            if (content.inMemory()) {
                var buffer = content.bytes().orElseThrow();
                buffer.readBytes(out, buffer.readableBytes());
                buffer.release();
            } else {
                var region = content.region(0, content.size());
                region.transferTo(out, 0);
                region.release();
            }
            return Files.readAllBytes(copy);
        } finally {
            Files.delete(copy);
        }
    }
}
