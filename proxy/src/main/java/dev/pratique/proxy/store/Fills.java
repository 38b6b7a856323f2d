package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.BlobSource;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The transfers under way, one for each repository and digest however many clients want it. Thread safe. */
public final class Fills {
    /** A fill is chosen by repository too: that one repository serves a digest says nothing about another. */
    record Key(Repository repository, Digest digest) {}

    private static final Fetched BUSY = new Fetched.Unread("too many transfers are under way", Duration.ofSeconds(2));

    private final ContentStore store;
    private final BlobSource source;
    private final ConcurrentHashMap<Key, Fill> flights = new ConcurrentHashMap<>();
    private final AtomicInteger passing = new AtomicInteger();

    Fills(ContentStore store, BlobSource source) {
        this.store = store;
        this.source = source;
    }

    /**
     * Joins the transfer of a blob, or starts it. A follower that joins late reads from the beginning.
     *
     * @param size in bytes, where a manifest says so: room is made before the upstream is asked
     * @param executor all of the follower's calls come on it
     */
    public FillSubscription join(
            Repository repository, Digest digest, OptionalLong size, EventExecutor executor, FillFollower follower) {
        Key key = new Key(repository, digest);
        Fill flight = flights.get(key);
        if (flight == null) {
            Fill mine = new Fill(key, size.orElse(-1), store, this);
            if (flights.size() >= store.limits().maxFills()) {
                mine.refuse(BUSY);
                return mine.follow(executor, follower);
            }
            flight = flights.putIfAbsent(key, mine);
            if (flight == null) {
                FillSubscription first = mine.follow(executor, follower);
                mine.start(source);
                return first;
            }
        }
        return flight.follow(executor, follower);
    }

    /**
     * Brings a blob to one client past the store, which cannot take it. Bounded as fills are, for each of these asks the
     * upstream by itself.
     *
     * @param before what the client has of it already; the passage fails where the upstream now says otherwise
     * @param executor all of the follower's calls come on it
     */
    public Passage pass(
            Repository repository, Digest digest, SentBefore before, EventExecutor executor, PassageFollower follower) {
        Passage passage = new Passage(digest, before, store, executor, follower, () -> {
            passing.decrementAndGet();
            before.release();
        });
        if (passing.incrementAndGet() > store.limits().maxFills()) {
            passage.onFailed(BUSY);
        } else {
            store.figures().unkept.incrementAndGet();
            source.openBlob(repository, digest, passage);
        }
        return passage;
    }

    /** Transfers under way, for a metric. */
    public int active() {
        return flights.size();
    }

    void landed(Key key, Fill fill) {
        flights.remove(key, fill);
    }

    void close() {
        flights.values().forEach(Fill::cancel);
    }
}
