package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.buffer.ByteBuf;
import java.util.OptionalLong;

/** Takes one blob. Calls never overlap but may come on different threads; they end with onEnd or onFailed, once. */
public interface BlobListener {

    /**
     * The upstream serves it. Nothing more comes before {@link BlobStream#read}, save what was already under way.
     *
     * @param size in bytes, empty where the upstream did not say
     */
    void onStart(BlobStream stream, OptionalLong size);

    /** Bytes in order; they are the listener's to release. */
    void onData(ByteBuf data);

    /** All that the last read brought is here; more comes after another one. */
    void onBatch();

    /** The body is complete as far as HTTP can tell. */
    void onEnd();

    /**
     * There will be no end.
     *
     * @param why Missing, Denied, Wrong or Unread
     */
    void onFailed(Fetched why);
}
