package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One signed message and one signed envelope, and what a log says of an entry about them. */
final class Entries {
    static final byte[] MESSAGE = utf8("the message");
    static final byte[] MESSAGE_SIGNATURE = TestKey.A.sign(MESSAGE);
    static final String TYPE = "application/vnd.in-toto+json";
    static final byte[] PAYLOAD = utf8("{\"_type\":\"https://in-toto.io/Statement/v1\"}");
    static final byte[] PAE = DsseEnvelope.pae(TYPE, PAYLOAD);
    static final byte[] ENVELOPE_SIGNATURE = TestKey.A.sign(PAE);
    static final byte[] ENVELOPE_TEXT = JsonWriter.bytes(Map.of(
            "payloadType",
            TYPE,
            "payload",
            LogBodies.base64(PAYLOAD),
            "signatures",
            List.of(Map.of("sig", LogBodies.base64(ENVELOPE_SIGNATURE)))));
    static final byte[] SIGNER = TestKey.A.spki();

    private Entries() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static LoggedSignature message() {
        return LoggedSignature.ofMessage(MESSAGE, MESSAGE_SIGNATURE, SIGNER);
    }

    static LoggedSignature envelope() {
        return LoggedSignature.ofEnvelope(TYPE, PAYLOAD, PAE, Optional.empty(), ENVELOPE_SIGNATURE, SIGNER);
    }

    static LoggedSignature envelopeWithText() {
        return LoggedSignature.ofEnvelope(TYPE, PAYLOAD, PAE, Optional.of(ENVELOPE_TEXT), ENVELOPE_SIGNATURE, SIGNER);
    }

    static byte[] messageBody() {
        return LogBodies.hashedRekord(Hash.SHA_256, MESSAGE, MESSAGE_SIGNATURE, SIGNER);
    }

    static byte[] tileBody() {
        return LogBodies.hashedRekordOfTiles(Hash.SHA_256, MESSAGE, MESSAGE_SIGNATURE, SIGNER);
    }

    static LogEntry read(Map<String, Object> entry) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(JsonWriter.bytes(entry), "entry", 8 << 20);
        return LogEntry.fromBundle(json);
    }

    /** PROVED, or why not. */
    static String answer(TransparencyLog log, Map<String, Object> entry, LoggedSignature about) {
        try {
            log.verify(read(entry), about);
            return "PROVED";
        } catch (MalformedEvidenceException e) {
            return "MALFORMED: " + e.getMessage();
        } catch (UnprovenException e) {
            return e.rejection() + ": " + e.saw();
        }
    }

    /** The map of this name within, which {@link dev.pratique.attestations.testing.FakeLog} makes mutable. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> in(Map<String, Object> owner, String... names) {
        Map<String, Object> found = owner;
        for (String name : names) {
            found = (Map<String, Object>) found.get(name);
        }
        return found;
    }
}
