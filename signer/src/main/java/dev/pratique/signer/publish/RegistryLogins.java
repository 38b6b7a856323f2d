package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the user has logged in with, in the files of Docker and of the containers tools: {@code REGISTRY_AUTH_FILE},
 * {@code $XDG_RUNTIME_DIR/containers/auth.json}, {@code $DOCKER_CONFIG/config.json}, {@code ~/.docker/config.json}; the
 * first that has something for the registry counts (containers-auth.json(5), Docker CLI {@code config.json}).
 */
public final class RegistryLogins {
    private static final int MAX_FILE = 4 << 20;

    private final List<Path> files;
    private final CredentialProgram programs;

    /** @param environment variables of this process */
    public RegistryLogins(Map<String, String> environment, Path home) {
        List<Path> found = new ArrayList<>();
        add(found, environment.get("REGISTRY_AUTH_FILE"), "");
        add(found, environment.get("XDG_RUNTIME_DIR"), "containers/auth.json");
        String docker = environment.get("DOCKER_CONFIG");
        add(found, docker, "config.json");
        if (docker == null || docker.isEmpty()) {
            add(found, home.toString(), ".docker/config.json");
        }
        this.files = List.copyOf(found);
        this.programs = new CredentialProgram(environment.getOrDefault("PATH", ""));
    }

    private static void add(List<Path> files, @Nullable String directory, String name) {
        if (directory != null && !directory.isEmpty()) {
            files.add(name.isEmpty() ? Path.of(directory) : Path.of(directory, name));
        }
    }

    Credential of(Repository repository) throws Failure {
        for (Path file : files) {
            Optional<Credential> found = lookUp(file, repository);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return new Credential.Anonymous();
    }

    private Optional<Credential> lookUp(Path file, Repository repository) throws Failure {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonObject json = StrictJson.parseObject(Files.readAllBytes(file), "it", MAX_FILE);
            List<String> names = names(repository);
            Optional<JsonObject> named = json.findObject("credHelpers");
            Optional<String> helper = named.isEmpty()
                    ? Optional.empty()
                    : member(named.get(), names).map(RegistryLogins::text);
            if (helper.isEmpty()) {
                helper = json.findString("credsStore");
            }
            if (helper.isPresent() && !helper.get().isEmpty()) {
                Optional<Credential> given = programs.get(helper.get(), serverName(repository));
                if (given.isPresent()) {
                    return given;
                }
            }
            Optional<JsonObject> auths = json.findObject("auths");
            Optional<JsonValue> entry = auths.isEmpty() ? Optional.empty() : member(auths.get(), names);
            return entry.isEmpty() ? Optional.empty() : read(entry.get().asObject("auths"));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(Kind.FAILED, "the registry logins in " + file + " cannot be read: " + e.getMessage())
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(Kind.FAILED, "the registry logins in " + file + " cannot be read")
                    .because(e);
        }
    }

    // Docker's own spelling of Docker Hub in its file and for its programs.
    private static String serverName(Repository repository) {
        return repository.registry().equals("docker.io") ? "https://index.docker.io/v1/" : repository.registry();
    }

    /** What may name this repository, the most specific first: {@code host/a/b}, {@code host/a}, {@code host}. */
    private static List<String> names(Repository repository) {
        List<String> names = new ArrayList<>();
        String name = repository.toString();
        for (int end = name.length(); end > 0; end = name.lastIndexOf('/', end - 1)) {
            names.add(name.substring(0, end));
        }
        if (repository.registry().equals("docker.io")) {
            names.add("index.docker.io");
            names.add("registry-1.docker.io");
        }
        return names;
    }

    private static Optional<JsonValue> member(JsonObject json, List<String> names) {
        for (String name : names) {
            for (Map.Entry<String, JsonValue> member : json.members().entrySet()) {
                if (bare(member.getKey()).equals(name)) {
                    return Optional.of(member.getValue());
                }
            }
        }
        return Optional.empty();
    }

    /** {@code https://index.docker.io/v1/} is {@code index.docker.io}. */
    private static String bare(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        int scheme = name.indexOf("://");
        if (scheme >= 0) {
            name = name.substring(scheme + 3);
            int slash = name.indexOf('/');
            return slash < 0 ? name : name.substring(0, slash);
        }
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private static String text(JsonValue value) {
        return value instanceof JsonValue.JsonString string ? string.value() : "";
    }

    private static Optional<Credential> read(JsonObject entry) throws MalformedEvidenceException {
        Optional<String> identity = entry.findString("identitytoken").filter(token -> !token.isEmpty());
        if (identity.isPresent()) {
            return Optional.of(new Credential.IdentityToken(identity.get()));
        }
        Optional<String> auth = entry.findString("auth").filter(pair -> !pair.isEmpty());
        if (auth.isPresent()) {
            String pair;
            try {
                pair = new String(Base64.getMimeDecoder().decode(auth.get()), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new MalformedEvidenceException("an auth is not base64", e);
            }
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw new MalformedEvidenceException("an auth is not user:password");
            }
            // Docker's files may end the password with NUL bytes.
            String password = pair.substring(colon + 1).replace("\0", "");
            return Optional.of(new Credential.UserPassword(pair.substring(0, colon), password));
        }
        String user = entry.findString("username").orElse("");
        String password = entry.findString("password").orElse("");
        return user.isEmpty() || password.isEmpty()
                ? Optional.empty()
                : Optional.of(new Credential.UserPassword(user, password));
    }
}
