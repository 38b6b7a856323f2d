package dev.pratique.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The JSON Schemas (2020-12) of the files, for editors and for whoever writes the files with a program. */
public final class ConfigSchema {
    private ConfigSchema() {}

    /**
     * The schema's text.
     *
     * @param file one of {@link ConfigDir#FILES}
     */
    public static String of(String file) {
        String name = "schema/" + file.replace(".yaml", ".schema.json");
        try (InputStream in = ConfigSchema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no schema of " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
