package dev.pratique.proxy.upstream;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where a list goes on: the Link header (RFC 8288; distribution-spec, "Listing Referrers"). */
final class NextPage {
    private static final int MAX_LENGTH = 8192;

    private NextPage() {}

    /** Whether the answer says that the list goes on, readable or not. */
    static boolean promised(List<String> links) {
        return links.stream().anyMatch(NextPage::isNext);
    }

    /**
     * The path and query of the next page; the caller sees to it that they belong to the list.
     *
     * @param page where this page came from
     * @return empty where there is none, or it is on another host
     */
    static Optional<String> of(List<String> links, Target page) {
        for (String link : links) {
            int open = link.indexOf('<');
            int close = link.indexOf('>');
            if (isNext(link) && open >= 0 && close > open && link.length() <= MAX_LENGTH) {
                return page.resolve(link.substring(open + 1, close))
                        .filter(next -> next.origin().equals(page.origin()))
                        .map(Target::path);
            }
        }
        return Optional.empty();
    }

    /** Whether a path and query stays below the prefix however a server reads it. */
    static boolean within(String pathAndQuery, String prefix) {
        int query = pathAndQuery.indexOf('?');
        String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        return path.startsWith(prefix) && !path.contains("..") && path.indexOf('%') < 0 && path.indexOf('\\') < 0;
    }

    /** Whether a path and query asks this very route, whatever the query says. */
    static boolean ofRoute(String pathAndQuery, String route) {
        return pathAndQuery.equals(route) || pathAndQuery.startsWith(route + "?");
    }

    private static boolean isNext(String link) {
        String parameters =
                link.substring(link.indexOf('>') + 1).toLowerCase(Locale.ROOT).replace(" ", "");
        return parameters.contains(";rel=next") || parameters.contains(";rel=\"next\"");
    }
}
