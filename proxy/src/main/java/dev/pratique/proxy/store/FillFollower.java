package dev.pratique.proxy.store;

import dev.pratique.attestations.registry.Fetched;

/**
 * One client's view of a fill. Called on the executor that it joined with; ends with one of onVerified, onFailed,
 * onStored and onUnkept.
 */
public interface FillFollower {

    /**
     * The upstream serves the blob in this repository, and its length is known.
     *
     * @param content grows up to the watermark; the follower's to release
     * @param size of the whole, in bytes
     */
    void onStart(StoredContent content, long size);

    /**
     * More can be read.
     *
     * @param watermark bytes from the start that can be read now
     */
    void onAvailable(long watermark);

    /** All of it can be read, and it has the digest. */
    void onVerified();

    /**
     * There will be no more, and nothing was stored.
     *
     * @param why Missing, Denied, Wrong (also another digest or length) or Unread
     */
    void onFailed(Fetched why);

    /** It has been stored in the meantime: acquire it. The upstream was not asked on this follower's behalf. */
    void onStored();

    /**
     * The store cannot take it, or not all of it: there is no room, or the disk fails. What could be read before still can;
     * a {@link Passage} brings the rest.
     */
    void onUnkept();
}
