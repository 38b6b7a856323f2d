package dev.pratique.attestations.registry;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.StrictJson;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All tags of a repository, whatever number of pages its registry makes of them. What is outside of the grammar of tags is
 * left out: nobody could ask for it, and what a registry writes there is anybody's.
 */
public final class TagList {
    /** distribution-spec, "Listing Tags": "in lexical order (i.e. case-insensitive alphanumeric order)". */
    public static final Comparator<String> ORDER =
            String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder());

    private TagList() {}

    /** What came of it. */
    public sealed interface Read {}

    /** @param tags in {@link #ORDER} */
    public record Whole(List<String> tags) implements Read {}

    /**
     * There is no such list, or it cannot be read.
     *
     * @param why never {@link Fetched.Found}
     */
    public record Not(Fetched why) implements Read {}

    /** Reads page after page. */
    public static Read of(RegistryReader reader, Repository repository, Deadline deadline) {
        Set<String> tags = new TreeSet<>(ORDER);
        Set<String> pages = new HashSet<>();
        long left = DiscoveryLimits.MAX_TAG_BYTES;
        Optional<String> page = Optional.empty();
        do {
            Fetched answer = reader.fetch(
                    new Fetch.TagsOf(repository, page, Math.min(left, DiscoveryLimits.MAX_TAG_PAGE_BYTES)), deadline);
            if (!(answer instanceof Fetched.Found found)) {
                return new Not(answer instanceof Fetched.Missing && page.isPresent() ? gone() : answer);
            }
            left -= found.bytes().length;
            try {
                addTo(tags, found.bytes());
            } catch (MalformedEvidenceException e) {
                return new Not(new Fetched.Wrong(e.getMessage()));
            }
            page = found.next();
            if (left <= 0 || tags.size() > DiscoveryLimits.MAX_TAGS || pages.size() >= DiscoveryLimits.MAX_TAG_PAGES) {
                return new Not(new Fetched.Wrong("the repository has more tags than are listed here"));
            }
        } while (page.isPresent() && pages.add(page.get()));
        return page.isPresent()
                ? new Not(new Fetched.Wrong("the registry's list of tags goes in circles"))
                : new Whole(List.copyOf(tags));
    }

    private static Fetched gone() {
        return new Fetched.Wrong("the registry lost its list of tags between two pages");
    }

    private static void addTo(Set<String> tags, byte[] bytes) throws MalformedEvidenceException {
        JsonObject list = StrictJson.parseObject(bytes, "the list of tags", DiscoveryLimits.MAX_TAG_PAGE_BYTES);
        // An empty Go slice is written as null; only a document without the member is no list.
        if (!list.members().containsKey("tags")) {
            throw new MalformedEvidenceException("the list of tags has no tags");
        }
        for (JsonValue value : list.arrayOrEmpty("tags", DiscoveryLimits.MAX_TAGS)) {
            if (value instanceof JsonString text && Reference.Tag.isTag(text.value())) {
                tags.add(text.value());
            }
        }
    }
}
