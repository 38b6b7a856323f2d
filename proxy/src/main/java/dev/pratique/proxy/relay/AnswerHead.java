package dev.pratique.proxy.relay;

import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.PullRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The headers of an answer with admitted content (distribution-spec, "Pulling manifests", "Pulling blobs"). */
final class AnswerHead {
    /** distribution-spec, "Warnings": clients should accept 4096 bytes in all. */
    private static final int MAX_WARNINGS = 4096;

    private static final AsciiString CONTENT_DIGEST = AsciiString.cached("Docker-Content-Digest");
    private static final AsciiString API_VERSION = AsciiString.cached("Docker-Distribution-Api-Version");
    private static final AsciiString REGISTRY_2 = AsciiString.cached("registry/2.0");
    private static final AsciiString CACHING = AsciiString.cached(Relay.CACHING);
    private static final AsciiString WARNING = AsciiString.cached("Warning");
    private static final AsciiString OCTETS = HttpHeaderValues.APPLICATION_OCTET_STREAM;
    /** Every value below is made here or checked here, so the library need not check each character again. */
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private AnswerHead() {}

    /** @param length of the body that is announced */
    static HttpHeaders of(Admission admission, long length, boolean keepAlive) {
        HttpHeaders headers = UNCHECKED.newHeaders();
        String digest = admission.digest().toString();
        boolean manifest = admission.kind() == PullRequest.Kind.MANIFEST;
        headers.add(HttpHeaderNames.CONTENT_TYPE, manifest ? type(admission.mediaType()) : OCTETS);
        headers.add(HttpHeaderNames.CONTENT_LENGTH, Long.toString(length));
        headers.add(CONTENT_DIGEST, digest);
        headers.add(HttpHeaderNames.ETAG, '"' + digest + '"');
        headers.add(HttpHeaderNames.CACHE_CONTROL, CACHING);
        headers.add(API_VERSION, REGISTRY_2);
        if (!manifest) {
            headers.add(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
        }
        if (!keepAlive) {
            headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (!admission.warnings().isEmpty()) {
            warn(headers, admission.warnings());
        }
        return headers;
    }

    /** @param range of content of that size */
    static HttpHeaders of(Admission admission, ByteRange range, long size, boolean keepAlive) {
        HttpHeaders headers = of(admission, range.count(), keepAlive);
        if (range.partial()) {
            headers.add(HttpHeaderNames.CONTENT_RANGE, range.contentRange(size));
        }
        return headers;
    }

    /** What the encoded head depends on, the digest apart. */
    static Object key(Admission admission) {
        return admission.kind() == PullRequest.Kind.BLOB ? PullRequest.Kind.BLOB : admission.mediaType();
    }

    /** Status line and headers of a whole answer on a connection that stays, as they go over the wire. */
    static byte[] encoded(Admission admission, long length) {
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        for (Map.Entry<String, String> header : of(admission, length, true)) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static CharSequence type(String mediaType) {
        for (int i = 0; i < mediaType.length(); i++) {
            char c = mediaType.charAt(i);
            if (c < ' ' || c > '~') {
                return OCTETS;
            }
        }
        return mediaType;
    }

    private static void warn(HttpHeaders headers, List<String> warnings) {
        int left = MAX_WARNINGS;
        for (String text : warnings) {
            String value = warning(text);
            if (value.length() > left) {
                return;
            }
            left -= value.length();
            headers.add(WARNING, value);
        }
    }

    /** {@code 299 - "text"} with the text as a quoted-string (RFC 9110 section 5.6.4); the agent is always {@code -}. */
    static String warning(String text) {
        StringBuilder value = new StringBuilder("299 - \"");
        for (int i = 0; i < text.length() && value.length() < MAX_WARNINGS - 2; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                value.append('\\').append(c);
            } else {
                value.append(c < ' ' || c > '~' ? '?' : c);
            }
        }
        return value.append('"').toString();
    }
}
