package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.predicate.PredicateForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be stated, as the user gives it.
 *
 * @param source a file, or {@code -} for standard input
 * @param type the predicate's
 */
record GivenPredicate(String source, String type) {
    /** Base64 makes four thirds of it, and no verifier of ours reads an envelope of more than 16 MiB. */
    private static final int MAX_BYTES = 11 << 20;

    JsonObject read(Terminal terminal) throws Failure {
        boolean standardInput = source.equals("-");
        String name = standardInput ? "the predicate" : source;
        byte[] bytes = bytes(terminal, standardInput, name);
        try {
            if (type.equals(PredicateType.CUSTOM)) {
                return custom(bytes, terminal);
            }
            JsonObject predicate = StrictJson.parseObject(bytes, name, MAX_BYTES);
            Optional<PredicateForm> form = PredicateForm.of(type);
            if (form.isPresent()) {
                requirePredicate(predicate, name);
                form.get().require(predicate, name);
            }
            return predicate;
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            e.getMessage(),
                            "a predicate is one JSON object, without the statement around it")
                    .because(e);
        }
    }

    private byte[] bytes(Terminal terminal, boolean standardInput, String name) throws Failure {
        try (InputStream in = standardInput ? terminal.in() : Files.newInputStream(Path.of(source))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw Failure.of(
                        Kind.FAILED,
                        name + " is larger than " + MAX_BYTES + " bytes",
                        "a larger one is stored as an artifact of its own (oras attach), and a statement names its digest");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw Failure.of(Kind.FAILED, "there is no file " + name, "name one, or - for standard input")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(Kind.FAILED, name + " cannot be read", "see who may read it: ls -l " + name)
                    .because(e);
        }
    }

    // Generators of provenance often write the whole statement; signed as a predicate it would say nothing.
    private static void requirePredicate(JsonObject predicate, String name) throws Failure {
        Map<String, ?> members = predicate.members();
        if (members.containsKey("_type") && members.containsKey("predicateType")) {
            throw Failure.of(
                    Kind.FAILED,
                    name + " is a whole statement, not its predicate",
                    "take its member 'predicate': jq .predicate; the subject is the image that is named here");
        }
    }

    /** cosign, specs/COSIGN_PREDICATE_SPEC.md: any text, and when it was said. */
    private static JsonObject custom(byte[] bytes, Terminal terminal) throws MalformedEvidenceException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedEvidenceException("the predicate is no text in UTF-8", e);
        }
        Map<String, Object> predicate = new LinkedHashMap<>();
        predicate.put("Data", text);
        predicate.put(
                "Timestamp",
                DateTimeFormatter.ISO_INSTANT.format(terminal.clock()
                        .instant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atOffset(ZoneOffset.UTC)));
        return StrictJson.parseObject(JsonWriter.bytes(predicate), "predicate", 2 * MAX_BYTES + 1024);
    }
}
