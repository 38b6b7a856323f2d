package dev.pratique.proxy;

import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.proxy.FakeRegistry.Answer;
import dev.pratique.proxy.FakeRegistry.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who may ask a fake registry, and its token service. */
final class FakeLogin {
    private final AtomicInteger tokens = new AtomicInteger();
    private final Set<String> validTokens = ConcurrentHashMap.newKeySet();
    private volatile String challenge = "";
    private volatile String expected = "";
    private volatile int tokenSeconds = 300;

    void requireToken(String realm, String username, String password, int secondsToLive) {
        expected = username.isEmpty() ? "" : basic(username, password);
        tokenSeconds = secondsToLive;
        challenge = "Bearer realm=\"" + realm + "\",service=\"fake\",scope=\"repository:x:pull\"";
    }

    void requireBasic(String username, String password) {
        expected = basic(username, password);
        challenge = "Basic realm=\"fake\"";
    }

    void challenge(String header) {
        challenge = header;
    }

    void revokeTokens() {
        validTokens.clear();
    }

    boolean admits(Request request) {
        String sent = request.headers().getOrDefault("authorization", "");
        return challenge.isEmpty()
                || (challenge.startsWith("Bearer") ? validTokens.contains(sent) : sent.equals(expected));
    }

    Answer unauthorized() {
        return new Answer(401, Map.of("WWW-Authenticate", challenge), new byte[0]);
    }

    Answer token(Request request) {
        if (!expected.isEmpty() && !expected.equals(request.headers().get("authorization"))) {
            return new Answer(401, Map.of(), new byte[0]);
        }
        String token = "token-" + tokens.incrementAndGet();
        validTokens.add("Bearer " + token);
        return new Answer(
                200,
                Map.of("Content-Type", "application/json"),
                JsonWriter.bytes(Map.of("token", token, "expires_in", tokenSeconds)));
    }

    private static String basic(String username, String password) {
        return "Basic "
                + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
