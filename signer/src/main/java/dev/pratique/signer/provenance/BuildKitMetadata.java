package dev.pratique.signer.provenance;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code docker buildx build --metadata-file} and {@code buildctl build --metadata-file} write.
 *
 * @param name of the file, for messages
 * @param image the digest that was built; absent where it was not exported as an image
 * @param materials of all platforms, as BuildKit names them
 */
public record BuildKitMetadata(String name, Optional<Digest> image, List<Material> materials) {
    /** By what these materials are known. */
    static final String SEEN = "buildkit";
    /** With mode=max it has the whole of what was run. */
    public static final int MAX_BYTES = 16 << 20;

    private static final int MAX_MATERIALS = 4096;
    private static final String PROVENANCE = "buildx.build.provenance";
    private static final Pattern ALGORITHM = Pattern.compile("[A-Za-z0-9_]{1,32}");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32,128}");

    public BuildKitMetadata {
        materials = List.copyOf(materials);
    }

    /** @param name of the file, for messages */
    public static BuildKitMetadata parse(byte[] bytes, String name) throws Failure {
        try {
            return read(StrictJson.parseObject(bytes, name, MAX_BYTES), name);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            name + " is not BuildKit's metadata: " + e.getMessage(),
                            "it is what docker buildx build --metadata-file FILE writes")
                    .because(e);
        }
    }

    private static BuildKitMetadata read(JsonObject json, String name) throws MalformedEvidenceException, Failure {
        Optional<String> digest = json.findString("containerimage.digest");
        List<Material> materials = new ArrayList<>();
        boolean said = false;
        for (Map.Entry<String, JsonValue> member : json.members().entrySet()) {
            // One of each platform where there are several: "buildx.build.provenance/linux/amd64".
            if (member.getKey().equals(PROVENANCE) || member.getKey().startsWith(PROVENANCE + "/")) {
                said = true;
                collect(member.getValue().asObject(PROVENANCE), materials);
            }
        }
        if (!said) {
            boolean bake =
                    digest.isEmpty() && json.members().values().stream().anyMatch(value -> value instanceof JsonObject);
            throw Failure.of(
                    Kind.FAILED,
                    name + (bake ? " has the metadata of several builds" : " says nothing of what went into the build"),
                    bake
                            ? "give the part of one: jq '.TARGET' " + name
                            : "build with BUILDX_METADATA_PROVENANCE=max, and a version of buildx from 0.14 on");
        }
        return new BuildKitMetadata(
                name, digest.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(digest.get())), materials);
    }

    // SLSA v0.2 has materials, v1 has buildDefinition.resolvedDependencies; BuildKit writes either.
    private static void collect(JsonObject predicate, List<Material> materials) throws MalformedEvidenceException {
        Optional<JsonObject> definition = predicate.findObject("buildDefinition");
        List<JsonValue> all = definition.isPresent()
                ? definition.get().arrayOrEmpty("resolvedDependencies", MAX_MATERIALS)
                : predicate.arrayOrEmpty("materials", MAX_MATERIALS);
        for (JsonValue entry : all) {
            JsonObject material = entry.asObject("a material");
            Optional<String> uri = material.findString("uri");
            if (uri.isPresent()) {
                text(uri.get());
            }
            Map<String, String> digests = new LinkedHashMap<>();
            for (Map.Entry<String, String> digest :
                    material.stringsOrEmpty("digest", 8).entrySet()) {
                if (!ALGORITHM.matcher(digest.getKey()).matches()
                        || !HEX.matcher(digest.getValue()).matches()) {
                    throw new MalformedEvidenceException("a material's digest is none");
                }
                digests.put(digest.getKey(), digest.getValue());
            }
            if (uri.filter(text -> !text.isEmpty()).isPresent() || !digests.isEmpty()) {
                materials.add(new Material(
                        uri.filter(text -> !text.isEmpty()).map(WebAddress::withoutPassword),
                        digests,
                        Optional.of(SEEN)));
            }
        }
    }

    private static void text(String uri) throws MalformedEvidenceException {
        try {
            Variables.text("a material", uri);
        } catch (Failure e) {
            throw new MalformedEvidenceException("a material's uri is not one line of text");
        }
    }

    /** @throws Failure where this is about another image than the one that is attested */
    void requireOf(Digest built) throws Failure {
        if (image.isPresent() && !image.get().equals(built)) {
            throw Failure.of(
                    Kind.FAILED,
                    name + " is about " + image.get() + ", not about " + built,
                    "name the image by the digest that was built, or give the metadata of its build");
        }
    }
}
