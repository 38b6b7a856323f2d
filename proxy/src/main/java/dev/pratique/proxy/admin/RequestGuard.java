package dev.pratique.proxy.admin;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What every request to the operator's port must meet. Nobody logs in here: that only who can reach the port can read it must
 * not be undone by a browser that can, and that shows a page of somebody else. Thread safe.
 */
final class RequestGuard {
    /** An address or localhost: a page whose name was made to point here (DNS rebinding) says that name. */
    private static final Pattern LOCAL_HOST = Pattern.compile("localhost|[0-9.]+|\\[[0-9a-fA-F:.]+]");

    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    private final Set<String> names;

    /** @param names in lower case, that it answers to beside its addresses */
    RequestGuard(Set<String> names) {
        this.names = Set.copyOf(names);
    }

    /** Why the request is not answered; empty where it is. */
    Optional<ProblemType> objection(FullHttpRequest request, Optional<OperatorRoute> route) {
        if (request.decoderResult().isFailure()) {
            return Optional.of(unreadable(request.decoderResult().cause()));
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return Optional.of(ProblemType.METHOD_NOT_ALLOWED);
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        // RFC 9112 section 3.2: 400 "to any HTTP/1.1 request message that lacks a Host header field and to any request
        // message that contains more than one".
        boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (hosts.size() > 1 || hosts.isEmpty() && !old) {
            return Optional.of(ProblemType.MALFORMED_REQUEST);
        }
        if (route.map(OperatorRoute::ofProbes).orElse(false)) {
            return Optional.empty();
        }
        String host = hosts.isEmpty() ? "localhost" : hosts.get(0).toLowerCase(Locale.ROOT);
        if (!answersTo(PORT.matcher(host).replaceFirst(""))) {
            return Optional.of(ProblemType.WRONG_HOST);
        }
        return crossOrigin(request.headers(), host) ? Optional.of(ProblemType.CROSS_ORIGIN) : Optional.empty();
    }

    private static ProblemType unreadable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return ProblemType.URI_TOO_LONG;
        }
        return cause instanceof TooLongFrameException ? ProblemType.HEADERS_TOO_LARGE : ProblemType.MALFORMED_REQUEST;
    }

    private boolean answersTo(String name) {
        return LOCAL_HOST.matcher(name).matches() || names.contains(name);
    }

    // A link from elsewhere may be followed (Sec-Fetch-Mode: navigate); what another page fetches for itself it
    // would not be shown, but it makes us judge.
    private static boolean crossOrigin(HttpHeaders headers, String host) {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        boolean foreign = origin != null && !origin.equalsIgnoreCase("http://" + host);
        boolean embedded =
                "cross-site".equals(headers.get("sec-fetch-site")) && !"navigate".equals(headers.get("sec-fetch-mode"));
        return foreign || embedded;
    }
}
