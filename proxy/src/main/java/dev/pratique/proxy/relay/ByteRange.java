package dev.pratique.proxy.relay;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes (RFC 9110 section 14). Several ranges, other units and what cannot be read are answered with the whole:
 * section 14.2, "A server MAY ignore the Range header field".
 *
 * @param first offset of the first byte
 * @param count bytes; 0 where the range lies beyond the end, or ends before it begins
 * @param partial whether the answer is about a range, even one of all bytes
 */
record ByteRange(long first, long count, boolean partial) {
    /** No single range is longer; what is longer is not looked at. */
    private static final int MAX_LENGTH = 128;

    private static final Pattern ONE =
            Pattern.compile("bytes=[ \\t]*([0-9]*)-([0-9]*)[ \\t]*", Pattern.CASE_INSENSITIVE);

    /** The value of a Content-Range header. */
    String contentRange(long size) {
        return "bytes " + (count == 0 ? "*" : first + "-" + (first + count - 1)) + "/" + size;
    }

    HttpResponseStatus status() {
        if (!partial) {
            return HttpResponseStatus.OK;
        }
        return count == 0 ? HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE : HttpResponseStatus.PARTIAL_CONTENT;
    }

    /** The offset after the last byte. */
    long end() {
        return first + count;
    }

    /** What the header asks of content of this size; the whole where it asks for nothing that is understood. */
    static ByteRange of(@Nullable String header, long size) {
        ByteRange whole = new ByteRange(0, size, false);
        // There is no Content-Range for a part of nothing, and clients that always ask for bytes=0- mean all of it.
        if (header == null || size == 0 || header.length() > MAX_LENGTH) {
            return whole;
        }
        Matcher one = ONE.matcher(header);
        if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
            return whole;
        }
        if (one.group(1).isEmpty()) {
            long suffix = Math.min(number(one.group(2)), size);
            return new ByteRange(size - suffix, suffix, true);
        }
        long first = number(one.group(1));
        long last = one.group(2).isEmpty() ? Long.MAX_VALUE : number(one.group(2));
        // Section 14.1.1: "An int-range is invalid if the last-pos value is present and less than first-pos."
        // Section 14.2 lets a server "ignore or reject" it; the conformance suite expects the latter.
        return first >= size || last < first
                ? new ByteRange(0, 0, true)
                : new ByteRange(first, Math.min(last, size - 1) - first + 1, true);
    }

    // Section 14.1.2: "recipients MUST anticipate potentially large decimal numerals and prevent parsing errors due to
    // integer conversion overflows". More than eighteen digits are beyond any content.
    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
