package dev.pratique.attestations.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110 section 11.6.1).
 *
 * @param scheme lower case, for example {@code bearer}
 * @param parameters names in lower case; the first of a repeated name counts
 */
public record AuthChallenge(String scheme, Map<String, String> parameters) {
    /** Real challenges have three parameters and a few hundred bytes. */
    private static final int MAX_LENGTH = 8192;

    private static final int MAX_PARAMETERS = 32;

    public AuthChallenge {
        parameters = Map.copyOf(parameters);
    }

    /** The parameter of this name. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** The challenges of one header; what cannot be read is left out, so a broken header is an empty list. */
    public static List<AuthChallenge> parse(String header) {
        List<AuthChallenge> challenges = new ArrayList<>();
        if (header.length() > MAX_LENGTH) {
            return challenges;
        }
        Scanner in = new Scanner(header);
        while (in.more()) {
            String scheme = in.token();
            if (scheme.isEmpty()) {
                break;
            }
            if (in.skippedToken68()) {
                challenges.add(new AuthChallenge(scheme.toLowerCase(Locale.ROOT), Map.of()));
                continue;
            }
            Optional<Map<String, String>> parameters = in.parameters();
            if (parameters.isEmpty()) {
                break;
            }
            challenges.add(new AuthChallenge(scheme.toLowerCase(Locale.ROOT), parameters.get()));
        }
        return List.copyOf(challenges);
    }

    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        boolean more() {
            skip(" \t,");
            return at < text.length();
        }

        String token() {
            int start = at;
            while (at < text.length() && isToken(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        /**
         * Passes over the one value that some schemes have in the place of parameters, as {@code Negotiate YII==}: letters and
         * signs with any number of {@code =} behind them, up to a comma or the end (RFC 9110 section 11.2).
         */
        boolean skippedToken68() {
            int start = at;
            skip(" \t");
            int begin = at;
            while (at < text.length() && isToken68(text.charAt(at))) {
                at++;
            }
            boolean some = at > begin && begin > start;
            skip("=");
            skip(" \t");
            if (some && (at >= text.length() || text.charAt(at) == ',')) {
                return true;
            }
            at = start;
            return false;
        }

        private static boolean isToken68(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~+/".indexOf(c) >= 0;
        }

        /** Empty where a quote is never closed or there are too many. */
        Optional<Map<String, String>> parameters() {
            Map<String, String> found = new LinkedHashMap<>();
            while (more()) {
                int start = at;
                String name = token().toLowerCase(Locale.ROOT);
                skip(" \t");
                if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
                    at = start;
                    break; // the next challenge's scheme
                }
                at++;
                skip(" \t");
                Optional<String> value = at < text.length() && text.charAt(at) == '"' ? quoted() : Optional.of(token());
                if (value.isEmpty() || found.size() >= MAX_PARAMETERS) {
                    return Optional.empty();
                }
                found.putIfAbsent(name, value.get());
            }
            return Optional.of(found);
        }

        private Optional<String> quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return Optional.of(value.toString());
                }
                if (c == '\\' && at + 1 < text.length()) {
                    c = text.charAt(++at);
                }
                value.append(c);
            }
            return Optional.empty();
        }

        private void skip(String chars) {
            while (at < text.length() && chars.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private static boolean isToken(char c) {
            return c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
        }
    }
}
