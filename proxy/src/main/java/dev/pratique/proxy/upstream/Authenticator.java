package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.AuthChallenge;
import dev.pratique.attestations.registry.Fetched;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers an upstream's challenges: Bearer tokens (distribution-spec, "Token Authentication"; RFC 6750) and Basic (RFC 7617).
 * Credentials go to the upstream's own origin and to the token services that the operator allowed, nowhere else.
 */
final class Authenticator {
    /** A registry has one or two challenges to offer. */
    private static final int MAX_CHALLENGES = 8;

    /** What to do about a 401. */
    sealed interface Answer {}

    /** @param header value of Authorization for the next attempt */
    record Send(String header) implements Answer {
        @Override
        public String toString() {
            return "Send[***]";
        }
    }

    /** There is nothing that we would send. */
    record Refused(Fetched why) implements Answer {}

    private final String upstream;
    private final Origin own;
    private final Set<Origin> realms;
    private final Optional<Supplier<Credentials>> credentials;
    private final Tokens tokens;
    private final UpstreamEvents events;
    private volatile boolean basic;

    Authenticator(UpstreamSettings settings, Origin own, Tokens tokens, UpstreamEvents events) {
        this.upstream = settings.name();
        this.own = own;
        this.realms = settings.tokenRealms();
        this.credentials = settings.credentials();
        this.tokens = tokens;
        this.events = events;
    }

    /** What to send without being asked: a token that still lives, or the credentials where Basic was asked for before. */
    @Nullable
    String known(String repository) {
        Optional<Credentials> who = credentials.map(Supplier::get);
        if (basic && who.isPresent()) {
            return who.get().basic();
        }
        return tokens.cached(new Tokens.Key(repository, who));
    }

    /**
     * Answers a 401 of the upstream's own origin.
     *
     * @param headers the WWW-Authenticate headers
     * @param rejected the Authorization that the 401 answers, or null
     */
    CompletionStage<Answer> answer(String repository, List<String> headers, @Nullable String rejected) {
        List<AuthChallenge> challenges = challenges(headers);
        Optional<Credentials> who = credentials.map(Supplier::get);
        // An upstream that offers Bearer, even unreadably, is never given the password because of what else it offers
        // (UPS-08).
        if (headers.stream().anyMatch(header -> header.toLowerCase(Locale.ROOT).contains("bearer"))) {
            Optional<Target> realm = first(challenges, "bearer").flatMap(bearer -> realm(bearer, repository));
            return realm.isEmpty() ? refused() : tokens.fetch(new Tokens.Key(repository, who), realm.get(), rejected);
        }
        boolean tried = who.isPresent() && who.get().basic().equals(rejected);
        if (first(challenges, "basic").isPresent() && who.isPresent() && !tried) {
            basic = true;
            return CompletableFuture.completedFuture(new Send(who.get().basic()));
        }
        return refused();
    }

    private static CompletionStage<Answer> refused() {
        return CompletableFuture.completedFuture(new Refused(new Fetched.Denied(401)));
    }

    private static List<AuthChallenge> challenges(List<String> headers) {
        List<AuthChallenge> challenges = new ArrayList<>();
        for (String header : headers.subList(0, Math.min(headers.size(), MAX_CHALLENGES))) {
            challenges.addAll(AuthChallenge.parse(header));
        }
        return challenges;
    }

    private static Optional<AuthChallenge> first(List<AuthChallenge> challenges, String scheme) {
        return challenges.stream().filter(c -> c.scheme().equals(scheme)).findFirst();
    }

    private Optional<Target> realm(AuthChallenge challenge, String repository) {
        Optional<Target> realm = challenge.parameter("realm").flatMap(Authenticator::target);
        if (realm.isEmpty()) {
            return Optional.empty();
        }
        Origin origin = realm.get().origin();
        if (!origin.equals(own) && !realms.contains(origin)) {
            events.realmRefused(upstream, origin.toString());
            return Optional.empty();
        }
        // The scope is what we want, never what the upstream says that we want.
        StringBuilder path = new StringBuilder(realm.get().path());
        path.append(path.indexOf("?") < 0 ? '?' : '&');
        challenge
                .parameter("service")
                .ifPresent(service ->
                        path.append("service=").append(encode(service)).append('&'));
        path.append("scope=").append(encode("repository:" + repository + ":pull"));
        return Optional.of(new Target(origin, path.toString()));
    }

    private static Optional<Target> target(String realm) {
        try {
            URI uri = new URI(realm);
            return uri.getRawFragment() == null ? Target.of(uri) : Optional.empty();
        } catch (URISyntaxException notAUri) {
            return Optional.empty();
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
