package dev.pratique.attestations.json;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonValue.JsonArray;
import dev.pratique.attestations.json.JsonValue.JsonBoolean;
import dev.pratique.attestations.json.JsonValue.JsonNull;
import dev.pratique.attestations.json.JsonValue.JsonNumber;
import dev.pratique.attestations.json.JsonValue.JsonString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * The one reader of untrusted JSON: valid UTF-8 without a byte order mark, no duplicate members, no trailing bytes, no
 * unpaired surrogates, bounded depth, number length and number of values. Thread safe.
 */
public final class StrictJson {
    /** Deeper than any real statement (12) and far from the stack's end. */
    public static final int MAX_DEPTH = 64;
    /** No number of these formats needs more digits than a 64 bit integer or a short decimal. */
    public static final int MAX_NUMBER_LENGTH = 40;

    /**
     * Values of one document. An empty object takes three bytes to send and a hundred to hold; a large image's manifest,
     * bundle or configuration has a few thousand values.
     */
    public static final int MAX_VALUES = 100_000;
    /** The same for what a trusted key has signed: SBOMs of 16 MiB come to half a million. */
    public static final int MAX_SIGNED_VALUES = 1_000_000;

    private static final int MAX_STRING = 32 << 20;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxStringLength(MAX_STRING)
                    .maxNameLength(4096)
                    .build())
            .build();

    private StrictJson() {}

    /**
     * Reads one document that must be an object.
     *
     * @param what names the document in messages, for example "manifest"
     * @param maxBytes limit on the document's length
     */
    public static JsonObject parseObject(byte[] utf8, String what, int maxBytes) throws MalformedEvidenceException {
        return parse(utf8, what, maxBytes, MAX_VALUES).asObject(what);
    }

    /** As {@link #parseObject}, for a document that a trusted key has signed. */
    public static JsonObject parseSignedObject(byte[] utf8, String what, int maxBytes)
            throws MalformedEvidenceException {
        return parse(utf8, what, maxBytes, MAX_SIGNED_VALUES).asObject(what);
    }

    /** Reads one document of any kind. */
    public static JsonValue parse(byte[] utf8, String what, int maxBytes) throws MalformedEvidenceException {
        return parse(utf8, what, maxBytes, MAX_VALUES);
    }

    private static JsonValue parse(byte[] utf8, String what, int maxBytes, int maxValues)
            throws MalformedEvidenceException {
        if (utf8.length > maxBytes) {
            throw new MalformedEvidenceException(what + " is larger than " + maxBytes + " bytes");
        }
        String text = decode(utf8, what);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedEvidenceException(what + " is empty");
            }
            JsonValue value = new Reading(parser, what, maxValues).read(first);
            if (parser.nextToken() != null) {
                throw new MalformedEvidenceException(what + " has more than one JSON value");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new MalformedEvidenceException(
                    what + " is nested deeper than " + MAX_DEPTH
                            + ", or has a longer name, number or string than is read",
                    e);
        } catch (JacksonException e) {
            throw new MalformedEvidenceException(what + " is not valid JSON: " + where(e), e);
        }
    }

    private static String decode(byte[] utf8, String what) throws MalformedEvidenceException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            // RFC 8259 section 8.1: implementations MUST NOT add a byte order mark; a reader may refuse it.
            if (text.startsWith("\uFEFF")) {
                throw new MalformedEvidenceException(what + " starts with a byte order mark");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new MalformedEvidenceException(what + " is not valid UTF-8", e);
        }
    }

    /** One document on its way in. */
    private static final class Reading {
        private final JsonParser parser;
        private final String what;
        private int left;

        Reading(JsonParser parser, String what, int maxValues) {
            this.parser = parser;
            this.what = what;
            this.left = maxValues;
        }

        JsonValue read(JsonToken token) throws MalformedEvidenceException {
            if (--left < 0) {
                throw new MalformedEvidenceException(what + " has more values than are read");
            }
            return switch (token) {
                case START_OBJECT -> readObject();
                case START_ARRAY -> readArray();
                case VALUE_STRING -> new JsonString(wellFormed(parser.getString(), what));
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
                case VALUE_TRUE -> new JsonBoolean(true);
                case VALUE_FALSE -> new JsonBoolean(false);
                case VALUE_NULL -> new JsonNull();
                default -> throw new MalformedEvidenceException(what + " is not valid JSON");
            };
        }

        private JsonObject readObject() throws MalformedEvidenceException {
            Map<String, JsonValue> members = new LinkedHashMap<>();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                members.put(wellFormed(name, what), read(parser.nextToken()));
            }
            return new JsonObject(members);
        }

        private JsonArray readArray() throws MalformedEvidenceException {
            List<JsonValue> values = new ArrayList<>();
            for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                values.add(read(t));
            }
            return new JsonArray(values);
        }
    }

    // RFC 8259 section 8.2: the behaviour of software that meets unpaired surrogates "is unpredictable".
    private static String wellFormed(String text, String what) throws MalformedEvidenceException {
        // A pair is one code point above U+FFFF; only an unpaired half is left as a code point of its own.
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new MalformedEvidenceException(what + " has an unpaired surrogate");
        }
        return text;
    }

    private static String where(JacksonException e) {
        var location = e.getLocation();
        return location == null ? "unreadable" : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
