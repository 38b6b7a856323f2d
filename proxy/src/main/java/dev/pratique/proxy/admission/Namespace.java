package dev.pratique.proxy.admission;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The {@code ns} parameter with which containerd tells a mirror whose image it wants. It is a client's word.
 *
 * @param host decoded once; empty where there is none
 * @param broken there are two, or it is empty, or it cannot be decoded
 */
record Namespace(Optional<String> host, boolean broken) {
    private static final Namespace NONE = new Namespace(Optional.empty(), false);
    private static final Namespace BROKEN = new Namespace(Optional.empty(), true);

    /** @param query what follows the question mark; may be empty */
    static Namespace of(String query) {
        Namespace found = NONE;
        if (query.isEmpty()) {
            return found;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            Optional<String> name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
            if (name.isEmpty()) {
                return BROKEN;
            }
            if (!name.get().equals("ns")) {
                continue;
            }
            Optional<String> value = equals < 0 ? Optional.empty() : decode(parameter.substring(equals + 1));
            if (found.host().isPresent() || value.isEmpty() || value.get().isEmpty()) {
                return BROKEN;
            }
            found = new Namespace(value, false);
        }
        return found;
    }

    /** RFC 3986 section 2.1, to ASCII only: nothing that a host may hold needs more. */
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
