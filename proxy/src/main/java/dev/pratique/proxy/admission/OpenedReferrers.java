package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.ReferrersFinder;
import dev.pratique.attestations.registry.ReferrersFinder.About;
import dev.pratique.attestations.registry.ReferrersFinder.Named;
import dev.pratique.attestations.registry.ReferrersFinder.Opened;
import dev.pratique.attestations.registry.ReferrersFinder.Other;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what manifests are about: a digest names the same bytes for ever, so that only whether the upstream serves them
 * in the repository is asked again. Thread safe.
 */
final class OpenedReferrers {
    /** Characters of annotations, with 512 for the rest of each entry: 8 MiB. */
    private static final long MAX_REMEMBERED = 8L << 20;

    private static final int ENTRY = 512;

    private final ReferrersFinder finder;
    private final InstantSource clock;
    private final Map<Key, Remembered> remembered = new HashMap<>();
    private long room;

    private record Key(Repository repository, Digest subject, Digest manifest) {}

    private record Remembered(Opened opened, long readAt) {}

    OpenedReferrers(ReferrersFinder finder, InstantSource clock) {
        this.finder = finder;
        this.clock = clock;
    }

    /** As {@link ReferrersFinder#open}, where nothing that was read longer ago than {@code ttl} is used. */
    List<Opened> open(Repository repository, Digest subject, List<Named> named, Duration ttl, Deadline deadline) {
        List<Named> missing = new ArrayList<>();
        Map<Digest, Opened> found = new HashMap<>();
        for (Named each : named) {
            Opened known = known(new Key(repository, subject, each.digest()), ttl);
            if (known == null) {
                missing.add(each);
            } else {
                found.put(each.digest(), known);
            }
        }
        List<Opened> read = finder.open(repository, subject, missing, deadline);
        for (int i = 0; i < read.size(); i++) {
            Digest digest = missing.get(i).digest();
            found.put(digest, read.get(i));
            remember(new Key(repository, subject, digest), read.get(i));
        }
        return named.stream()
                .map(each -> Objects.requireNonNull(found.get(each.digest())))
                .toList();
    }

    private synchronized @Nullable Opened known(Key key, Duration ttl) {
        Remembered last = remembered.get(key);
        long now = clock.millis();
        return last != null && now >= last.readAt() && now < last.readAt() + ttl.toMillis() ? last.opened() : null;
    }

    private synchronized void remember(Key key, Opened opened) {
        if (!(opened instanceof About) && !(opened instanceof Other other && other.byItsBytes())) {
            return;
        }
        if (room + roomOf(opened) > MAX_REMEMBERED) {
            remembered.clear();
            room = 0;
        }
        Remembered before = remembered.put(key, new Remembered(opened, clock.millis()));
        room += roomOf(opened) - (before == null ? 0 : roomOf(before.opened()));
    }

    /** What one takes in memory, about: characters, with {@link #ENTRY} for all but its annotations. */
    static long roomOf(Opened opened) {
        long annotations = opened instanceof About about
                ? about.referrer().annotations().entrySet().stream()
                        .mapToLong(
                                each -> each.getKey().length() + each.getValue().length())
                        .sum()
                : 0;
        return ENTRY + annotations;
    }
}
