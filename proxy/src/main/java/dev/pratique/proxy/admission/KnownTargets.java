package dev.pratique.proxy.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads request targets of one listener and remembers the good ones: clients ask for the same few over and over. Made anew
 * with every configuration. Thread safe, never blocks.
 */
public final class KnownTargets {
    /** About 8 MB at the usual length; forgotten as a whole when there are more. */
    private static final int MAX_REMEMBERED = 16_384;
    /** A longer one is a stranger's way to make us remember much. */
    private static final int MAX_LENGTH = 1024;

    private final UpstreamNames upstreams;
    private final Map<String, PullRequest> known = new ConcurrentHashMap<>();

    /** @param upstreams which upstreams the listener knows */
    public KnownTargets(UpstreamNames upstreams) {
        this.upstreams = upstreams;
    }

    /**
     * As {@link PullRequest#parse}.
     *
     * @param rawUri as it stands in the request line
     * @param client who asks, for the ledger
     * @param environment of this client; another one of the same connection may be of another
     */
    public RequestTarget read(String rawUri, Requester client, String environment) {
        PullRequest seen = known.get(rawUri);
        if (seen != null) {
            return new RequestTarget.Pull(seen.askedBy(client, environment));
        }
        RequestTarget target = PullRequest.parse(rawUri, upstreams, client, environment);
        if (target instanceof RequestTarget.Pull pull && rawUri.length() <= MAX_LENGTH) {
            if (known.size() >= MAX_REMEMBERED) {
                known.clear();
            }
            known.put(rawUri, pull.request());
        }
        return target;
    }
}
