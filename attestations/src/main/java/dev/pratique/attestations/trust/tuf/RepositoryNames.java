package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What files are called at the repository, with and without consistent snapshots (section 6.2), and in the store. */
record RepositoryNames(boolean consistent) {
    private static final String UNRESERVED = "-._~";

    /** Of metadata at the repository. */
    String metadata(String role, long version) {
        return (consistent ? version + "." : "") + quote(role) + ".json";
    }

    /**
     * Of a target at the repository.
     *
     * @param digest one of those by which it is known
     */
    String target(String path, Digest digest) {
        List<String> segments = new ArrayList<>(
                Arrays.stream(path.split("/", -1)).map(RepositoryNames::quote).toList());
        if (consistent) {
            int last = segments.size() - 1;
            segments.set(last, digest.hex() + "." + segments.get(last));
        }
        return String.join("/", segments);
    }

    /** Of a delegated role in the store, whatever characters its name has. */
    static String stored(String role) {
        return "delegated-"
                + Digest.sha256(role.getBytes(StandardCharsets.UTF_8)).hex() + ".json";
    }

    /**
     * Section 4.5 recommends relative paths with '/'; others lead out of the repository.
     *
     * @throws TufException MALFORMED
     */
    static void checkTarget(String path) throws TufException {
        boolean safe = path.length() <= TufLimits.MAX_PATH
                && path.indexOf('\\') < 0
                && Arrays.stream(path.split("/", -1))
                        .noneMatch(segment -> segment.isEmpty() || segment.equals(".") || segment.equals(".."));
        if (!safe) {
            throw new TufException(Reason.MALFORMED, "a target's path must be relative, without empty or dot segments");
        }
    }

    /** A name of a stranger, for people: printable, and not long. */
    static String printable(String name) {
        String cut = name.length() > 80 ? name.substring(0, 80) + "..." : name;
        return cut.replaceAll("[^ -~]", "?");
    }

    // RFC 3986 section 2.3: what is unreserved stays, everything else is its UTF-8 in percent.
    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                quoted.append(c);
            } else {
                quoted.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return quoted.toString();
    }
}
