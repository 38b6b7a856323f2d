package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether bytes are evidence in the form that their media type says. A manifest may give any bytes any type, and evidence
 * is served to everybody, unjudged: so bytes pass that are positively one of these forms, and none that a client could take
 * for a manifest, an image's configuration or an archive.
 */
public final class EvidenceForm {
    /** Members of manifests and indexes that no form of evidence has, in lower case: Go's decoder ignores case. */
    private static final Set<String> OF_MANIFESTS = Set.of("schemaversion", "layers", "manifests", "fslayers");
    /** The same, and of configurations; cosign gives its signatures a configuration, never a layer, of that form. */
    private static final Set<String> OF_IMAGES =
            Set.of("schemaversion", "layers", "manifests", "fslayers", "rootfs", "config");

    private EvidenceForm() {}

    private enum Form {
        JSON,
        COSE,
        /** SPDX 2.3, clause 4.3: lines of {@code Tag: value}. */
        TAG_VALUE,
        XML
    }

    /** A layer of evidence. */
    public static boolean isLayer(String mediaType, byte[] bytes) {
        return MediaType.isEvidence(mediaType)
                && bytes.length <= EvidenceLimits.MAX_ENVELOPE_BYTES
                && !TarBlocks.anyIn(bytes)
                && has(formOf(mediaType), bytes);
    }

    /** The configuration of a manifest with these layers of evidence: the empty one, or what cosign writes. */
    public static boolean isConfiguration(List<Descriptor> layers, byte[] bytes) {
        Optional<JsonObject> json = json(bytes);
        return json.isPresent()
                && !TarBlocks.anyIn(bytes)
                && !json.get().hasAnyOf(OF_MANIFESTS)
                && isOf(layers, json.get());
    }

    // An image's configuration is nobody's evidence: cosign lists, as diff_ids, the very layers that are evidence.
    private static boolean isOf(List<Descriptor> layers, JsonObject configuration) {
        try {
            Optional<JsonObject> rootfs = configuration.findObject("rootfs");
            List<Digest> diffIds = new ArrayList<>();
            if (rootfs.isPresent()) {
                for (JsonValue each : rootfs.get().arrayOrEmpty("diff_ids", EvidenceLimits.MAX_ITEMS)) {
                    diffIds.add(Digest.parse(each.asString("diff_ids")));
                }
            }
            return diffIds.isEmpty()
                    || diffIds.equals(layers.stream().map(Descriptor::digest).toList());
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    private static Form formOf(String mediaType) {
        return switch (mediaType) {
            case MediaType.COSE -> Form.COSE;
            case MediaType.SPDX_TAG_VALUE -> Form.TAG_VALUE;
            case MediaType.CYCLONEDX_XML -> Form.XML;
            default -> Form.JSON;
        };
    }

    private static boolean has(Form form, byte[] bytes) {
        return switch (form) {
            case JSON -> isJson(bytes);
            case COSE -> isCose(bytes);
            case TAG_VALUE -> text(bytes).filter(EvidenceForm::isTagValue).isPresent();
            case XML -> isXml(bytes);
        };
    }

    private static boolean isJson(byte[] bytes) {
        return json(bytes).filter(json -> !json.hasAnyOf(OF_IMAGES)).isPresent();
    }

    private static Optional<JsonObject> json(byte[] bytes) {
        try {
            return Optional.of(StrictJson.parseObject(bytes, "evidence", EvidenceLimits.MAX_ENVELOPE_BYTES));
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    // Its first byte is 0xD2: neither JSON nor UTF-8 text begins so, and no compressed archive.
    private static boolean isCose(byte[] bytes) {
        try {
            CoseSign1.parse(bytes);
            return true;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    private static boolean isXml(byte[] bytes) {
        return text(bytes).filter(text -> text.stripLeading().startsWith("<")).isPresent();
    }

    // SPDX 2.3, clause 6.1: the version comes first; lines that begin with # are comments.
    private static boolean isTagValue(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .findFirst()
                .filter(line -> line.startsWith("SPDXVersion:"))
                .isPresent();
    }

    /** UTF-8 without control characters other than tab and line breaks: gzip's and zstd's magic numbers are none. */
    private static Optional<String> text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            // CycloneDX's tool for .NET begins its XML with a byte order mark.
            String rest = text.startsWith("\uFEFF") ? text.substring(1) : text;
            return rest.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r')
                    ? Optional.empty()
                    : Optional.of(rest);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
