package dev.pratique.attestations.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.MediaType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceFormTest {
    private static final String MANIFEST =
            "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"config\":{},\"layers\":[]}";
    private static final List<String> TEXTS = List.of(MediaType.SPDX_TAG_VALUE, MediaType.CYCLONEDX_XML);
    private static final List<String> ALL = List.of(
            MediaType.DSSE_ENVELOPE,
            MediaType.BUNDLE_V03,
            MediaType.JWS,
            MediaType.COSE,
            MediaType.SPDX_TAG_VALUE,
            MediaType.CYCLONEDX_XML);

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static void passesAsNothing(byte[] bytes) {
        for (String type : ALL) {
            assertThat(EvidenceForm.isLayer(type, bytes)).as(type).isFalse();
        }
        assertThat(EvidenceForm.isConfiguration(List.of(), bytes)).isFalse();
    }

    @Test
    void evidence_in_each_of_its_forms_passes() {
        assertThat(EvidenceForm.isLayer(MediaType.DSSE_ENVELOPE, utf8("{\"payload\":\"\"}")))
                .isTrue();
        assertThat(EvidenceForm.isLayer(MediaType.JWS, utf8("{\"payload\":\"\",\"signature\":\"\"}")))
                .isTrue();
        assertThat(EvidenceForm.isLayer(MediaType.COSE, Cose.message())).isTrue();
        assertThat(EvidenceForm.isLayer(MediaType.SPDX_TAG_VALUE, utf8("\n# made by us\r\nSPDXVersion: SPDX-2.3\n")))
                .isTrue();
        assertThat(EvidenceForm.isLayer(MediaType.CYCLONEDX_XML, utf8("\uFEFF<?xml version=\"1.0\"?>\n<bom/>")))
                .isTrue();
    }

    @Test
    void one_form_does_not_pass_for_another() {
        assertThat(EvidenceForm.isLayer(MediaType.COSE, utf8("{}"))).isFalse();
        assertThat(EvidenceForm.isLayer(MediaType.JWS, Cose.message())).isFalse();
        assertThat(EvidenceForm.isLayer(MediaType.SPDX_TAG_VALUE, utf8("<bom/>")))
                .isFalse();
        assertThat(EvidenceForm.isLayer(MediaType.CYCLONEDX_XML, utf8("SPDXVersion: SPDX-2.3")))
                .isFalse();
        assertThat(EvidenceForm.isLayer("application/vnd.oci.image.layer.v1.tar", utf8("{}")))
                .isFalse();
    }

    static Stream<String> manifests() {
        return Stream.of(
                MANIFEST,
                " \n" + MANIFEST,
                "\uFEFF" + MANIFEST,
                "\uFEFF \uFEFF" + MANIFEST,
                "[" + MANIFEST + "]",
                MANIFEST.replace("schemaVersion", "SchemaVersion").replace("layers", "LAYERS"),
                "{\"\u017Fchemaver\u017Fion\":2,\"layer\u017F\":[]}",
                "{\"schemaVersion\":1,\"fsLayers\":[]}",
                "{\"schemaVersion\":2,\"manifests\":[]}",
                "{\"payload\":1,\"payload\":2,\"layers\":[]}",
                MANIFEST + "\nSPDXVersion: SPDX-2.3",
                MANIFEST + "<bom/>");
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void no_manifest_passes_in_any_form(String manifest) {
        passesAsNothing(utf8(manifest));
    }

    @Test
    void a_document_with_duplicate_members_has_two_meanings_and_passes_as_none() {
        passesAsNothing(utf8("{\"payload\":\"a\",\"payload\":\"b\"}"));
        passesAsNothing(utf8("{\"payload\":\"a\",\"p\\u0061yload\":\"b\"}"));
    }

    @Test
    void an_images_configuration_passes_neither_as_a_layer_nor_as_another_evidences_configuration() {
        String config = "{\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
                + "a".repeat(64) + "\"]}}";
        passesAsNothing(utf8(config));
        passesAsNothing(utf8(config.replace("rootfs", "RootFS")));
    }

    @Test
    void cosigns_configuration_passes_with_the_layers_that_it_lists() {
        Descriptor layer = Descriptor.of(MediaType.SIMPLE_SIGNING, utf8("{\"critical\":{}}"));
        byte[] config =
                utf8("{\"os\":\"\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + layer.digest() + "\"]}}");
        assertThat(EvidenceForm.isConfiguration(List.of(layer), config)).isTrue();
        assertThat(EvidenceForm.isConfiguration(List.of(layer, layer), config)).isFalse();
        assertThat(EvidenceForm.isConfiguration(List.of(), config)).isFalse();
        assertThat(EvidenceForm.isConfiguration(List.of(layer), utf8("{}"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1f8b0800", "28b52ffd", "fd377a585a00", "425a6839"})
    void no_compressed_archive_passes(String magic) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HexFormat.of().parseHex(magic));
        out.writeBytes(utf8("<bom/> SPDXVersion: SPDX-2.3"));
        passesAsNothing(out.toByteArray());
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(utf8("{}"));
        }
        passesAsNothing(zipped.toByteArray());
    }

    @Test
    void an_ordinary_archive_does_not_pass() {
        passesAsNothing(Tars.ordinary("<bom/>", "SPDXVersion: SPDX-2.3\n"));
    }

    // An archive needs no NUL: its name may fill the field, and its numbers may be padded with blanks.
    @Test
    void an_archive_written_as_plain_text_does_not_pass() {
        byte[] spdx = Tars.plainText("SPDXVersion: SPDX-2.3\nDocumentName: ");
        byte[] xml = Tars.plainText("<!-- ");
        assertThat(new String(spdx, US_ASCII).chars()).allMatch(c -> c == '\n' || c >= ' ' && c < 127);
        assertThat(EvidenceForm.isLayer(MediaType.SPDX_TAG_VALUE, spdx)).isFalse();
        assertThat(EvidenceForm.isLayer(MediaType.CYCLONEDX_XML, xml)).isFalse();
        // The same text with another checksum is a text like any other.
        spdx[150] ^= 1;
        xml[150] ^= 1;
        assertThat(EvidenceForm.isLayer(MediaType.SPDX_TAG_VALUE, spdx)).isTrue();
        assertThat(EvidenceForm.isLayer(MediaType.CYCLONEDX_XML, xml)).isTrue();
    }

    @Test
    void an_archive_inside_of_a_json_string_does_not_pass() {
        byte[] tar = Tars.plainText("{\"payload\":\"");
        byte[] json = utf8(new String(tar, US_ASCII) + "\"}");
        assertThat(EvidenceForm.isLayer(MediaType.DSSE_ENVELOPE, json)).isFalse();
        assertThat(EvidenceForm.isConfiguration(List.of(), json)).isFalse();
        json[150] ^= 1;
        assertThat(EvidenceForm.isLayer(MediaType.DSSE_ENVELOPE, json)).isTrue();
    }

    @Test
    void an_archive_that_begins_inside_of_a_cose_byte_string_does_not_pass() {
        // d2 84 40 a0 59 08 00: the first header's name begins with the message's head.
        byte[] tar = Tars.plainText(new String(HexFormat.of().parseHex("d28440a0590600"), ISO_8859_1));
        byte[] message = new byte[7 + 0x600 + 2];
        System.arraycopy(tar, 0, message, 0, tar.length);
        message[message.length - 2] = 0x41;
        assertThat(EvidenceForm.isLayer(MediaType.COSE, message)).isFalse();
        message[150] ^= 1;
        assertThat(EvidenceForm.isLayer(MediaType.COSE, message)).isTrue();
    }

    @Test
    void an_archive_that_begins_after_a_block_of_text_does_not_pass() {
        byte[] tar = Tars.plainText("x");
        byte[] text = utf8("SPDXVersion: SPDX-2.3\n#" + " ".repeat(488) + "\n" + new String(tar, US_ASCII));
        assertThat(text.length % 512).isZero();
        assertThat(EvidenceForm.isLayer(MediaType.SPDX_TAG_VALUE, text)).isFalse();
    }

    // What is served is the whole message under its own digest: the manifest's digest is another.
    @Test
    void a_manifest_as_the_payload_of_a_signature_is_only_a_payload() {
        assertThat(EvidenceForm.isLayer(MediaType.COSE, Cose.message(utf8(MANIFEST))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\u0001", "\u001b[31m", "\u007f", "\u0085"})
    void text_with_control_characters_does_not_pass(String control) {
        for (String type : TEXTS) {
            assertThat(EvidenceForm.isLayer(type, utf8("SPDXVersion: SPDX-2.3\n" + control)))
                    .isFalse();
            assertThat(EvidenceForm.isLayer(type, utf8("<bom>" + control + "</bom>")))
                    .isFalse();
        }
    }

    @Test
    void text_that_is_not_utf8_does_not_pass() {
        byte[] utf16 = "\uFEFF<bom/>".getBytes(StandardCharsets.UTF_16LE);
        assertThat(EvidenceForm.isLayer(MediaType.CYCLONEDX_XML, utf16)).isFalse();
        byte[] latin = "<bom>\u00e9</bom>".getBytes(ISO_8859_1);
        assertThat(EvidenceForm.isLayer(MediaType.CYCLONEDX_XML, latin)).isFalse();
    }
}
