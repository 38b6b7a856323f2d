package dev.pratique.proxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubTest {
    private static final StoreLimits LIMITS = new StoreLimits(64, 1000, 500_000, 64L << 20, 8, 5000);
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    Path dir;

    private final ExecutorService disk = Executors.newFixedThreadPool(4);
    private ContentStore store;

    @BeforeEach
    void open() throws IOException {
        store = TestStores.open(dir, disk, new ScriptedSource(), LIMITS);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        disk.shutdown();
    }

    private Digest put(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        Digest digest = Digest.sha256(bytes);
        store.put(digest, bytes);
        return digest;
    }

    private Path file(Digest digest) {
        return dir.resolve("blobs/sha256").resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
    }

    private void flipOneBit(Digest digest) throws IOException {
        try (FileChannel file = FileChannel.open(file(digest), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, file.size() / 2);
            one.put(0, (byte) (one.get(0) ^ 4));
            file.write(one.flip(), file.size() / 2);
        }
    }

    private Duration pass(Instant now) throws InterruptedException {
        return new Scrub(store, WEEK, InstantSource.fixed(now)).pass();
    }

    @Test
    void finds_one_flipped_bit_in_a_large_content_and_removes_it() throws Exception {
        Digest whole = put(300_000, 1);
        Digest damaged = put(300_000, 2);
        flipOneBit(damaged);
        assertThat(pass(NOW)).isEqualTo(WEEK);
        assertThat(store.contains(whole)).isTrue();
        assertThat(store.contains(damaged)).isFalse();
        assertThat(store.acquire(damaged)).isEmpty();
        assertThat(store.figures().damaged()).isOne();
        assertThat(store.figures().scrubbedBytes()).isEqualTo(600_000);
        assertThat(store.bytesStored()).isEqualTo(300_000);
    }

    @Test
    void rests_until_a_period_has_passed_even_over_a_restart() throws Exception {
        put(100_000, 1);
        pass(NOW);
        assertThat(pass(NOW.plus(Duration.ofDays(2)))).isEqualTo(Duration.ofDays(5));
        assertThat(store.figures().scrubbedBytes()).isEqualTo(100_000);
        assertThat(pass(NOW.plus(WEEK))).isEqualTo(WEEK);
        assertThat(store.figures().scrubbedBytes()).isEqualTo(200_000);
    }

    @Test
    void goes_on_where_a_restart_interrupted_it() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            put(1000, seed);
        }
        String middle = store.directory().fans().get(9);
        new ScrubMark(NOW, middle, false).write(store.directory().scrubMark());
        assertThat(pass(NOW.plus(Duration.ofDays(1)))).isEqualTo(Duration.ofDays(6));
        assertThat(store.figures().scrubbedBytes())
                .isLessThan(20_000)
                .isEqualTo(store.directory().fans().stream()
                        .filter(fan -> fan.compareTo(middle) > 0)
                        .mapToLong(fan -> store.directory().entriesOf(fan).size() * 1000L)
                        .sum());
    }

    @Test
    void begins_anew_where_its_mark_is_damaged_or_from_the_future() throws Exception {
        put(1000, 1);
        Files.writeString(store.directory().scrubMark(), "rubbish");
        assertThat(pass(NOW)).isEqualTo(WEEK);
        new ScrubMark(NOW.plus(Duration.ofDays(900)), "sha256/ff", false)
                .write(store.directory().scrubMark());
        pass(NOW);
        assertThat(store.figures().scrubbedBytes()).isEqualTo(2000);
    }

    @Test
    void runs_in_the_background_until_the_store_is_closed() throws Exception {
        Digest damaged = put(300_000, 2);
        flipOneBit(damaged);
        store.scrub(WEEK, InstantSource.fixed(NOW));
        Awaitility.await().until(() -> !store.contains(damaged));
    }

    @Test
    void a_flipped_bit_in_what_decides_is_never_served() throws Exception {
        Digest small = put(800, 1);
        Digest manifest = put(4000, 2);
        flipOneBit(small);
        flipOneBit(manifest);
        assertThat(store.acquire(small)).isEmpty();
        assertThat(store.acquire(manifest)).isEmpty();
        assertThat(store.contains(small)).isFalse();
        assertThat(store.contains(manifest)).isFalse();
        assertThat(store.figures().damaged()).isEqualTo(2);
    }

    @Test
    void what_is_stored_again_replaces_what_was_damaged() throws Exception {
        Digest manifest = put(4000, 2);
        flipOneBit(manifest);
        put(4000, 2);
        assertThat(store.read(manifest, 4000)).isPresent();
        assertThat(store.bytesStored()).isEqualTo(4000);
    }

    @Test
    void what_seems_wrong_while_it_is_served_is_read_again() throws Exception {
        Digest cut = put(300_000, 1);
        try (FileChannel file = FileChannel.open(file(cut), StandardOpenOption.WRITE)) {
            file.truncate(299_999);
        }
        assertThat(store.checkLater(cut).toCompletableFuture().join()).isFalse();
        assertThat(store.contains(cut)).isFalse();
        Digest whole = put(300_000, 3);
        assertThat(store.checkLater(whole).toCompletableFuture().join()).isTrue();
        assertThat(store.contains(whole)).isTrue();
    }
}
