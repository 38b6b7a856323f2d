package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.signer.http.Http.Answer;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a list goes on. */
final class NextPage {
    static final String ELSEWHERE = "the list goes on elsewhere than on the registry that it is from";

    // RFC 8288; registries write one link, to the next page.
    private static final Pattern NEXT = Pattern.compile("<([^>]{1,2048})>\\s*;\\s*rel=\"?next\"?");

    private NextPage() {}

    /**
     * The next page's address; empty where this page is the last.
     *
     * @throws MalformedEvidenceException where there is one that is not fetched: of another server, or in plain HTTP behind
     *     HTTPS. A list whose rest cannot be read is not a shorter list
     */
    static Optional<String> of(Answer answer) throws MalformedEvidenceException {
        for (String header : answer.headers("Link")) {
            Matcher link = NEXT.matcher(header);
            if (link.find()) {
                return Optional.of(resolved(answer.uri(), link.group(1)));
            }
        }
        return Optional.empty();
    }

    private static String resolved(URI page, String link) throws MalformedEvidenceException {
        try {
            // RFC 3986 section 5.2.2: a query alone keeps the path. java.net.URI is older, and takes its last part off.
            URI next = page.resolve(link.startsWith("?") ? page.getRawPath() + link : link);
            if (RegistryClient.sameOrigin(next, page)) {
                return next.toString();
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidenceException("the list goes on at what is no address", e);
        }
        throw new MalformedEvidenceException(ELSEWHERE);
    }
}
