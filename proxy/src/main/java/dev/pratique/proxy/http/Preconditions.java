package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.Admission;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/**
 * Conditional requests about admitted content (RFC 9110 section 13). The entity tag is the digest, and a strong one: content
 * has no date, so conditions on dates say nothing. Stateless.
 */
enum Preconditions {
    /** Answer as if there were no condition. */
    MET,
    /** The client has it: 304. */
    NOT_MODIFIED,
    /** The client wants something else: 412. */
    FAILED;

    /**
     * What the conditions of a request come to, in the order of RFC 9110 section 13.2.2.
     *
     * @param admission the verdict on what was asked for: whoever has no admission has no 304 either
     */
    static Preconditions of(HttpRequest head, Admission admission, Face face) {
        HttpHeaders headers = head.headers();
        boolean asked = headers.contains(HttpHeaderNames.IF_NONE_MATCH) || headers.contains(HttpHeaderNames.IF_MATCH);
        // Section 13.2.1: "A server that is not the origin server for the target resource and cannot act as a cache for
        // requests on the target resource MUST ignore the conditional request header fields". Until the upstream's word
        // for it is fresh, it decides.
        if (!asked || admission.confirmation() != Admission.Confirmation.CURRENT) {
            return MET;
        }
        String tag = entityTag(admission);
        if (headers.contains(HttpHeaderNames.IF_MATCH)) {
            // Section 13.1.1: the comparison is strong.
            if (!listed(headers.getAll(HttpHeaderNames.IF_MATCH), tag, false)) {
                return FAILED;
            }
        }
        // A resolver that takes anything but 200 for an error is answered 200.
        boolean resolver =
                face.refusal().statusFor(RefusalWriter.userAgent(head)).isPresent();
        // Section 13.1.2: the comparison is weak.
        return !resolver && listed(headers.getAll(HttpHeaderNames.IF_NONE_MATCH), tag, true) ? NOT_MODIFIED : MET;
    }

    /** Whether the request's Range is about this content: there is no If-Range, or it names just this content. */
    static boolean rangeCounts(HttpRequest head, Admission admission) {
        List<String> ifRange = head.headers().getAll(HttpHeaderNames.IF_RANGE);
        // Section 13.1.5: the comparison is strong, and a date is never that of the content.
        return ifRange.isEmpty() || ifRange.size() == 1 && ifRange.get(0).trim().equals(entityTag(admission));
    }

    static String entityTag(Admission admission) {
        return '"' + admission.digest().toString() + '"';
    }

    // entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE, in a list (sections 8.8.3 and 5.6.1); a list that is none names
    // nothing.
    private static boolean listed(List<String> values, String tag, boolean weakly) {
        if (values.size() == 1 && values.get(0).trim().equals("*")) {
            return true;
        }
        String list = String.join(",", values);
        boolean found = false;
        int at = 0;
        while (true) {
            while (at < list.length() && " \t,".indexOf(list.charAt(at)) >= 0) {
                at++;
            }
            if (at >= list.length()) {
                return found;
            }
            boolean weak = list.startsWith("W/", at);
            int open = weak ? at + 2 : at;
            int close = open < list.length() && list.charAt(open) == '"' ? list.indexOf('"', open + 1) : -1;
            boolean ended = close == list.length() - 1 || close >= 0 && " \t,".indexOf(list.charAt(close + 1)) >= 0;
            if (close < 0 || !ended) {
                return false;
            }
            found |= (weakly || !weak) && list.regionMatches(open, tag, 0, Math.max(tag.length(), close + 1 - open));
            at = close + 1;
        }
    }
}
