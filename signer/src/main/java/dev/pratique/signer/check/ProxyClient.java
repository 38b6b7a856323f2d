package dev.pratique.signer.check;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Asks the operator's port of a running proxy. Blocking. */
public final class ProxyClient {
    private static final String SCHEMA = "pratique.explain/v1";
    private static final String PROBLEM = "application/problem+json";
    /** The proxy may have to judge, for which it takes {@code limits.deadline} at most: 20 seconds if nobody changed it. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** Findings are lines, and evidence is limited. */
    private static final int MAX_BYTES = 4 << 20;

    private static final String WHERE =
            "the operator's port is operator.address of its proxy.yaml, http://127.0.0.1:5061 by default";

    private final Http http;
    private final URI proxy;

    private ProxyClient(Http http, URI proxy) {
        this.http = http;
        this.proxy = proxy;
    }

    /**
     * Of the proxy whose operator's port is here.
     *
     * @param url scheme, host and port
     */
    public static ProxyClient at(String url, Http http) throws Failure {
        try {
            URI uri = new URI(url);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean bare = uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
            if (web && uri.getHost() != null && bare) {
                return new ProxyClient(http, URI.create(uri.getScheme() + "://" + uri.getRawAuthority()));
            }
        } catch (URISyntaxException notAUrl) {
            // said below
        }
        throw Failure.of(Kind.USAGE, "'" + Printable.line(url) + "' is not scheme, host and port of a proxy", WHERE);
    }

    /**
     * What the proxy says about an image, as its document {@value #SCHEMA} holds it.
     *
     * @param environment of the client who would pull
     */
    public JsonObject explain(ImageName image, String environment) throws Failure {
        URI uri = URI.create(
                proxy + "/api/v1/explain?image=" + encode(image.toString()) + "&environment=" + encode(environment));
        Http.Answer answer;
        try {
            answer = http.send(
                    new Http.Call("GET", uri, Map.of("Accept", "application/json, " + PROBLEM), null, MAX_BYTES),
                    PATIENCE);
        } catch (HttpTimeoutException late) {
            throw Failure.of(
                            Kind.UNREACHABLE,
                            "the proxy at " + proxy + " did not answer in time",
                            "run it again; /readyz there says how it is")
                    .because(late);
        } catch (IOException nobody) {
            throw Failure.of(Kind.UNREACHABLE, "no proxy answers at " + proxy, "is it running? " + WHERE)
                    .because(nobody);
        }
        return document(answer);
    }

    private JsonObject document(Http.Answer answer) throws Failure {
        String type = answer.header("Content-Type").orElse("");
        if (answer.header("Docker-Distribution-API-Version").isPresent()) {
            throw Failure.of(Kind.USAGE, proxy + " is the port for those who pull, not the operator's", WHERE);
        }
        try {
            if (answer.complete() && type.startsWith(PROBLEM)) {
                throw problem(StrictJson.parseObject(answer.body(), "answer", MAX_BYTES));
            }
            if (answer.complete() && answer.status() == 200 && type.startsWith("application/json")) {
                JsonObject document = StrictJson.parseObject(answer.body(), "answer", MAX_BYTES);
                if (document.findString("schema").orElse("").equals(SCHEMA)) {
                    return document;
                }
            }
        } catch (MalformedEvidenceException notOurs) {
            throw stranger(answer).because(notOurs);
        }
        throw stranger(answer);
    }

    private Failure problem(JsonObject problem) throws MalformedEvidenceException {
        String what = Printable.line(problem.findString("title").orElse("it says no more"));
        String detail = Printable.line(problem.findString("detail").orElse(""));
        boolean ours = problem.findString("type").orElse("").equals("/problems/unknown-environment");
        Kind kind = ours ? Kind.USAGE : Kind.FAILED;
        return detail.isBlank()
                ? Failure.of(kind, "the proxy does not answer this: " + what, "the log of the proxy says more")
                : Failure.of(kind, "the proxy does not answer this: " + what, detail);
    }

    private Failure stranger(Http.Answer answer) {
        if (answer.status() == 401 || answer.status() == 403) {
            return Failure.of(
                    Kind.NOT_AUTHORISED,
                    "what stands before the proxy at " + proxy + " does not let you ask: it answered "
                            + answer.status(),
                    "ask from a machine that may, or judge here: pratique check --config DIR");
        }
        return Failure.of(Kind.UNREACHABLE, "what answers at " + proxy + " is no proxy of this version", WHERE);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
