package dev.pratique.attestations.registry;

import dev.pratique.attestations.image.Digest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a registry answered to a {@link Fetch}. */
public sealed interface Fetched {

    /**
     * It is there.
     *
     * @param bytes the body (empty for HEAD); where a digest was asked for, these bytes have it
     * @param contentType as sent, or null
     * @param digest of the bytes; for HEAD what the registry claims, or null
     * @param next where a list goes on (RFC 8288, {@code rel="next"}), if it does; {@link #ELSEWHERE} where that is no page
     *     that is asked for
     */
    record Found(
            byte[] bytes,
            @Nullable String contentType,
            @Nullable Digest digest,
            Optional<String> next) implements Fetched {

        /** As {@code next}: on another host, in another list, at no address. Whoever asks for it is told {@link Wrong}. */
        public static final String ELSEWHERE = "elsewhere";
    }

    /** The registry says that it is not there (404, or a status configured to mean so). */
    record Missing() implements Fetched {}

    /** The registry refuses us (401, 403). Not the same as missing, and not the same as unreachable. */
    record Denied(int status) implements Fetched {}

    /**
     * The registry answered with something that cannot be what was asked for.
     *
     * @param what for example "the bytes have another digest" or "the body is larger than 4194304 bytes"
     */
    record Wrong(String what) implements Fetched {}

    /**
     * Nothing can be said: no connection, no answer in time, a server error.
     *
     * @param what for an operator, one line
     * @param retryAfter when asking again may help
     * @param late whether it is for want of time: there was no answer, or no end of one, when it was given up
     * @param cause what led to it, for whoever knows the reader and can say more of it
     */
    record Unread(String what, Duration retryAfter, boolean late, Optional<Exception> cause) implements Fetched {
        public Unread(String what, Duration retryAfter, boolean late) {
            this(what, retryAfter, late, Optional.empty());
        }

        /** For another reason than time. */
        public Unread(String what, Duration retryAfter) {
            this(what, retryAfter, false);
        }

        /** For this reason. */
        public static Unread because(Exception cause, String what, Duration retryAfter) {
            return new Unread(what, retryAfter, false, Optional.of(cause));
        }
    }
}
