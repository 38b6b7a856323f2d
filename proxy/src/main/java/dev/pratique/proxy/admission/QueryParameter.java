package dev.pratique.proxy.admission;

import java.util.HexFormat;
import java.util.Optional;

/**
 * One parameter of a request's query, as a client wrote it.
 *
 * @param value decoded once; empty where there is none
 * @param broken there are two, or it has no value, or the query cannot be decoded
 */
record QueryParameter(Optional<String> value, boolean broken) {
    private static final QueryParameter NONE = new QueryParameter(Optional.empty(), false);
    private static final QueryParameter BROKEN = new QueryParameter(Optional.empty(), true);

    /**
     * @param name of the parameter
     * @param query what follows the question mark; may be empty
     */
    static QueryParameter of(String name, String query) {
        QueryParameter found = NONE;
        if (query.isEmpty()) {
            return found;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            Optional<String> written = decode(equals < 0 ? parameter : parameter.substring(0, equals));
            if (written.isEmpty()) {
                return BROKEN;
            }
            if (!written.get().equals(name)) {
                continue;
            }
            Optional<String> value = equals < 0 ? Optional.empty() : decode(parameter.substring(equals + 1));
            if (found.value().isPresent() || value.isEmpty() || value.get().isEmpty()) {
                return BROKEN;
            }
            found = new QueryParameter(value, false);
        }
        return found;
    }

    /**
     * RFC 3986 section 2.1, to ASCII only: no host, tag, number, digest or media type needs more. A plus sign is one, as
     * in a media type that is written down.
     */
    private static Optional<String> decode(String text) {
        if (text.indexOf('%') < 0) {
            return Optional.of(text);
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                decoded.append(c);
                continue;
            }
            if (i + 2 >= text.length()
                    || !HexFormat.isHexDigit(text.charAt(i + 1))
                    || !HexFormat.isHexDigit(text.charAt(i + 2))) {
                return Optional.empty();
            }
            int octet = HexFormat.fromHexDigits(text, i + 1, i + 3);
            if (octet < 0x20 || octet > 0x7e) {
                return Optional.empty();
            }
            decoded.append((char) octet);
            i += 2;
        }
        return Optional.of(decoded.toString());
    }
}
