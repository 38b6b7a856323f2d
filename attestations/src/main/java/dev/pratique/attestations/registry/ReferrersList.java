package dev.pratique.attestations.registry;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of what refers to an image (distribution-spec, "Listing Referrers"): an index whose entries registries copy from
 * whatever was pushed, so that one broken entry must not hide the others.
 *
 * @param entries in the order of the list
 * @param broken what is wrong with the other entries, at most ten of them
 */
record ReferrersList(List<Descriptor> entries, List<String> broken) {
    /** More entries than fit in {@link EvidenceLimits#MAX_PAGE_BYTES}. */
    private static final int MAX_ENTRIES = 50_000;

    private static final int MAX_BROKEN = 10;

    static ReferrersList parse(byte[] bytes, @Nullable String contentType) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "referrers list", EvidenceLimits.MAX_PAGE_BYTES);
        if (json.get("schemaVersion").asSize("schemaVersion") != 2) {
            throw new MalformedEvidenceException("the referrers list is not of schemaVersion 2");
        }
        // distribution-spec: "the response MUST be an OCI image index"; the tag's index says so in header and body.
        String body = json.findString("mediaType").orElse(MediaType.OCI_INDEX);
        String header = contentType == null ? MediaType.OCI_INDEX : MediaType.bare(contentType);
        if (!MediaType.isIndex(body) || !body.equals(header)) {
            throw new MalformedEvidenceException("the referrers list is not an index");
        }
        if (json.find("config").isPresent() || json.find("layers").isPresent()) {
            throw new MalformedEvidenceException("the referrers list is both a manifest and an index");
        }
        // An empty Go slice is written as null; only a document without the member is no list.
        if (!json.members().containsKey("manifests")) {
            throw new MalformedEvidenceException("the referrers list has no manifests");
        }
        List<JsonValue> all = json.arrayOrEmpty("manifests", MAX_ENTRIES);
        List<Descriptor> entries = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            try {
                entries.add(Descriptor.from(all.get(i), "manifests[" + i + "]"));
            } catch (MalformedEvidenceException e) {
                if (broken.size() < MAX_BROKEN) {
                    broken.add("manifests[" + i + "]: " + e.getMessage());
                }
            }
        }
        return new ReferrersList(List.copyOf(entries), List.copyOf(broken));
    }
}
