package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Content by type, digest and size (image-spec, descriptor.md).
 *
 * @param size bytes, 0 to 2^63 - 1
 * @param urls where else the content may be fetched, past every registry
 * @param platform of a manifest in an index, or null
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        List<String> urls,
        Map<String, String> annotations,
        @Nullable Platform platform,
        @Nullable String artifactType) {
    /** Far more than cosign, BuildKit and Notary together write; a manifest's bytes are limited as well. */
    static final int MAX_ANNOTATIONS = 1024;

    private static final int MAX_URLS = 16;
    /** RFC 6838 section 4.2, as image-spec's schema has it; with parameters, as the bundle's older spelling has one. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(; ?[a-z]{1,32}=[A-Za-z0-9.]{1,32})?");

    /** A descriptor of type, digest and size alone. */
    public static Descriptor of(String mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.sha256(content), content.length, List.of(), Map.of(), null, null);
    }

    /**
     * Reads one. The artifactType is a registry's hint and taken as it is.
     *
     * @param where names the place in messages
     */
    public static Descriptor from(JsonValue value, String where) throws MalformedEvidenceException {
        JsonObject json = value.asObject(where);
        String mediaType = json.getString("mediaType");
        if (!MEDIA_TYPE.matcher(mediaType).matches()) {
            throw new MalformedEvidenceException(where + ".mediaType is not a media type");
        }
        List<String> urls = new ArrayList<>();
        for (JsonValue url : json.arrayOrEmpty("urls", MAX_URLS)) {
            urls.add(url.asString(where + ".urls"));
        }
        Optional<JsonObject> platform = json.findObject("platform");
        Digest digest = Digest.parse(json.getString("digest"));
        long size = json.get("size").asSize(where + ".size");
        checkData(json, digest, size, where);
        return new Descriptor(
                mediaType,
                digest,
                size,
                List.copyOf(urls),
                json.stringsOrEmpty("annotations", MAX_ANNOTATIONS),
                platform.isPresent() ? Platform.from(platform.get()) : null,
                json.findString("artifactType").orElse(null));
    }

    // image-spec descriptor.md: data "MUST conform to the Base 64 encoding, as defined in RFC 4648", and "the
    // decoded data MUST be identical to the referenced content". Clients may take it for the content, so it is
    // checked, and then nothing here needs it.
    private static void checkData(JsonObject json, Digest digest, long size, String where)
            throws MalformedEvidenceException {
        Optional<String> data = json.findString("data");
        if (data.isEmpty()) {
            return;
        }
        // Before anything is decoded: four characters, the last of them padding, for each three bytes.
        if (size > Manifest.MAX_BYTES || data.get().length() != (size + 2) / 3 * 4) {
            throw new MalformedEvidenceException(where + ".data is not of the descriptor's size");
        }
        byte[] content;
        try {
            content = Base64.getDecoder().decode(data.get());
        } catch (IllegalArgumentException notBase64) {
            throw new MalformedEvidenceException(where + ".data is not base64", notBase64);
        }
        if (content.length != size || !digest.matches(content)) {
            throw new MalformedEvidenceException(where + ".data is not the content that the descriptor names");
        }
    }
}
