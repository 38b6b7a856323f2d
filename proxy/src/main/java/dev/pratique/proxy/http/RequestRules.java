package dev.pratique.proxy.http;

import dev.pratique.attestations.registry.ErrorCode;
import dev.pratique.proxy.admission.RequestTarget;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request must be before anybody asks what it wants. Stateless. */
final class RequestRules {
    /** RFC 9110 section 7.2: host and port; nothing is built from it, so only its form is looked at. */
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9._~%-]*(:[0-9]{0,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{0,5})?");

    private RequestRules() {}

    /**
     * The answer to a request that is not acceptable whatever it asks for.
     *
     * @param acceptedHost the Host of this connection's last acceptable request, which need not be read again
     */
    static Optional<Refusal> check(HttpRequest head, String acceptedHost) {
        if (head.decoderResult().isFailure()) {
            return Optional.of(undecodable(head.decoderResult().cause()));
        }
        if (head.protocolVersion().majorVersion() != 1) {
            return bad("this server speaks HTTP/1.1");
        }
        if (!hostIsRight(head, acceptedHost)) {
            return bad("a request needs exactly one well-formed Host header");
        }
        boolean reads = head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.HEAD);
        if (!reads) {
            return Optional.of(Refusal.of(
                    405, ErrorCode.UNSUPPORTED, "this is a pull-through proxy: nothing can be written here"));
        }
        return hasBody(head) ? bad("a request to read has no body") : Optional.empty();
    }

    /** Whether what follows on the connection may not be what it seems. */
    static boolean mustClose(HttpRequest head) {
        return head.decoderResult().isFailure() || head.protocolVersion().majorVersion() != 1 || hasBody(head);
    }

    static RequestTarget.Wrong asTarget(Refusal refusal) {
        return new RequestTarget.Wrong(
                refusal.status(),
                refusal.body().code(),
                Optional.empty(),
                refusal.body().message());
    }

    private static Optional<Refusal> bad(String message) {
        return Optional.of(Refusal.of(400, ErrorCode.UNSUPPORTED, message));
    }

    private static Refusal undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Refusal.of(414, ErrorCode.NAME_INVALID, "the request line is too long");
        }
        return cause instanceof TooLongFrameException
                ? Refusal.of(431, ErrorCode.UNSUPPORTED, "the request's headers are too long")
                : Refusal.of(400, ErrorCode.UNSUPPORTED, "this is not a well-formed HTTP/1.1 request");
    }

    // RFC 9112 section 3.2: 400 for a missing Host in HTTP/1.1, for more than one, and for an invalid one.
    private static boolean hostIsRight(HttpRequest head, String acceptedHost) {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.isEmpty()) {
            return head.protocolVersion().minorVersion() == 0;
        }
        return hosts.size() == 1
                && (hosts.get(0).equals(acceptedHost)
                        || HOST.matcher(hosts.get(0)).matches());
    }

    private static boolean hasBody(HttpRequest head) {
        HttpHeaders headers = head.headers();
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        return !lengths.isEmpty() && !lengths.equals(List.of("0"));
    }
}
