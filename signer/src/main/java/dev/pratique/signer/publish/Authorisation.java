package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.AuthChallenge;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UntimelyCertificate;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.http.Retries;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Authorization header for a repository, from the user's login and the registry's challenge (RFC 7617; distribution
 * docs, "Token Authentication Specification" and "OAuth2 token authentication"). Tokens are kept for this process. Thread
 * safe.
 */
final class Authorisation {
    private static final int MAX_TOKEN_ANSWER = 1 << 20;

    private final Http http;
    private final RegistryLogins logins;
    private final Retries retries;
    private final InstantSource clock;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    Authorisation(Http http, RegistryLogins logins, Retries retries, InstantSource clock) {
        this.http = http;
        this.logins = logins;
        this.retries = retries;
        this.clock = clock;
    }

    /** What worked, or was given, before. */
    Optional<String> known(Repository repository, Access access) {
        return Optional.ofNullable(known.get(key(repository, access)))
                .or(() -> Optional.ofNullable(known.get(key(repository, Access.PUSH))));
    }

    /**
     * Answers a 401; a token service that is busy is asked again. Of several threads with the same question one asks.
     *
     * @param shown what the registry did not accept
     * @return the header's value; empty where there is nothing to show that the registry asks for
     * @throws Failure also where the token service stays busy, or cannot be reached
     */
    Optional<String> answer(
            Answer refused, Optional<String> shown, Repository repository, Access access, Instant deadline)
            throws Failure {
        Demand demand = new Demand(refused, repository, access, deadline);
        String who = "the token service of registry " + repository.registry();
        try {
            Answer last = retries.run(
                    who, deadline, answer -> Retries.AGAIN.contains(answer.status()), () -> ask(demand, shown));
            if (Retries.AGAIN.contains(last.status())) {
                throw Failure.of(
                        Kind.UNREACHABLE,
                        who + " answered " + last.status() + ", again and again",
                        "run it again later: what is there stays");
            }
            return Optional.ofNullable(known.get(demand.key()));
        } catch (IOException e) {
            throw UntimelyCertificate.found(who, e, clock.instant())
                    .orElseGet(() -> RegistryClient.unreachable(who, e));
        }
    }

    /** A 401, and what for. */
    private record Demand(Answer refused, Repository repository, Access access, Instant deadline) {
        String key() {
            return Authorisation.key(repository, access);
        }

        Optional<AuthChallenge> challenge(String scheme) {
            return refused.headers("WWW-Authenticate").stream()
                    .flatMap(header -> AuthChallenge.parse(header).stream())
                    .filter(challenge -> challenge.scheme().equals(scheme))
                    .findFirst();
        }
    }

    /**
     * Looks for what is to be shown, and keeps it. Nobody is kept waiting by the pauses of whoever asks again.
     *
     * @return the 401, or what the token service answered instead of a token
     */
    private Answer ask(Demand demand, Optional<String> shown) throws Failure, IOException {
        String key = demand.key();
        synchronized (locks.computeIfAbsent(key, any -> new Object())) {
            Optional<String> meanwhile = Optional.ofNullable(known.get(key));
            if (meanwhile.isPresent() && !meanwhile.equals(shown)) {
                return demand.refused();
            }
            Credential credential = logins.of(demand.repository());
            Optional<AuthChallenge> bearer = demand.challenge("bearer");
            if (bearer.isPresent() && credential instanceof Credential.RegistryToken given) {
                known.put(key, "Bearer " + given.token());
            } else if (bearer.isPresent()) {
                // UPS-08: where tokens are offered, a password is never sent to the registry itself.
                return fetchToken(bearer.get(), demand, credential);
            } else if (demand.challenge("basic").isPresent() && credential instanceof Credential.UserPassword login) {
                known.put(key, login.basic());
            }
            return demand.refused();
        }
    }

    private Answer fetchToken(AuthChallenge challenge, Demand demand, Credential credential)
            throws Failure, IOException {
        Call call = call(challenge, demand, credential);
        Answer answer = http.send(call, RegistryClient.left(clock, demand.deadline()));
        if (Retries.AGAIN.contains(answer.status())) {
            return answer;
        }
        if (answer.status() != 200) {
            throw denied(demand.repository(), demand.access(), "its token service answered " + answer.status());
        }
        known.put(demand.key(), "Bearer " + read(answer, call.uri()));
        return demand.refused();
    }

    private static Call call(AuthChallenge challenge, Demand demand, Credential credential) throws Failure {
        URI realm = realm(challenge, demand.refused().uri());
        Map<String, String> parameters = new LinkedHashMap<>();
        challenge.parameter("service").ifPresent(service -> parameters.put("service", service));
        String name = demand.repository().name();
        parameters.put("scope", "repository:" + name + ":" + demand.access().actions());
        Map<String, String> headers = new LinkedHashMap<>();
        if (credential instanceof Credential.IdentityToken identity) {
            parameters.put("grant_type", "refresh_token");
            parameters.put("client_id", "pratique");
            parameters.put("refresh_token", identity.token());
            headers.put("Content-Type", "application/x-www-form-urlencoded");
            byte[] form = encode(parameters).getBytes(StandardCharsets.US_ASCII);
            return new Call("POST", realm, headers, form, MAX_TOKEN_ANSWER);
        }
        if (credential instanceof Credential.UserPassword login) {
            headers.put("Authorization", login.basic());
        }
        String query = (realm.getRawQuery() == null ? "?" : "&") + encode(parameters);
        return new Call("GET", URI.create(realm + query), headers, null, MAX_TOKEN_ANSWER);
    }

    /** UPS-02: the registry names any address it likes; ours goes out encrypted, or to the host we already speak to. */
    private static URI realm(AuthChallenge challenge, URI registry) throws Failure {
        URI realm;
        try {
            realm = URI.create(challenge.parameter("realm").orElse(""));
        } catch (IllegalArgumentException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "registry " + registry.getAuthority() + " names no usable token service",
                            "it does not keep to the distribution specification: tell whoever runs it")
                    .because(e);
        }
        String scheme = realm.getScheme() == null ? "" : realm.getScheme().toLowerCase(Locale.ROOT);
        boolean plainHere = scheme.equals("http")
                && registry.getScheme().equals("http")
                && registry.getHost().equalsIgnoreCase(String.valueOf(realm.getHost()));
        if (realm.getHost() == null
                || realm.getRawUserInfo() != null
                || realm.getRawFragment() != null
                || !(scheme.equals("https") || plainHere)) {
            throw Failure.of(
                    Kind.FAILED,
                    "registry " + registry.getAuthority()
                            + " sends its users to a token service that is not safe to show a login to",
                    "it must be HTTPS without a name in it: tell whoever runs the registry");
        }
        return realm;
    }

    private static String read(Answer answer, URI realm) throws Failure {
        try {
            JsonObject json = StrictJson.parseObject(answer.body(), "it", MAX_TOKEN_ANSWER);
            Optional<String> token = json.findString("token").filter(text -> !text.isEmpty());
            String value = token.isPresent() ? token.get() : json.getString("access_token");
            // RFC 6750 section 2.1, b64token; anything else could not stand in a header.
            if (!value.matches("[A-Za-z0-9._~+/-]+=*")) {
                throw new MalformedEvidenceException("it is no token");
            }
            return value;
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the answer of the token service at " + realm.getHost() + " cannot be read",
                            "run it again; if it stays so, tell whoever runs the registry")
                    .because(e);
        }
    }

    private static String key(Repository repository, Access access) {
        return repository + " " + access;
    }

    static Failure denied(Repository repository, Access access, String why) {
        return Failure.of(
                Kind.NOT_AUTHORISED,
                "registry " + repository.registry() + " does not let us " + access.verb() + " " + repository.name()
                        + ": " + why,
                "log in (docker login " + repository.registry()
                        + "), or point DOCKER_CONFIG or REGISTRY_AUTH_FILE at a login that may "
                        + access.verb() + ", or set PRATIQUE_REGISTRY_USERNAME and PRATIQUE_REGISTRY_PASSWORD");
    }

    private static String encode(Map<String, String> parameters) {
        List<String> pairs = new ArrayList<>();
        parameters.forEach((name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return String.join("&", pairs);
    }
}
