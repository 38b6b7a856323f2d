package dev.pratique.proxy.upstream;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code index.json} lists (image-spec, image-layout.md).
 *
 * @param entries in the file's order
 */
record LayoutIndex(List<Entry> entries) {
    /** The operator's own file; this many manifests are read once, when a repository is first asked for. */
    private static final int MAX_ENTRIES = 65_536;

    static final int MAX_BYTES = 32 << 20;
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    /**
     * One manifest.
     *
     * @param name the annotation org.opencontainers.image.ref.name, or null
     */
    record Entry(Digest digest, String mediaType, @Nullable String name) {

        /**
         * The tag that this entry has in a repository.
         *
         * @param shared whether names carry the repository, as in {@code acme/app:1.0}
         */
        Optional<String> tagIn(String registry, String repository, boolean shared) {
            if (name == null) {
                return Optional.empty();
            }
            String own = repository + ":";
            String full = registry + "/" + own;
            if (name.startsWith(own)) {
                return Optional.of(name.substring(own.length()));
            }
            if (name.startsWith(full)) {
                return Optional.of(name.substring(full.length()));
            }
            return shared ? Optional.empty() : Optional.of(name);
        }
    }

    static LayoutIndex parse(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "index.json", MAX_BYTES);
        List<Entry> entries = new ArrayList<>();
        for (JsonValue value : json.get("manifests").asArray("manifests", MAX_ENTRIES)) {
            JsonObject entry = value.asObject("manifests");
            entries.add(new Entry(
                    Digest.parse(entry.getString("digest")),
                    entry.getString("mediaType"),
                    entry.stringsOrEmpty("annotations", 256).get(REF_NAME)));
        }
        return new LayoutIndex(List.copyOf(entries));
    }
}
