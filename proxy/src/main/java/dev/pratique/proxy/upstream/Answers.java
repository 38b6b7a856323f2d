package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an upstream's statuses and headers mean for us. */
final class Answers {
    /** Where the upstream does not say when to come back. */
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** An upstream's Retry-After cannot keep an image away for longer (UPS-09), nor make us ask without a pause. */
    private static final Duration MIN_RETRY = Duration.ofSeconds(1);

    private static final Duration MAX_RETRY = Duration.ofSeconds(60);

    private Answers() {}

    /** Nothing can be said; asking again soon may help. */
    static Fetched.Unread unread(String what) {
        return new Fetched.Unread(what, RETRY);
    }

    /** Time was up before it could be said. */
    static Fetched.Unread late(String what) {
        return new Fetched.Unread(what, RETRY, true);
    }

    /**
     * Any answer but 200.
     *
     * @param missing statuses that say that it is not there
     */
    static Fetched failure(HttpResponse head, Origin origin, Set<Integer> missing, Instant now) {
        int status = head.status().code();
        if (missing.contains(status)) {
            return new Fetched.Missing();
        }
        if (status == 401 || status == 403) {
            return new Fetched.Denied(status);
        }
        if (status >= 200 && status < 400) {
            return new Fetched.Wrong(origin + " answered " + status);
        }
        String what = status == 429 ? " limits how often it may be asked (429)" : " answered " + status;
        return new Fetched.Unread(origin + what, retryAfter(head.headers(), now));
    }

    /** Retry-After (RFC 9110 section 10.2.3) within 1 to 60 seconds. */
    static Duration retryAfter(HttpHeaders headers, Instant now) {
        String value = headers.get(HttpHeaderNames.RETRY_AFTER);
        if (value == null) {
            return RETRY;
        }
        Duration said = parseRetry(value.trim(), now);
        return said.compareTo(MIN_RETRY) < 0 ? MIN_RETRY : said.compareTo(MAX_RETRY) > 0 ? MAX_RETRY : said;
    }

    private static Duration parseRetry(String value, Instant now) {
        if (value.matches("[0-9]+")) {
            return value.length() > 9 ? MAX_RETRY : Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            return Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
        } catch (DateTimeParseException neither) {
            return RETRY;
        }
    }

    /** The length that the body will have, -1 where the header is missing or not a number. */
    static long contentLength(HttpHeaders headers) {
        String value = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return value != null && value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
    }

    /** Why the body of a 200 cannot be taken as it is: null where nothing speaks against it. */
    static Fetched.@Nullable Wrong unusable(HttpHeaders headers) {
        String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        // Nothing was asked for but the bytes themselves; decoded bytes would be others than the digest's.
        return coding == null || coding.isEmpty() || coding.equalsIgnoreCase("identity")
                ? null
                : new Fetched.Wrong("the registry compressed what must come as it is");
    }
}
