package dev.pratique.proxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.store.ScriptedSource.Opened;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {
    private static final Repository APP = new Repository("registry.example", "acme/app");
    private static final int PIECE = 100_000;
    private static final StoreLimits LIMITS = new StoreLimits(4, 1000, 500_000, 64L << 20, 8, 5000);
    private static final DiskBudget TEN_PIECES = new DiskBudget(10 * PIECE, OptionalLong.of(0), 0);

    @TempDir
    Path dir;

    private final ExecutorService disk = Executors.newFixedThreadPool(4);
    private final EventExecutor loop = new DefaultEventExecutor();
    private final ScriptedSource source = new ScriptedSource();
    private final Set<Digest> pinned = new HashSet<>();
    private ContentStore store;

    @BeforeEach
    void open() throws IOException {
        store = open(TEN_PIECES);
    }

    private ContentStore open(DiskBudget budget) throws IOException {
        return TestStores.open(dir, disk, source, LIMITS, budget, () -> pinned);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        disk.shutdown();
        var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static byte[] piece(int number) {
        byte[] bytes = new byte[PIECE];
        new Random(number).nextBytes(bytes);
        return bytes;
    }

    private static Digest digest(int number) {
        return Digest.sha256(piece(number));
    }

    private void put(int number) {
        store.put(digest(number), piece(number));
    }

    /** As if it had last been used that many minutes after some moment. */
    private void usedAt(int number, int minute) throws IOException {
        Path file = dir.resolve("blobs/sha256")
                .resolve(digest(number).hex().substring(0, 2))
                .resolve(digest(number).hex());
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(60L * minute)));
    }

    private List<Integer> kept(int upTo) {
        List<Integer> kept = new ArrayList<>();
        for (int number = 0; number < upTo; number++) {
            if (store.contains(digest(number))) {
                kept.add(number);
            }
        }
        return kept;
    }

    private void fillUp() throws IOException {
        for (int number = 0; number < 10; number++) {
            put(number);
            usedAt(number, number);
        }
        assertThat(kept(10)).hasSize(10);
    }

    @Test
    void what_was_used_least_recently_goes_first_and_down_to_a_share_at_once() throws Exception {
        fillUp();
        usedAt(0, 100);
        put(10);
        // Eleven pieces, of which nine may stay.
        assertThat(kept(11)).containsExactly(0, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(store.bytesStored()).isEqualTo(9 * PIECE);
        assertThat(store.figures().evictions()).isEqualTo(2);
        assertThat(store.figures().evictedBytes()).isEqualTo(2 * PIECE);
        put(11);
        assertThat(kept(12)).as("no more goes before it is full again").hasSize(10);
    }

    @Test
    void what_was_read_since_a_restart_stays_though_its_file_is_old() throws Exception {
        fillUp();
        store.close();
        store = open(TEN_PIECES);
        store.acquire(digest(1)).orElseThrow().release();
        usedAt(1, 1);
        store.acquireCached(digest(1)).orElseThrow().release();
        put(10);
        assertThat(kept(11)).contains(1).doesNotContain(0, 2);
    }

    @Test
    void when_something_was_used_survives_a_restart() throws Exception {
        fillUp();
        store.acquire(digest(0)).orElseThrow().release();
        store.noteUse();
        store.close();
        store = open(TEN_PIECES);
        put(10);
        assertThat(kept(11)).contains(0).doesNotContain(1, 2);
    }

    @Test
    void what_is_being_served_stays() throws Exception {
        fillUp();
        StoredContent served = store.acquire(digest(0)).orElseThrow();
        usedAt(0, 0);
        store.noteUse();
        usedAt(0, 0);
        put(10);
        assertThat(kept(11)).contains(0).doesNotContain(1, 2);
        served.release();
        usedAt(0, 0);
        put(11);
        put(12);
        assertThat(kept(13)).doesNotContain(0);
    }

    @Test
    void what_a_verdict_rests_on_stays() throws Exception {
        fillUp();
        pinned.add(digest(0));
        pinned.add(digest(2));
        put(10);
        assertThat(kept(11)).contains(0, 2).doesNotContain(1, 3);
        assertThat(store.figures().pinnedBytes()).isEqualTo(2 * PIECE);
    }

    @Test
    void where_all_is_pinned_new_content_is_held_in_memory_and_nothing_goes() throws Exception {
        fillUp();
        for (int number = 0; number < 10; number++) {
            pinned.add(digest(number));
        }
        put(10);
        assertThat(kept(11)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(store.read(digest(10), PIECE))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(piece(10)));
        StoredContent held = store.acquire(digest(10)).orElseThrow();
        assertThat(held.inMemory()).isTrue();
        held.release();
        assertThat(store.figures().unkept()).isOne();
    }

    @Test
    void a_blob_larger_than_the_store_passes_and_nothing_goes_for_it() throws Exception {
        fillUp();
        byte[] large = new byte[11 * PIECE];
        new Random(99).nextBytes(large);
        Follower follower = new Follower();
        store.fills().join(APP, Digest.sha256(large), OptionalLong.of(large.length), loop, follower);
        Awaitility.await().until(() -> follower.heard.contains("unkept"));
        assertThat(source.opened)
                .as("the upstream is not asked for what is not kept")
                .isEmpty();
        assertThat(kept(10)).hasSize(10);

        PassedBytes passed = new PassedBytes();
        Passage passage = store.fills().pass(APP, Digest.sha256(large), SentBefore.nothing(), loop, passed);
        Opened opened = source.opened.get(0);
        opened.start(large.length);
        opened.send(large);
        Awaitility.await().until(() -> passed.bytes.size() == large.length);
        assertThat(passed.heard).doesNotContain("verified");
        passage.more();
        opened.listener.onEnd();
        Awaitility.await().until(() -> passed.heard.contains("verified"));
        assertThat(passed.bytes.toByteArray()).isEqualTo(large);
        assertThat(kept(10)).hasSize(10);
    }

    @Test
    void a_passage_of_other_bytes_is_never_verified() {
        byte[] right = piece(1);
        byte[] wrong = piece(2);
        PassedBytes passed = new PassedBytes();
        var unused = store.fills().pass(APP, Digest.sha256(right), SentBefore.nothing(), loop, passed);
        Opened opened = source.opened.get(0);
        opened.start(wrong.length);
        opened.send(wrong);
        opened.listener.onEnd();
        Awaitility.await().until(() -> passed.heard.toString().contains("digest"));
        assertThat(passed.heard).doesNotContain("verified");
    }

    @Test
    void a_blob_of_unknown_length_that_outgrows_the_store_leaves_no_file_behind() throws Exception {
        byte[] large = new byte[12 * PIECE];
        Follower follower = new Follower();
        store.fills().join(APP, Digest.sha256(large), OptionalLong.empty(), loop, follower);
        Awaitility.await().until(() -> !source.opened.isEmpty());
        Opened opened = source.opened.get(0);
        opened.start(-1);
        for (int sent = 0; sent < large.length; sent += PIECE) {
            opened.send(new byte[PIECE]);
        }
        Awaitility.await().until(() -> follower.heard.contains("unkept"));
        assertThat(opened.cancelled).isTrue();
        Awaitility.await().until(() -> {
            try (Stream<Path> partial = Files.list(dir.resolve("partial"))) {
                return partial.findAny().isEmpty();
            }
        });
        put(1);
        assertThat(store.figures().evictions()).as("its room was given back").isZero();
    }

    @Test
    void what_went_and_is_fetched_again_is_counted() throws Exception {
        fillUp();
        put(10);
        store.fills().join(APP, digest(0), OptionalLong.of(PIECE), loop, new Follower());
        Awaitility.await().until(() -> store.figures().evictedMisses() == 1);
    }

    @Test
    @DisplayName("RES-01 transfers at the same time take their room before they write, and together stay within it")
    void transfers_at_the_same_time_stay_within_the_budget() throws Exception {
        for (int number = 0; number < 8; number++) {
            store.fills().join(APP, digest(number), OptionalLong.of(2 * PIECE), loop, new Follower());
        }
        Awaitility.await().until(() -> source.opened.size() >= 4);
        // Five of two pieces each fit into ten; nothing is there that could go.
        Awaitility.await()
                .until(() -> source.opened.size() == 5 && store.fills().active() == 5);
    }

    @Test
    void room_is_kept_free_for_others_on_the_file_system() throws Exception {
        store.close();
        store = open(TEN_PIECES);
        fillUp();
        store.close();
        store = open(new DiskBudget(0, OptionalLong.of(Long.MAX_VALUE / 4), 0));
        put(10);
        assertThat(kept(11)).as("all went, and yet there is not that much room").isEmpty();
        assertThat(store.read(digest(10), PIECE)).isPresent();
    }

    private static final class Follower implements FillFollower {
        final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void onStart(StoredContent content, long size) {
            content.release();
        }

        @Override
        public void onAvailable(long watermark) {
            // Only the end counts here.
        }

        @Override
        public void onVerified() {
            heard.add("verified");
        }

        @Override
        public void onFailed(Fetched why) {
            heard.add(why.toString());
        }

        @Override
        public void onStored() {
            heard.add("stored");
        }

        @Override
        public void onUnkept() {
            heard.add("unkept");
        }
    }

    private static final class PassedBytes implements PassageFollower {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void onStart(OptionalLong size) {
            heard.add("start");
        }

        @Override
        public void onBytes(ByteBuf data) {
            bytes.writeBytes(ByteBufUtil.getBytes(data));
            data.release();
        }

        @Override
        public void onVerified() {
            heard.add("verified");
        }

        @Override
        public void onFailed(Fetched why) {
            heard.add(why.toString());
        }
    }
}
