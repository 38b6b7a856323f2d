package dev.pratique.proxy.store;

import dev.pratique.attestations.registry.Fetched;
import org.jspecify.annotations.Nullable;

/**
 * How far a fill is.
 *
 * @param content null before its length is known, and after a failure
 * @param watermark bytes that can be read
 * @param failure why it failed, else null
 */
record FillProgress(
        Phase phase,
        @Nullable StoredContent content,
        long watermark,
        @Nullable Fetched failure) {

    enum Phase {
        STARTING,
        FLOWING,
        VERIFIED,
        FAILED,
        /** There was nothing to do. */
        STORED,
        /** The store cannot take it. */
        UNKEPT
    }

    static final FillProgress STARTING = new FillProgress(Phase.STARTING, null, 0, null);

    static FillProgress flowing(StoredContent content, long watermark) {
        return new FillProgress(Phase.FLOWING, content, watermark, null);
    }

    static FillProgress verified(StoredContent content) {
        return new FillProgress(Phase.VERIFIED, content, content.size(), null);
    }

    static FillProgress failed(Fetched why) {
        return new FillProgress(Phase.FAILED, null, 0, why);
    }

    static FillProgress unkept() {
        return new FillProgress(Phase.UNKEPT, null, 0, null);
    }

    static FillProgress stored() {
        return new FillProgress(Phase.STORED, null, 0, null);
    }
}
