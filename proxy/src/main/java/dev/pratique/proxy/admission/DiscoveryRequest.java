package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One request for a list (distribution-spec, "Content Discovery"), once its form is known to be right.
 *
 * @param written the name as it stands in the path, for answers and for the address of the next page
 * @param namespace the {@code ns} parameter, where the client sent one
 * @param client who asks, for the ledger
 * @param environment the environment that the client belongs to
 */
public record DiscoveryRequest(
        Wanted wanted,
        Repository repository,
        String written,
        Optional<String> namespace,
        Requester client,
        String environment) {

    /** Which list. */
    public sealed interface Wanted {}

    /**
     * The tags.
     *
     * @param limit how many at the most; 0 is a list of none
     * @param last the tag after which the list is to begin
     */
    public record Tags(OptionalInt limit, Optional<String> last) implements Wanted {}

    /**
     * What refers to a manifest.
     *
     * @param artifactType only of this type
     * @param after the last entry of the page before
     */
    public record Referrers(Digest subject, Optional<String> artifactType, Optional<Digest> after) implements Wanted {}

    /** {@code tags} or {@code referrers}, for logs and metrics. */
    public String kind() {
        return wanted instanceof Tags ? "tags" : "referrers";
    }

    /** The manifest that the list is about, if it is about one. */
    public Optional<Digest> subject() {
        return wanted instanceof Referrers referrers ? Optional.of(referrers.subject()) : Optional.empty();
    }

    /** The same request by this client. */
    DiscoveryRequest askedBy(Requester other) {
        return new DiscoveryRequest(wanted, repository, written, namespace, other, environment);
    }

    /** Path and query of the list after this tag. */
    String pageAfter(String tag) {
        String limit = wanted instanceof Tags tags && tags.limit().isPresent()
                ? "n=" + tags.limit().getAsInt() + "&"
                : "";
        return "/v2/" + written + "/tags/list?" + limit + "last=" + tag + byNamespace();
    }

    /** Path and query of the list after this entry. */
    String pageAfter(Referrers asked, Digest entry) {
        String type = asked.artifactType()
                .map(value -> "artifactType=" + encode(value) + "&")
                .orElse("");
        return "/v2/" + written + "/referrers/" + asked.subject() + "?" + type + "after=" + entry + byNamespace();
    }

    private String byNamespace() {
        return namespace.map(host -> "&ns=" + encode(host)).orElse("");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.US_ASCII).replace("+", "%20");
    }
}
