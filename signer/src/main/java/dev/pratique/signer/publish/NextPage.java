package dev.pratique.signer.publish;

import dev.pratique.signer.http.Http.Answer;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a list goes on. */
final class NextPage {
    // RFC 8288; registries write one link, to the next page.
    private static final Pattern NEXT = Pattern.compile("<([^>]{1,2048})>\\s*;\\s*rel=\"?next\"?");

    private NextPage() {}

    /** The next page's address; only where it is on the same registry. */
    static Optional<String> of(Answer answer) {
        Matcher link = NEXT.matcher(answer.header("Link").orElse(""));
        if (!link.find()) {
            return Optional.empty();
        }
        try {
            URI next = answer.uri().resolve(link.group(1));
            return String.valueOf(next.getAuthority())
                            .equalsIgnoreCase(answer.uri().getAuthority())
                    ? Optional.of(next.toString())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
