package dev.pratique.config;

import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Value;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.Map;
import java.util.Optional;

/** Reads where a secret is, and looks whether it is there for whoever serves. Never shows what the keys say: people put the secret itself there. */
final class SecretReader {
    private final SourceFiles files;
    private final Map<String, String> environment;
    private final Purpose purpose;

    SecretReader(SourceFiles files, Map<String, String> environment, Purpose purpose) {
        this.files = files;
        this.environment = environment;
        this.purpose = purpose;
    }

    /** Where it is; complains where it is not, unless nobody is going to use it. */
    Optional<SecretRef> read(Section section) {
        return where(section)
                .filter(ref -> purpose == Purpose.JUDGE || value(ref, section).isPresent());
    }

    /** The secret itself, for what is read together with it. A change of its file is a change of the configuration. */
    Optional<String> value(Section section) {
        Optional<SecretRef> secret = where(section);
        if (secret.isPresent() && secret.get() instanceof SecretRef.InFile inFile) {
            files.watch(inFile.file());
        }
        return secret.flatMap(ref -> value(ref, section));
    }

    private Optional<SecretRef> where(Section section) {
        Optional<Value> variable = section.find("env");
        Optional<Value> file = section.find("file");
        if (variable.isPresent() == file.isPresent()) {
            section.refuse(section.path() + " is in two places", "say {env: VARIABLE} or {file: PATH}");
            return Optional.empty();
        }
        return variable.isPresent()
                ? variable.map(value -> new SecretRef.InEnvironment(value.text()))
                : file.flatMap(this::inFile);
    }

    private Optional<SecretRef> inFile(Value value) {
        try {
            return Optional.of(new SecretRef.InFile(files.resolve(value.text())));
        } catch (InvalidPathException e) {
            value.refuse(value.path() + " is not a path", "write it as /run/secrets/password");
            return Optional.empty();
        }
    }

    private Optional<String> value(SecretRef ref, Section section) {
        try {
            return Optional.of(ref.read(environment));
        } catch (IOException e) {
            section.refuse(
                    section.path() + " cannot be read",
                    ref instanceof SecretRef.InEnvironment
                            ? "env names a variable of the proxy's environment; it is not set, or empty"
                            : "file names a file that the proxy can read; it is not there, or empty, or over 64 KiB");
            return Optional.empty();
        }
    }
}
