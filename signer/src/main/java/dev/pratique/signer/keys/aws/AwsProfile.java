package dev.pratique.signer.keys.aws;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A profile of the shared {@code config} and {@code credentials} files (AWS SDKs and Tools Reference Guide, "Shared config and
 * credentials files").
 *
 * @param said whether somebody asked for it by name
 */
record AwsProfile(String name, boolean said, Map<String, String> settings) {
    private static final int MAX_BYTES = 1 << 20;

    AwsProfile {
        settings = Map.copyOf(settings);
    }

    Optional<String> get(String key) {
        return Optional.ofNullable(settings.get(key)).filter(value -> !value.isEmpty());
    }

    /** The one that the environment chooses; an empty one where there is none and nobody asked. */
    static AwsProfile chosen(Map<String, String> environment, Path home) throws Failure {
        String said = environment.getOrDefault("AWS_PROFILE", environment.getOrDefault("AWS_DEFAULT_PROFILE", ""));
        return said.isEmpty() ? read("default", false, environment, home) : named(said, environment, home);
    }

    /** @throws Failure where there is none of this name */
    static AwsProfile named(String name, Map<String, String> environment, Path home) throws Failure {
        AwsProfile profile = read(name, true, environment, home);
        if (profile.settings.isEmpty()) {
            throw Failure.of(
                    Kind.CONFIGURATION,
                    "there is no AWS profile of the name that is asked for",
                    "AWS_PROFILE or source_profile names a section of ~/.aws/config or ~/.aws/credentials");
        }
        return profile;
    }

    private static AwsProfile read(String name, boolean said, Map<String, String> environment, Path home)
            throws Failure {
        Path directory = home.resolve(".aws");
        Map<String, String> settings = new LinkedHashMap<>();
        Path config = file(environment, "AWS_CONFIG_FILE", directory.resolve("config"));
        // In one file the sections are "[profile x]" and "[default]", in the other "[x]".
        section(config, name.equals("default") ? name : "profile " + name, settings);
        section(file(environment, "AWS_SHARED_CREDENTIALS_FILE", directory.resolve("credentials")), name, settings);
        return new AwsProfile(name, said, settings);
    }

    private static Path file(Map<String, String> environment, String variable, Path usual) {
        String said = environment.getOrDefault(variable, "");
        return said.isEmpty() ? usual : Path.of(said);
    }

    private static void section(Path file, String wanted, Map<String, String> settings) throws Failure {
        boolean inside = false;
        for (String line : text(file).split("\\R", -1)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            if (text.startsWith("[") && text.indexOf(']') > 0) {
                inside = text.substring(1, text.indexOf(']'))
                        .strip()
                        .replaceAll("\\s+", " ")
                        .equals(wanted);
                continue;
            }
            int equals = text.indexOf('=');
            // What is indented belongs to the setting above it; none of ours has such parts.
            if (inside && equals > 0 && !Character.isWhitespace(line.charAt(0))) {
                settings.put(
                        text.substring(0, equals).strip(),
                        text.substring(equals + 1).strip());
            }
        }
    }

    private static String text(Path file) throws Failure {
        if (!Files.exists(file)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw Failure.of(
                        Kind.CONFIGURATION,
                        file + " is too large for a file of AWS profiles",
                        "is it the file that was meant? AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name others");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.of(Kind.CONFIGURATION, file + " cannot be read", "see who may read it: ls -l " + file)
                    .because(e);
        }
    }
}
