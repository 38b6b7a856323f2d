package dev.pratique.proxy.relay;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes (RFC 9110 section 14). Several ranges, other units and what cannot be read are answered with the whole,
 * as section 14.2 allows.
 *
 * @param first offset of the first byte
 * @param count bytes; 0 where the range lies beyond the end
 * @param partial whether the answer is about a range, even one of all bytes
 */
record ByteRange(long first, long count, boolean partial) {
    /** Eighteen digits are any length that there is, and fit a long. */
    private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})", Pattern.CASE_INSENSITIVE);

    /** The value of a Content-Range header. */
    String contentRange(long size) {
        return "bytes " + (count == 0 ? "*" : first + "-" + (first + count - 1)) + "/" + size;
    }

    /** What the header asks of content of this size; the whole where it asks for nothing that is understood. */
    static ByteRange of(@Nullable String header, long size) {
        ByteRange whole = new ByteRange(0, size, false);
        if (header == null || header.length() > 64) {
            return whole;
        }
        Matcher one = ONE.matcher(header.replace(" ", ""));
        if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
            return whole;
        }
        if (one.group(1).isEmpty()) {
            long suffix = Math.min(Long.parseLong(one.group(2)), size);
            return new ByteRange(size - suffix, suffix, true);
        }
        long first = Long.parseLong(one.group(1));
        long last = one.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(one.group(2));
        if (last < first) {
            return whole;
        }
        return first >= size
                ? new ByteRange(0, 0, true)
                : new ByteRange(first, Math.min(last, size - 1) - first + 1, true);
    }
}
