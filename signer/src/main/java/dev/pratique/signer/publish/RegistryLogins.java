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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the user has logged in with, where every tool finds it (containers-auth.json(5); Docker CLI, "Configuration
 * files"): a login given for this run, the variable {@code DOCKER_AUTH_CONFIG}, then the files {@code REGISTRY_AUTH_FILE},
 * {@code $XDG_RUNTIME_DIR/containers/auth.json}, {@code $XDG_CONFIG_HOME/containers/auth.json},
 * {@code $DOCKER_CONFIG/config.json} or {@code ~/.docker/config.json}, {@code ~/.dockercfg}; the first that has something
 * for the registry counts. Each repository is looked up once. Thread safe.
 */
public final class RegistryLogins {
    private static final int MAX_FILE = 4 << 20;

    private final Optional<Credential> given;
    private final Optional<String> variable;
    private final List<Path> files;
    private final Path oldest;
    private final CredentialProgram programs;
    private final Map<Repository, Credential> known = new HashMap<>();

    /** @param environment variables of this process */
    public RegistryLogins(Map<String, String> environment, Path home) {
        this(Optional.empty(), environment, home);
    }

    private RegistryLogins(Optional<Credential> given, Map<String, String> environment, Path home) {
        this.given = given;
        this.variable =
                Optional.ofNullable(environment.get("DOCKER_AUTH_CONFIG")).filter(text -> !text.isBlank());
        List<Path> found = new ArrayList<>();
        add(found, environment.get("REGISTRY_AUTH_FILE"), "");
        add(found, environment.get("XDG_RUNTIME_DIR"), "containers/auth.json");
        add(found, or(environment.get("XDG_CONFIG_HOME"), home.resolve(".config")), "containers/auth.json");
        add(found, or(environment.get("DOCKER_CONFIG"), home.resolve(".docker")), "config.json");
        this.files = List.copyOf(found);
        this.oldest = home.resolve(".dockercfg");
        this.programs = new CredentialProgram(environment.getOrDefault("PATH", ""));
    }

    /** With this login for every registry that is spoken to. */
    public static RegistryLogins ofUser(String user, String password, Map<String, String> environment, Path home) {
        return new RegistryLogins(Optional.of(new Credential.UserPassword(user, password)), environment, home);
    }

    /**
     * With this token for every registry that is spoken to.
     *
     * @param token that {@link #isToken}
     */
    public static RegistryLogins ofToken(String token, Map<String, String> environment, Path home) {
        return new RegistryLogins(Optional.of(new Credential.RegistryToken(token)), environment, home);
    }

    /** Whether it can stand in a header after {@code Bearer} (RFC 9110 section 5.5, visible characters). */
    public static boolean isToken(String text) {
        return text.matches("[\\x21-\\x7e]+");
    }

    private static String or(@Nullable String directory, Path otherwise) {
        return directory == null || directory.isEmpty() ? otherwise.toString() : directory;
    }

    private static void add(List<Path> files, @Nullable String directory, String name) {
        if (directory != null && !directory.isEmpty()) {
            files.add(name.isEmpty() ? Path.of(directory) : Path.of(directory, name));
        }
    }

    synchronized Credential of(Repository repository) throws Failure {
        Credential before = known.get(repository);
        if (before != null) {
            return before;
        }
        Credential found = find(repository);
        known.put(repository, found);
        return found;
    }

    private Credential find(Repository repository) throws Failure {
        if (given.isPresent()) {
            return given.get();
        }
        if (variable.isPresent()) {
            byte[] json = variable.get().getBytes(StandardCharsets.UTF_8);
            Optional<Credential> found = lookUp("DOCKER_AUTH_CONFIG", json, true, repository);
            if (found.isPresent()) {
                return found.get();
            }
        }
        for (Path file : files) {
            Optional<Credential> found = lookUp(file, true, repository);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return lookUp(oldest, false, repository).orElseGet(Credential.Anonymous::new);
    }

    private Optional<Credential> lookUp(Path file, boolean sections, Repository repository) throws Failure {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return lookUp(file.toString(), Files.readAllBytes(file), sections, repository);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the registry logins in " + file + " cannot be read",
                            "see who may read it: ls -l " + file)
                    .because(e);
        }
    }

    /** @param sections false for Docker's first form, which is nothing but what later stands under {@code auths} */
    private Optional<Credential> lookUp(String from, byte[] bytes, boolean sections, Repository repository)
            throws Failure {
        try {
            JsonObject json = StrictJson.parseObject(bytes, "it", MAX_FILE);
            List<String> names = names(repository);
            Optional<Credential> helped = sections ? byProgram(json, names, repository) : Optional.empty();
            if (helped.isPresent()) {
                return helped;
            }
            Optional<JsonObject> auths = sections ? json.findObject("auths") : Optional.of(json);
            Optional<JsonValue> entry = auths.isEmpty() ? Optional.empty() : member(auths.get(), names);
            return entry.isEmpty() ? Optional.empty() : read(entry.get().asObject("auths"));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the registry logins in " + from + " cannot be read: " + e.getMessage(),
                            "mend it, or log in anew, which writes it: docker login REGISTRY")
                    .because(e);
        }
    }

    private Optional<Credential> byProgram(JsonObject json, List<String> names, Repository repository)
            throws MalformedEvidenceException, Failure {
        Optional<JsonObject> named = json.findObject("credHelpers");
        Optional<String> helper =
                named.isEmpty() ? Optional.empty() : member(named.get(), names).map(RegistryLogins::text);
        if (helper.isEmpty()) {
            helper = json.findString("credsStore");
        }
        return helper.isPresent() && !helper.get().isEmpty()
                ? programs.get(helper.get(), serverName(repository))
                : Optional.empty();
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
        Optional<String> identity =
                entry.findString("identitytoken").map(String::strip).filter(token -> !token.isEmpty());
        if (identity.isPresent()) {
            return Optional.of(new Credential.IdentityToken(identity.get()));
        }
        Optional<String> token =
                entry.findString("registrytoken").map(String::strip).filter(text -> !text.isEmpty());
        if (token.isPresent()) {
            if (!isToken(token.get())) {
                throw new MalformedEvidenceException("a registrytoken is no token");
            }
            return Optional.of(new Credential.RegistryToken(token.get()));
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
