package dev.pratique.proxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.store.ScriptedSource.Opened;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FillTest {
    private static final Repository APP = new Repository("registry.example", "acme/app");
    private static final Repository OTHER = new Repository("registry.example", "acme/other");

    @TempDir
    Path dir;

    private final ExecutorService disk = Executors.newFixedThreadPool(2);
    private final EventExecutor loop = new DefaultEventExecutor();
    private final ScriptedSource source = new ScriptedSource();
    private final byte[] content = new byte[3 << 20];
    private final Digest digest;
    private ContentStore store;

    FillTest() {
        new Random(1).nextBytes(content);
        digest = Digest.sha256(content);
    }

    @BeforeEach
    void open() throws IOException {
        store = TestStores.open(dir, disk, source, new StoreLimits(16, 1000, 10_000, 4 << 20, 3, 5000));
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        disk.shutdown();
        var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Remembers what it is told. */
    private static final class Watcher implements FillFollower {
        final List<String> heard = new CopyOnWriteArrayList<>();
        volatile StoredContent content;
        volatile long size = -1;
        volatile long watermark;

        @Override
        public void onStart(StoredContent growing, long length) {
            content = growing;
            size = length;
            heard.add("start");
        }

        @Override
        public void onAvailable(long upTo) {
            assertThat(upTo).isGreaterThanOrEqualTo(watermark);
            watermark = upTo;
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

        void await(String last) {
            Awaitility.await()
                    .until(() -> !heard.isEmpty() && heard.get(heard.size() - 1).contains(last));
        }

        void release() {
            content.release();
        }
    }

    private Watcher join(Repository repository) {
        Watcher watcher = new Watcher();
        store.fills().join(repository, digest, OptionalLong.empty(), loop, watcher);
        return watcher;
    }

    private Opened opened(int nth) {
        Awaitility.await().until(() -> source.opened.size() > nth);
        return source.opened.get(nth);
    }

    private byte[] part(int from, int to) {
        return Arrays.copyOfRange(content, from, to);
    }

    @Test
    void one_transfer_serves_all_who_join_and_late_ones_read_from_the_start() throws Exception {
        Watcher first = join(APP);
        Opened stream = opened(0);
        stream.start(content.length);
        stream.send(part(0, 1 << 20));
        first.await("start");
        Awaitility.await().until(() -> first.watermark == 1 << 20);
        Watcher late = join(APP);
        late.await("start");
        assertThat(late.size).isEqualTo(content.length);
        stream.send(part(1 << 20, content.length));
        stream.listener.onEnd();
        first.await("verified");
        late.await("verified");
        assertThat(ContentStoreTest.read(late.content)).isEqualTo(content);
        assertThat(source.opened).hasSize(1);
        Awaitility.await().until(() -> store.contains(digest) && store.fills().active() == 0);
        assertThat(store.acquireCached(digest)).hasValueSatisfying(StoredContent::release);
        first.release();
        late.release();
    }

    @Test
    void another_repository_has_its_own_transfer() {
        join(APP);
        join(OTHER);
        opened(1);
        assertThat(source.opened).hasSize(2);
    }

    @Test
    @DisplayName("REG-03: wrong bytes are not stored, and the next request fetches again")
    void another_digest_fails_and_leaves_nothing() {
        Watcher watcher = join(APP);
        opened(0).start(content.length);
        byte[] wrong = content.clone();
        wrong[17] ^= 1;
        opened(0).send(wrong);
        opened(0).listener.onEnd();
        watcher.await("another digest");
        watcher.release();
        assertThat(store.contains(digest)).isFalse();
        assertThat(dir.resolve("partial")).isEmptyDirectory();
        join(APP);
        opened(1);
    }

    @Test
    @DisplayName("REG-05: a body that breaks off is not stored")
    void an_upstream_failure_fails_and_leaves_nothing() {
        Watcher watcher = join(APP);
        opened(0).start(content.length);
        opened(0).send(part(0, 1 << 20));
        watcher.await("start");
        opened(0).listener.onFailed(new Fetched.Unread("cut", Duration.ofSeconds(1)));
        watcher.await("cut");
        watcher.release();
        assertThat(store.contains(digest)).isFalse();
        assertThat(dir.resolve("partial")).isEmptyDirectory();
    }

    @Test
    void more_or_less_than_announced_fails() {
        Watcher more = join(APP);
        opened(0).start(100);
        opened(0).send(part(0, 101));
        more.await("larger");
        assertThat(opened(0).cancelled).isTrue();
        Watcher less = join(APP);
        opened(1).start(content.length + 1);
        opened(1).send(content);
        opened(1).listener.onEnd();
        less.await("another length");
        more.release();
        less.release();
    }

    @Test
    @DisplayName("RES-01: a blob beyond the limit is refused, announced or not")
    void a_blob_beyond_the_limit_is_refused() {
        Watcher announced = join(APP);
        opened(0).start((4 << 20) + 1);
        announced.await("larger");
        Watcher endless = join(APP);
        opened(1).start(-1);
        for (int i = 0; i < 2; i++) {
            opened(1).send(content);
        }
        endless.await("larger");
        assertThat(opened(1).cancelled).isTrue();
        assertThat(dir.resolve("partial")).isEmptyDirectory();
    }

    @Test
    void without_a_length_followers_start_when_it_is_known() {
        Watcher watcher = join(APP);
        opened(0).start(-1);
        opened(0).send(content);
        Awaitility.await().until(() -> opened(0).reads.get() > 0);
        assertThat(watcher.heard).isEmpty();
        opened(0).listener.onEnd();
        watcher.await("verified");
        assertThat(watcher.heard).containsExactly("start", "verified");
        watcher.release();
    }

    @Test
    void what_is_missing_upstream_is_missing() {
        Watcher watcher = join(APP);
        opened(0).listener.onFailed(new Fetched.Missing());
        watcher.await("Missing");
        assertThat(dir.resolve("partial")).isEmptyDirectory();
    }

    @Test
    void content_that_is_there_is_not_fetched() throws Exception {
        store.put(digest, content);
        Watcher watcher = join(APP);
        watcher.await("stored");
        assertThat(source.opened).isEmpty();
    }

    @Test
    void the_upstream_waits_while_much_is_to_be_written() throws Exception {
        ScriptedSource slow = new ScriptedSource();
        List<Runnable> tasks = new CopyOnWriteArrayList<>();
        try (ContentStore held = TestStores.open(dir.resolve("held"), tasks::add, slow, StoreLimits.DEFAULT)) {
            held.fills().join(APP, digest, OptionalLong.empty(), loop, new Watcher());
            run(tasks);
            Opened stream = slow.opened.get(0);
            stream.start(content.length);
            run(tasks);
            assertThat(stream.reads).hasValue(1);
            stream.send(part(0, 512 << 10));
            assertThat(stream.reads).hasValue(2);
            stream.send(part(512 << 10, 1 << 20));
            assertThat(stream.reads).hasValue(2);
            run(tasks);
            assertThat(stream.reads).hasValue(3);
            held.fills().close();
            run(tasks);
        }
    }

    private static void run(List<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.remove(0).run();
        }
    }

    @Test
    void nobody_left_does_not_end_a_fill() {
        Watcher watcher = new Watcher();
        FillSubscription subscription = store.fills().join(APP, digest, OptionalLong.empty(), loop, watcher);
        opened(0).start(content.length);
        watcher.await("start");
        loop.execute(subscription::cancel);
        watcher.release();
        opened(0).send(content);
        opened(0).listener.onEnd();
        Awaitility.await().until(() -> store.contains(digest));
        assertThat(watcher.heard).containsExactly("start");
    }

    @Test
    @DisplayName("RES-01: more transfers than the limit are refused for now")
    void too_many_transfers_are_refused() {
        for (int i = 0; i < 3; i++) {
            store.fills().join(APP, Digest.sha256(new byte[] {(byte) i}), OptionalLong.empty(), loop, new Watcher());
        }
        join(APP).await("too many");
    }

    @Test
    void closing_gives_up() throws Exception {
        Watcher watcher = join(APP);
        opened(0).start(content.length);
        opened(0).send(part(0, 1000));
        watcher.await("start");
        store.close();
        watcher.await("closed");
        watcher.release();
        assertThat(opened(0).cancelled).isTrue();
    }
}
