package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What tags resolved to a moment ago, for event loops. Forgotten as a whole when there are too many. */
final class TagTable {
    private static final int MAX_TAGS = 65_536;
    private final Map<Key, Resolved> tags = new ConcurrentHashMap<>();

    private record Key(Repository repository, String tag) {}

    private record Resolved(Digest digest, long from, long until) {}

    /** The digest, while it counts as current. */
    Optional<Digest> current(Repository repository, String tag, long now) {
        Resolved resolved = tags.get(new Key(repository, tag));
        return resolved != null && now >= resolved.from() && now < resolved.until()
                ? Optional.of(resolved.digest())
                : Optional.empty();
    }

    /** @param from now: before it, the clock was set back and the tag is to be asked again */
    void put(Repository repository, String tag, Digest digest, long from, long until) {
        if (tags.size() >= MAX_TAGS) {
            tags.clear();
        }
        tags.put(new Key(repository, tag), new Resolved(digest, from, until));
    }
}
