package dev.pratique.attestations.sign;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The index that stands in for a referrers API (distribution-spec, "Referrers Tag Schema"). */
public final class ReferrersTag {
    private ReferrersTag() {}

    /**
     * The index with one more entry; empty where it lists that manifest already.
     *
     * @param existing the index as the tag names it now; everything in it is kept
     * @throws MalformedEvidenceException where the tag names something else than an OCI index
     */
    public static Optional<byte[]> with(Optional<byte[]> existing, Descriptor referrer)
            throws MalformedEvidenceException {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", MediaType.OCI_INDEX);
        List<Object> entries = new ArrayList<>();
        if (existing.isPresent()) {
            if (!(Manifest.parse(existing.get(), null) instanceof Manifest.Index)) {
                throw new MalformedEvidenceException("the referrers tag names something else than an index");
            }
            JsonObject json = StrictJson.parseObject(existing.get(), "index", Manifest.MAX_BYTES);
            index.putAll(json.members());
            for (JsonValue entry : json.arrayOrEmpty("manifests", Manifest.MAX_CHILDREN)) {
                Digest listed = Digest.parse(entry.asObject("manifests").getString("digest"));
                if (listed.equals(referrer.digest())) {
                    return Optional.empty();
                }
                entries.add(entry);
            }
        }
        entries.add(DescriptorJson.of(referrer));
        index.put("manifests", entries);
        return Optional.of(JsonWriter.bytes(index));
    }
}
