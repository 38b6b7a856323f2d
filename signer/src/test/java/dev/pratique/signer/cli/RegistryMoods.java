package dev.pratique.signer.cli;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.signer.publish.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** What the registry of a transcript does, in its words. */
record RegistryMoods(TestRegistry registry) {
    static final String USER = "ci";
    static final String PASSWORD = "hunter2-of-the-registry";
    /** What its token service gives out, with a number behind it. */
    static final String TOKEN = "a-token-of-the-registry-";

    void set(String mood) {
        AtomicInteger count = new AtomicInteger();
        switch (mood) {
            case "without referrers" -> {}
            case "is well again" -> registry.trouble(exchange -> false);
            case "answers 503" -> registry.trouble(exchange -> answer(exchange, 503));
            case "answers 429 and Retry-After 3600" -> registry.trouble(exchange -> pause(exchange, "3600"));
            case "answers 429 and Retry-After 1, once" ->
                registry.trouble(exchange -> writes(exchange) && count.getAndIncrement() == 0 && pause(exchange, "1"));
            case "answers 401" -> registry.trouble(exchange -> wantsLogin(exchange));
            case "wants the login" -> registry.trouble(exchange -> !knows(exchange) && wantsLogin(exchange));
            case "refuses writing" -> registry.trouble(exchange -> writes(exchange) && answer(exchange, 403));
            case "answers 500 to manifests" ->
                registry.trouble(exchange -> puts(exchange, "/manifests/") && answer(exchange, 500));
            case "takes manifests with 202" ->
                registry.trouble(exchange -> puts(exchange, "/manifests/") && registry.keeps(exchange, 202));
            case "lists referrers late" ->
                registry.trouble(exchange -> puts(exchange, "/manifests/") && registry.keeps(exchange, 201)
                        || asksForReferrers(exchange) && count.getAndIncrement() == 0 && listsNone(exchange));
            case "never lists referrers" ->
                registry.trouble(exchange -> puts(exchange, "/manifests/") && registry.keeps(exchange, 201)
                        || asksForReferrers(exchange) && listsNone(exchange));
            case "has immutable tags" -> {
                registry.withEtags();
                registry.trouble(exchange -> puts(exchange, "/manifests/sha256-")
                        && registry.manifest(exchange.getRequestURI().getPath().replaceAll("^/v2/|manifests/", ""))
                                .isPresent()
                        && TestRegistry.refuse(exchange, 412, "PRECONDITION"));
            }
            case "keeps other bytes" -> registry.trouble(RegistryMoods::otherBytes);
            case "breaks off the first upload" ->
                registry.trouble(
                        exchange -> puts(exchange, "/uploads/") && count.getAndIncrement() == 0 && breaksOff(exchange));
            case "breaks off every upload" ->
                registry.trouble(exchange -> puts(exchange, "/uploads/") && breaksOff(exchange));
            case "loses the end of every upload" ->
                registry.trouble(exchange ->
                        puts(exchange, "/uploads/") && TestRegistry.refuse(exchange, 400, "DIGEST_INVALID"));
            case "gives a token for three requests, and then another" -> tokens(count, 2, exchange -> false);
            case "gives a token for three requests, and no other" -> tokens(count, 1, exchange -> false);
            case "has a token service that answers 503" -> tokens(count, 1, exchange -> answer(exchange, 503));
            case "has a token service that answers 429 and Retry-After 1, once" -> {
                AtomicInteger asked = new AtomicInteger();
                tokens(count, 2, exchange -> asked.getAndIncrement() == 0 && pause(exchange, "1"));
            }
            case "moves the tag v1 while it is written to" ->
                registry.trouble(exchange -> {
                    if (exchange.getRequestMethod().equals("PUT") && count.getAndIncrement() == 0) {
                        Digest other = registry.image("team/app", "other");
                        registry.store("team/app", "v1", registry.bytes("team/app", other), MediaType.OCI_MANIFEST);
                    }
                    return false;
                });
            default -> throw new IllegalArgumentException(mood);
        }
    }

    private static boolean writes(HttpExchange exchange) {
        return exchange.getRequestMethod().matches("POST|PUT");
    }

    private static boolean puts(HttpExchange exchange, String what) {
        return exchange.getRequestMethod().equals("PUT")
                && exchange.getRequestURI().getPath().contains(what);
    }

    private static boolean asksForReferrers(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().contains("/referrers/");
    }

    private static boolean listsNone(HttpExchange exchange) throws IOException {
        String list = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[]}";
        TestRegistry.answer(exchange, 200, MediaType.OCI_INDEX, list.getBytes(StandardCharsets.UTF_8));
        return true;
    }

    private static boolean otherBytes(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!exchange.getRequestMethod().equals("GET") || !path.contains("/blobs/")) {
            return false;
        }
        TestRegistry.answer(exchange, 200, null, "other".getBytes(StandardCharsets.UTF_8));
        return true;
    }

    private static boolean breaksOff(HttpExchange exchange) {
        exchange.close();
        return true;
    }

    private static boolean pause(HttpExchange exchange, String seconds) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", seconds);
        return answer(exchange, 429);
    }

    private static boolean wantsLogin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
        return answer(exchange, 401);
    }

    private static boolean knows(HttpExchange exchange) {
        String login = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return ("Basic " + login).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    }

    /** The first of its tokens ends in the middle of an upload. */
    private void tokens(AtomicInteger issued, int most, TestRegistry.Trouble service) {
        AtomicInteger uses = new AtomicInteger();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/v2/")) {
                return false;
            }
            if (path.equals("/token")) {
                if (service.makes(exchange)) {
                    return true;
                }
                boolean given = issued.get() < most;
                String body = given ? "{\"token\":\"" + TOKEN + issued.incrementAndGet() + "\"}" : "";
                TestRegistry.answer(exchange, given ? 200 : 403, null, body.getBytes(StandardCharsets.UTF_8));
                return true;
            }
            String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (shown.equals("Bearer " + TOKEN + issued) && (issued.get() > 1 || uses.incrementAndGet() <= 3)) {
                return false;
            }
            exchange.getResponseHeaders()
                    .set("WWW-Authenticate", "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"");
            exchange.getRequestBody().readAllBytes();
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
    }

    private static boolean answer(HttpExchange exchange, int status) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/v2/")) {
            return false;
        }
        exchange.getRequestBody().readAllBytes();
        TestRegistry.answer(exchange, status, null, new byte[0]);
        return true;
    }
}
