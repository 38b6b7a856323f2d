package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or index with the exact bytes it was read from: OCI (image-spec manifest.md, image-index.md) or Docker
 * schema 2. The bytes are never written anew.
 */
public sealed interface Manifest {
    /** distribution-spec: registries should accept 4 MiB; nothing larger is pulled by containerd either. */
    int MAX_BYTES = 4 << 20;
    /** Docker's own limit is 127 layers; OCI artefacts and old signature manifests have more. */
    int MAX_LAYERS = 1024;

    int MAX_CHILDREN = 1024;

    /** The exact bytes; not to be changed by the caller. */
    byte[] bytes();

    /** SHA-256 of {@link #bytes}. */
    Digest digest();

    /** The type that body and header agree on. */
    String mediaType();

    /** The manifest's own annotations. */
    Map<String, String> annotations();

    /** What this one is about (image-spec, {@code subject}), if it says so. */
    Optional<Digest> subject();

    /**
     * An image or another artefact.
     *
     * @param config for an image its configuration with the diff_ids
     */
    record Image(
            byte[] bytes,
            Digest digest,
            String mediaType,
            Map<String, String> annotations,
            Optional<Digest> subject,
            Descriptor config,
            List<Descriptor> layers,
            @Nullable String artifactType)
            implements Manifest {

        /** Whether a runtime could start it. */
        public boolean runnable() {
            return MediaType.isRunnableConfig(config.mediaType());
        }

        /** Whether every layer is evidence about another image: nothing in it can be run. */
        public boolean evidenceOnly() {
            return !layers.isEmpty() && layers.stream().allMatch(layer -> MediaType.isEvidence(layer.mediaType()));
        }
    }

    /** A list of manifests, one a platform. */
    record Index(
            byte[] bytes,
            Digest digest,
            String mediaType,
            Map<String, String> annotations,
            Optional<Digest> subject,
            List<Descriptor> manifests,
            @Nullable String artifactType)
            implements Manifest {}

    /**
     * Reads a manifest.
     *
     * @param contentType the upstream's Content-Type header, or null where it sent none
     * @throws MalformedEvidenceException for what is neither, or both, or contradicts its header, and for
     *     what image-spec 1.1 withdrew
     * @throws SchemaOneException for schema 1
     */
    static Manifest parse(byte[] bytes, @Nullable String contentType) throws MalformedEvidenceException {
        String header = contentType == null ? "" : MediaType.bare(contentType);
        if (MediaType.isSchema1(header)) {
            throw new SchemaOneException("the registry has no other manifest than one of schema 1");
        }
        JsonObject json = StrictJson.parseObject(bytes, "manifest", MAX_BYTES);
        String named = json.findString("mediaType").orElse(header);
        if (named.equals(MediaType.ARTIFACT_MANIFEST)) {
            throw new MalformedEvidenceException("it is an OCI artifact manifest, a type that image-spec 1.1 withdrew");
        }
        long version = json.get("schemaVersion").asSize("schemaVersion");
        if (version == 1) {
            throw new SchemaOneException("schemaVersion is 1");
        }
        if (json.find("signatures").isPresent() || json.find("fsLayers").isPresent()) {
            throw new MalformedEvidenceException("the document has members of schema 1 and says that it is not");
        }
        if (version != 2) {
            throw new MalformedEvidenceException("schemaVersion is " + version + ", not 2");
        }
        boolean image = json.find("config").isPresent() || json.find("layers").isPresent();
        boolean index = json.find("manifests").isPresent();
        if (image && index) {
            // CVE-2021-41190: clients disagree about what such a document is.
            throw new MalformedEvidenceException("the document is both a manifest and an index");
        }
        String mediaType = mediaType(json, contentType, index);
        if (index ? !MediaType.isIndex(mediaType) : !MediaType.isManifest(mediaType)) {
            throw new MalformedEvidenceException("mediaType contradicts what the document holds");
        }
        return index ? readIndex(json, bytes, mediaType) : readImage(json, bytes, mediaType);
    }

    private static String mediaType(JsonObject json, @Nullable String contentType, boolean index)
            throws MalformedEvidenceException {
        String header = contentType == null ? null : MediaType.bare(contentType);
        Optional<String> body = json.findString("mediaType");
        if (body.isPresent()) {
            boolean known = MediaType.isManifest(body.get()) || MediaType.isIndex(body.get());
            if (!known) {
                throw new MalformedEvidenceException("mediaType is none of a manifest or index");
            }
            // image-spec manifest.md: the field SHOULD be used and "MUST be" the type; distribution-spec "Pulling
            // manifests": the Content-Type header MUST match it.
            if (header != null && !header.equals(body.get())) {
                throw new MalformedEvidenceException("mediaType " + body.get() + " contradicts Content-Type");
            }
            return body.get();
        }
        if (header == null) {
            return index ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
        }
        return header;
    }

    private static Image readImage(JsonObject json, byte[] bytes, String mediaType) throws MalformedEvidenceException {
        Descriptor config = Descriptor.from(json.get("config"), "config");
        List<Descriptor> layers = new ArrayList<>();
        for (JsonValue layer : json.get("layers").asArray("layers", MAX_LAYERS)) {
            layers.add(Descriptor.from(layer, "layers[" + layers.size() + "]"));
        }
        return new Image(
                bytes,
                Digest.sha256(bytes),
                mediaType,
                json.stringsOrEmpty("annotations", Descriptor.MAX_ANNOTATIONS),
                subject(json),
                config,
                List.copyOf(layers),
                json.findString("artifactType").orElse(null));
    }

    private static Index readIndex(JsonObject json, byte[] bytes, String mediaType) throws MalformedEvidenceException {
        List<Descriptor> manifests = new ArrayList<>();
        for (JsonValue child : json.get("manifests").asArray("manifests", MAX_CHILDREN)) {
            manifests.add(Descriptor.from(child, "manifests[" + manifests.size() + "]"));
        }
        return new Index(
                bytes,
                Digest.sha256(bytes),
                mediaType,
                json.stringsOrEmpty("annotations", Descriptor.MAX_ANNOTATIONS),
                subject(json),
                List.copyOf(manifests),
                json.findString("artifactType").orElse(null));
    }

    private static Optional<Digest> subject(JsonObject json) throws MalformedEvidenceException {
        Optional<JsonObject> subject = json.findObject("subject");
        return subject.isEmpty()
                ? Optional.empty()
                : Optional.of(Descriptor.from(subject.get(), "subject").digest());
    }
}
