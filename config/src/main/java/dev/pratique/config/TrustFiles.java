package dev.pratique.config;

import dev.pratique.config.yaml.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The files that trust.yaml names: answers follow from every byte of them. */
final class TrustFiles {
    private final SourceFiles files;
    private final Set<Path> read = new LinkedHashSet<>();

    TrustFiles(SourceFiles files) {
        this.files = files;
    }

    /** Those that were looked for. */
    Set<Path> paths() {
        return Set.copyOf(read);
    }

    /** What the file holds; where that cannot be said, complains about the value. */
    Optional<byte[]> bytes(Value file) {
        try {
            Path path = files.resolve(file.text());
            read.add(path);
            Optional<byte[]> bytes = files.read(path);
            if (bytes.isEmpty()) {
                file.refuse("there is no file " + file.quoted(), "paths are relative to the configuration directory");
            }
            return bytes;
        } catch (IOException | IllegalArgumentException e) {
            file.refuse("the file " + file.quoted() + " cannot be read", "check its permissions");
            return Optional.empty();
        }
    }

    /** As {@link #bytes}, as text. */
    Optional<String> text(Value file) {
        return bytes(file).map(content -> new String(content, StandardCharsets.UTF_8));
    }
}
