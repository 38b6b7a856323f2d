package dev.pratique.attestations.evidence;

import static dev.pratique.attestations.testing.Evidence.base64;
import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.testing.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DsseEnvelopeTest {

    private static Map<String, Object> envelope() {
        return map(
                "payloadType", "t", "payload", base64(utf8("p")), "signatures", List.of(map("sig", base64(utf8("s")))));
    }

    private static void refuses(Map<String, Object> json) {
        assertThatThrownBy(() -> DsseEnvelope.parse(JsonWriter.bytes(json)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void encodes_what_is_signed_as_the_published_vector_does() throws Exception {
        JsonObject vectors = Shared.object(Shared.path("corpus/dsse/vectors.json"));
        List<JsonObject> cases = Shared.objects(vectors.get("pae"));
        assertThat(cases).isNotEmpty();
        for (JsonObject vector : cases) {
            byte[] pae = DsseEnvelope.pae(vector.getString("payloadType"), utf8(vector.getString("payload")));
            assertThat(new String(pae, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(vector.getString("pae"));
        }
        DsseEnvelope published = DsseEnvelope.parse(JsonWriter.bytes(vectors.get("envelope")));
        assertThat(published.signedBytes()).isEqualTo(utf8(cases.get(0).getString("pae")));
        assertThat(published.signatures()).hasSize(1);
    }

    // protocol.md: LEN is "ASCII decimal encoding of the byte length", not of the characters.
    @Test
    void counts_bytes_not_characters_and_tells_types_from_bodies() {
        assertThat(DsseEnvelope.pae("é", utf8("ü"))).isEqualTo(utf8("DSSEv1 2 é 2 ü"));
        assertThat(DsseEnvelope.pae("", new byte[0])).isEqualTo(utf8("DSSEv1 0  0 "));
        assertThat(DsseEnvelope.pae("a 1 b", utf8("c"))).isNotEqualTo(DsseEnvelope.pae("a", utf8("b 1 c")));
    }

    @Test
    void refuses_an_envelope_without_or_with_too_many_signatures() {
        Map<String, Object> json = envelope();
        json.put("signatures", List.of());
        refuses(json);
        json.remove("signatures");
        refuses(json);
        List<Object> many = new ArrayList<>();
        for (int i = 0; i <= EvidenceLimits.MAX_ENVELOPE_SIGNATURES; i++) {
            many.add(map("sig", "YQ=="));
        }
        json.put("signatures", many);
        refuses(json);
    }

    @Test
    void refuses_members_that_are_missing_of_another_kind_or_not_base64() {
        for (String member : new String[] {"payloadType", "payload", "signatures"}) {
            Map<String, Object> json = envelope();
            json.remove(member);
            refuses(json);
            json.put(member, 1);
            refuses(json);
            json.put(member, "&");
            if (!member.equals("payloadType")) {
                refuses(json);
            }
        }
        for (Object signature : new Object[] {map(), map("sig", 1), map("sig", "YQ"), map("Sig", "YQ=="), "YQ==", 1}) {
            Map<String, Object> json = envelope();
            json.put("signatures", List.of(signature));
            refuses(json);
        }
        Map<String, Object> json = envelope();
        json.put("Payload", "YQ==");
        refuses(json);
    }
}
