package dev.pratique.proxy.upstream;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.Authenticator.Answer;
import dev.pratique.proxy.upstream.Authenticator.Refused;
import dev.pratique.proxy.upstream.Authenticator.Send;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Bearer tokens of one upstream, each fetched once at a time however many want it. Thread safe. */
final class Tokens {
    /** Clients choose the repositories, so their number is limited; beyond it the oldest guess is as good as any. */
    private static final int MAX_TOKENS = 4096;
    /** A token service's answer: a token has a few kilobytes. */
    static final int MAX_BODY = 64 << 10;

    /** distribution-spec, token authentication: "If omitted, this defaults to 60 seconds". */
    private static final long DEFAULT_SECONDS = 60;

    private static final long MAX_SECONDS = 24 * 3600;
    /** A token is not used in its last moments: it would expire on the way. */
    private static final long MARGIN_SECONDS = 5;
    /** RFC 6750 section 2.1, b64token; nothing else may come into a header of ours. */
    private static final Pattern B64TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,16384}=*");

    /** Asks a token service; completes with Found or a failure, never exceptionally. */
    interface Service {
        CompletionStage<Fetched> ask(Target realm, @Nullable String authorization);
    }

    /**
     * Whose token, for what. The upstream is implied; the scope is always pull.
     *
     * @param who empty for anonymous
     */
    record Key(String repository, Optional<Credentials> who) {}

    private record Token(String header, Instant until) {}

    private final Service service;
    private final InstantSource clock;
    private final ConcurrentHashMap<Key, Token> tokens = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Key, CompletableFuture<Answer>> flights = new ConcurrentHashMap<>();

    Tokens(Service service, InstantSource clock) {
        this.service = service;
        this.clock = clock;
    }

    /** The Authorization header for this key, null where no token lives. */
    @Nullable
    String cached(Key key) {
        Token token = tokens.get(key);
        return token == null || !clock.instant().isBefore(token.until()) ? null : token.header();
    }

    /**
     * A token other than the one that was just rejected.
     *
     * @param realm where, with service and scope in its query
     */
    CompletionStage<Answer> fetch(Key key, Target realm, @Nullable String rejected) {
        String held = cached(key);
        if (held != null && !held.equals(rejected)) {
            return CompletableFuture.completedFuture(new Send(held));
        }
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> flight = flights.putIfAbsent(key, mine);
        if (flight != null) {
            return flight;
        }
        held = cached(key);
        if (held != null && !held.equals(rejected)) {
            // The flight before this one landed between the two look-ups.
            flights.remove(key, mine);
            mine.complete(new Send(held));
            return mine;
        }
        service.ask(realm, key.who().map(Credentials::basic).orElse(null)).whenComplete((fetched, bug) -> {
            Answer answer = bug != null ? new Refused(Answers.unread("the token service failed")) : read(key, fetched);
            flights.remove(key, mine);
            mine.complete(answer);
        });
        return mine;
    }

    private Answer read(Key key, Fetched fetched) {
        if (!(fetched instanceof Fetched.Found found)) {
            return new Refused(fetched);
        }
        try {
            JsonObject json = StrictJson.parseObject(found.bytes(), "token", MAX_BODY);
            Optional<String> token = json.findString("token");
            String value = token.isPresent() ? token.get() : json.getString("access_token");
            if (!B64TOKEN.matcher(value).matches()) {
                return new Refused(new Fetched.Wrong("the token service sent something that is no token"));
            }
            String header = "Bearer " + value;
            remember(key, new Token(header, clock.instant().plusSeconds(lifetime(json) - MARGIN_SECONDS)));
            return new Send(header);
        } catch (MalformedEvidenceException malformed) {
            return new Refused(new Fetched.Wrong("the token service sent something that is no token"));
        }
    }

    private static long lifetime(JsonObject json) {
        try {
            var seconds = json.find("expires_in");
            long said = seconds.isEmpty() ? DEFAULT_SECONDS : seconds.get().asSize("expires_in");
            return said == 0 ? DEFAULT_SECONDS : Math.min(said, MAX_SECONDS);
        } catch (MalformedEvidenceException notANumber) {
            return DEFAULT_SECONDS;
        }
    }

    private void remember(Key key, Token token) {
        if (tokens.size() >= MAX_TOKENS) {
            Instant now = clock.instant();
            tokens.values().removeIf(old -> !now.isBefore(old.until()));
        }
        if (tokens.size() >= MAX_TOKENS) {
            tokens.clear();
        }
        tokens.put(key, token);
    }
}
