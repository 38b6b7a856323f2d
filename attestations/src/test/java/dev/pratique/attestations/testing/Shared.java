package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The recorded material that lies beside the checkout ({@code -Dpratique.shared}). A developer without it skips its tests;
 * on the build server ({@code CI=true}) its absence is a failure.
 */
public final class Shared {
    private Shared() {}

    /** A file or folder of the material. */
    public static Path path(String relative) {
        Path root = Path.of(System.getProperty("pratique.shared", "../shared"));
        Path path = root.resolve(relative);
        if (!Files.exists(path)) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("pratique.shared has no " + relative + " (" + root + ")");
            }
            Assumptions.abort("pratique.shared has no " + relative);
        }
        return path;
    }

    public static byte[] bytes(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonValue json(Path path) {
        try {
            return StrictJson.parse(bytes(path), path.getFileName().toString(), 64 << 20);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    public static JsonObject object(Path path) {
        try {
            return json(path).asObject("file");
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    /** The objects of an array. */
    public static List<JsonObject> objects(JsonValue array) {
        try {
            List<JsonObject> objects = new java.util.ArrayList<>();
            for (JsonValue value : array.asArray("array", 100_000)) {
                objects.add(value.asObject("element"));
            }
            return objects;
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }
}
