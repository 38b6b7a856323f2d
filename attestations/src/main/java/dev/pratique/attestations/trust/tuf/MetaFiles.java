package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * timestamp.json (section 4.6) or snapshot.json (section 4.4): which metadata files there are.
 *
 * @param files by name, {@code targets.json} for example
 */
record MetaFiles(MetadataHead head, Map<String, MetaFile> files) {

    /** One of them. */
    record MetaFile(long version, FileHashes hashes) {}

    MetaFiles {
        files = Map.copyOf(files);
    }

    /** @param type {@code timestamp} or {@code snapshot} */
    static MetaFiles of(SignedMetadata metadata, String type) throws MalformedEvidenceException {
        MetadataHead head = MetadataHead.of(metadata.signed(), type);
        JsonObject meta = metadata.signed().getObject("meta");
        if (meta.members().size() > TufLimits.MAX_META_FILES) {
            throw new MalformedEvidenceException("'meta' has more than " + TufLimits.MAX_META_FILES + " members");
        }
        Map<String, MetaFile> files = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> entry : meta.members().entrySet()) {
            JsonObject file = entry.getValue().asObject("a member of 'meta'");
            long version = file.get("version").asSize("'version'");
            if (version < 1) {
                throw new MalformedEvidenceException("'version' of a file is 0");
            }
            files.put(entry.getKey(), new MetaFile(version, FileHashes.of(file)));
        }
        return new MetaFiles(head, files);
    }

    /** timestamp.json: section 4.6, "MUST only include a description of the snapshot.json file". */
    static MetaFiles timestamp(SignedMetadata metadata) throws MalformedEvidenceException {
        MetaFiles timestamp = of(metadata, "timestamp");
        if (timestamp.files.size() != 1 || !timestamp.files.containsKey("snapshot.json")) {
            throw new MalformedEvidenceException("the timestamp is not about snapshot.json alone");
        }
        return timestamp;
    }

    Optional<MetaFile> file(String name) {
        return Optional.ofNullable(files.get(name));
    }
}
