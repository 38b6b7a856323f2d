package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the identity token is: given, or at the places where pipelines and machines have one. */
public final class IdentityTokens {
    /** The audience that Sigstore's authorities want. */
    public static final String AUDIENCE = "sigstore";

    private static final String VARIABLE = "SIGSTORE_ID_TOKEN";
    private static final String GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
    private static final String GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
    private static final String GITHUB = "GITHUB_ACTIONS";
    private static final String GITLAB = "GITLAB_CI";
    private static final String SPIFFE_SOCKET = "SPIFFE_ENDPOINT_SOCKET";
    private static final String METADATA_HOST = "GCE_METADATA_HOST";
    private static final int MAX_ANSWER = 2 * IdentityToken.MAX_CHARACTERS;

    private final Surroundings surroundings;
    private final Wish wish;
    private final ServiceClient client;
    private final ServiceClient near;
    private final InstantSource clock;
    /** What standard input gave, which can be read only once: a token is looked for again when its certificate ends. */
    private Optional<String> typed = Optional.empty();

    /**
     * Who gives tokens; cosign's names. In the order in which they are looked for: that a machine is Google's is guessed, and
     * its account goes before nothing that somebody put there.
     */
    public enum Provider {
        /** The variable SIGSTORE_ID_TOKEN, as GitLab's {@code id_tokens} sets it. */
        ENVVAR,
        /** GitHub Actions. */
        GITHUB_ACTIONS,
        /** SPIFFE's Workload API. */
        SPIFFE,
        /** A file that the platform puts into the container. */
        FILESYSTEM,
        /** The metadata server of Google's machines. */
        GOOGLE_WORKLOAD_IDENTITY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What the user says about the token.
     *
     * @param token itself, or the file that has it, or {@code -} for standard input
     * @param provider the only one to be asked
     * @param audience for whom the token must be
     */
    public record Wish(Optional<String> token, Optional<Provider> provider, String audience) {}

    /**
     * Where the program runs.
     *
     * @param in standard input
     * @param tokenFile that a platform may have put there
     * @param product file in which a machine says what it is
     */
    public record Surroundings(Map<String, String> environment, InputStream in, Path tokenFile, Path product) {
        /** This machine's. */
        public static Surroundings of(Map<String, String> environment, InputStream in) {
            return new Surroundings(
                    environment,
                    in,
                    Path.of("/var/run/sigstore/cosign/oidc-token"),
                    Path.of("/sys/class/dmi/id/product_name"));
        }
    }

    /**
     * @param client for who is somewhere in the network
     * @param near for who is on this machine or beside it, and is never asked through a proxy
     */
    public IdentityTokens(
            Surroundings surroundings, Wish wish, ServiceClient client, ServiceClient near, InstantSource clock) {
        this.surroundings = surroundings;
        this.wish = wish;
        this.client = client;
        this.near = near;
        this.clock = clock;
    }

    /**
     * A token that counts now.
     *
     * @throws Failure where there is none, or it would be refused
     */
    public IdentityToken find() throws Failure {
        if (wish.token().isPresent()) {
            return given(wish.token().get());
        }
        if (wish.provider().isPresent()) {
            return from(wish.provider().get());
        }
        for (Provider provider : looked()) {
            if (isThere(provider)) {
                return from(provider);
            }
        }
        throw Failure.of(Kind.NOT_AUTHORISED, "there is no identity token to sign with, and no key", hint());
    }

    /**
     * A pipeline's job signs as itself. What else there is on a runner is the machine's, whose name nobody meant who
     * forgot to let the job have a token.
     */
    private Set<Provider> looked() {
        if (isSet(GITHUB)) {
            return EnumSet.of(Provider.ENVVAR, Provider.GITHUB_ACTIONS);
        }
        return isSet(GITLAB) ? EnumSet.of(Provider.ENVVAR) : EnumSet.allOf(Provider.class);
    }

    /** What the pipeline that this looks like should do. */
    private String hint() {
        if (isSet(GITHUB)) {
            return "the job needs 'permissions: id-token: write'; or say --key REF, or --oidc-provider NAME";
        }
        if (isSet(GITLAB)) {
            return "the job needs 'id_tokens: SIGSTORE_ID_TOKEN: aud: " + wish.audience()
                    + "'; or say --key REF, or --oidc-provider NAME";
        }
        return "say --key REF, or --identity-token FILE; the variable " + VARIABLE + " is looked at too";
    }

    private boolean isThere(Provider provider) {
        return switch (provider) {
            case ENVVAR -> isSet(VARIABLE);
            case GITHUB_ACTIONS -> isSet(GITHUB_URL) && isSet(GITHUB_TOKEN);
            case SPIFFE -> isSet(SPIFFE_SOCKET);
            case FILESYSTEM -> Files.isRegularFile(surroundings.tokenFile());
            case GOOGLE_WORKLOAD_IDENTITY -> isSet(METADATA_HOST) || isGoogles();
        };
    }

    private boolean isSet(String variable) {
        return !surroundings.environment().getOrDefault(variable, "").isEmpty();
    }

    // As Google's own libraries find out without asking the network.
    private boolean isGoogles() {
        try {
            return Files.readString(surroundings.product()).startsWith("Google");
        } catch (IOException notReadable) {
            return false;
        }
    }

    private IdentityToken from(Provider provider) throws Failure {
        return switch (provider) {
            case ENVVAR -> parse(variable(VARIABLE), "the variable " + VARIABLE);
            case GITHUB_ACTIONS -> github();
            case SPIFFE -> spiffe();
            case FILESYSTEM ->
                parse(read(surroundings.tokenFile()), surroundings.tokenFile().toString());
            case GOOGLE_WORKLOAD_IDENTITY -> google();
        };
    }

    private String variable(String name) throws Failure {
        String value = surroundings.environment().get(name);
        if (value == null || !isSet(name)) {
            throw Failure.of(Kind.NOT_AUTHORISED, "the variable " + name + " is not set", hint());
        }
        return value;
    }

    private IdentityToken given(String text) throws Failure {
        if (IdentityToken.looksLike(text)) {
            return parse(text, "the value of --identity-token");
        }
        if (text.equals("-")) {
            try {
                if (typed.isEmpty()) {
                    byte[] bytes = surroundings.in().readNBytes(IdentityToken.MAX_CHARACTERS + 1);
                    typed = Optional.of(new String(bytes, StandardCharsets.UTF_8));
                }
                return parse(typed.get(), "standard input");
            } catch (IOException e) {
                throw Failure.of(
                                Kind.FAILED,
                                "standard input cannot be read",
                                "give the token as a file: --identity-token FILE")
                        .because(e);
            }
        }
        // What is long and has dots may be a token that lost a part: it is not repeated.
        if (text.length() > 255 || text.startsWith("ey")) {
            return parse(text, "the value of --identity-token");
        }
        return parse(read(Path.of(text)), text);
    }

    private static String read(Path file) throws Failure {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(IdentityToken.MAX_CHARACTERS + 1), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw Failure.of(
                            Kind.NOT_AUTHORISED,
                            "there is no file " + file + " with an identity token",
                            "--identity-token is a token, or the file that has it")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the identity token in " + file + " cannot be read",
                            "see who may read it: ls -l " + file)
                    .because(e);
        }
    }

    private IdentityToken parse(String text, String source) throws Failure {
        return IdentityToken.parse(text.strip(), source, wish.audience(), clock.instant());
    }

    // docs.github.com, "OpenID Connect reference": a GET with the token as bearer; "value" of the answer is the JWT.
    private IdentityToken github() throws Failure {
        String address = variable(GITHUB_URL);
        Service service = Service.at("GitHub's token service", address.split("\\?", 2)[0], GITHUB_URL);
        if (!service.isPrivate()) {
            throw Failure.of(Kind.FAILED, GITHUB_URL + " is not an https address", "GitHub sets it");
        }
        URI uri = asked(address, "audience=" + encoded(wish.audience()));
        Map<String, String> headers = Map.of("Authorization", "bearer " + variable(GITHUB_TOKEN));
        Answer answer = answer(client, service, new Call("GET", uri, headers, null, MAX_ANSWER));
        try {
            String value = StrictJson.parseObject(answer.body(), "the answer", MAX_ANSWER)
                    .getString("value");
            return parse(value, "what " + service.role() + " gave");
        } catch (MalformedEvidenceException e) {
            throw ServiceClient.unreadable(service, e);
        }
    }

    private static URI asked(String address, String parameter) throws Failure {
        try {
            return URI.create(address + (address.indexOf('?') < 0 ? "?" : "&") + parameter);
        } catch (IllegalArgumentException e) {
            throw Failure.of(
                            Kind.FAILED,
                            GITHUB_URL + " is no address",
                            "GitHub sets it where the job has permissions: {id-token: write}; leave it as it is")
                    .because(e);
        }
    }

    // cloud.google.com, "Get an ID token": the header keeps what runs in a browser from asking.
    private IdentityToken google() throws Failure {
        String host = isSet(METADATA_HOST) ? surroundings.environment().get(METADATA_HOST) : "metadata.google.internal";
        Service service = Service.at("Google's metadata server", "http://" + host, METADATA_HOST);
        URI uri = URI.create(service.resolve("/computeMetadata/v1/instance/service-accounts/default/identity")
                + "?audience=" + encoded(wish.audience()) + "&format=full");
        Map<String, String> headers = Map.of("Metadata-Flavor", "Google");
        Answer answer = answer(near, service, new Call("GET", uri, headers, null, MAX_ANSWER));
        if (!answer.header("Metadata-Flavor").equals(Optional.of("Google"))) {
            throw Failure.of(
                    Kind.FAILED,
                    "what answers at " + host + " is not Google's metadata server",
                    "unset " + METADATA_HOST + ", or name another place: --oidc-provider");
        }
        return parse(new String(answer.body(), StandardCharsets.UTF_8), "what " + service.role() + " gave");
    }

    private static Answer answer(ServiceClient client, Service service, Call call) throws Failure {
        Answer answer = client.send(service, call);
        if (answer.status() != 200) {
            throw Failure.of(
                    Kind.NOT_AUTHORISED,
                    service.role() + " gave no identity token (" + answer.status() + ")",
                    "may this job, or this machine's account, have one?");
        }
        return answer;
    }

    private IdentityToken spiffe() throws Failure {
        String socket = surroundings.environment().getOrDefault(SPIFFE_SOCKET, "");
        return parse(WorkloadApi.at(socket).token(wish.audience()), "what the SPIFFE agent gave");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
