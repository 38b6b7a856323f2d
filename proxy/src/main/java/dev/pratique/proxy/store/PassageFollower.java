package dev.pratique.proxy.store;

import dev.pratique.attestations.registry.Fetched;
import io.netty.buffer.ByteBuf;
import java.util.OptionalLong;

/** The one client of a {@link Passage}. Called on its executor; ends with one of onVerified and onFailed. */
public interface PassageFollower {

    /**
     * The upstream serves the blob in this repository.
     *
     * @param size of the whole, in bytes; empty where the upstream did not say
     */
    void onStart(OptionalLong size);

    /** The next bytes, the follower's to release. There are more only after {@link Passage#more}. */
    void onBytes(ByteBuf data);

    /** That was all of it, and it has the digest. */
    void onVerified();

    /**
     * There will be no more.
     *
     * @param why Missing, Denied, Wrong (also another digest or length) or Unread
     */
    void onFailed(Fetched why);
}
