package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UntimelyCertificate;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.http.Retries;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to registries as one user: finds the address, shows the login, follows redirects of reads, and asks again where
 * that may help. Blocking; thread safe.
 */
public final class RegistryClient {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Http http;
    private final Endpoints endpoints;
    private final Authorisation authorisation;
    private final Retries retries;
    private final InstantSource clock;
    private final Map<String, URI> bases = new ConcurrentHashMap<>();
    private final KnownBlobs blobs = new KnownBlobs();

    /** @param http the connections; kept as long as this is */
    public RegistryClient(Http http, Endpoints endpoints, RegistryLogins logins, InstantSource clock) {
        this.http = http;
        this.endpoints = endpoints;
        this.retries = new Retries(clock);
        this.authorisation = new Authorisation(http, logins, retries, clock);
        this.clock = clock;
    }

    /** What its users have seen and put where. */
    KnownBlobs blobs() {
        return blobs;
    }

    /**
     * One request to a repository.
     *
     * @param target a path from {@code /v2/} on, or an absolute address that the registry gave us
     */
    record Request(String method, String target, Map<String, String> headers, byte @Nullable [] body, long maxBytes) {
        static Request get(String target, Map<String, String> headers, long maxBytes) {
            return new Request("GET", target, headers, null, maxBytes);
        }

        static Request head(String target, Map<String, String> headers) {
            return new Request("HEAD", target, headers, null, 0);
        }
    }

    /**
     * Sends it, several times where the registry is busy or the connection breaks: for what may be repeated.
     *
     * @return the answer, whatever its status
     * @throws Failure where there is no answer by the deadline
     */
    Answer send(Repository repository, Access access, Request request, Instant deadline) throws Failure {
        return send(
                repository,
                deadline,
                answer -> Retries.AGAIN.contains(answer.status()),
                () -> sendOnce(repository, access, request, deadline));
    }

    /**
     * Several requests that only make sense together, again from the first where the answer is worth that.
     *
     * @param again whether an answer is worth it
     * @throws Failure where there is no answer by the deadline
     */
    Answer send(Repository repository, Instant deadline, Predicate<Answer> again, Retries.Attempt attempt)
            throws Failure {
        String who = "registry " + repository.registry();
        try {
            return retries.run(who, deadline, again, attempt);
        } catch (IOException e) {
            throw UntimelyCertificate.found(who, e, clock.instant()).orElseGet(() -> unreachable(who, e));
        }
    }

    /** One request, once. */
    Answer sendOnce(Repository repository, Access access, Request request, Instant deadline)
            throws IOException, Failure {
        URI uri = base(repository, deadline).resolve(request.target());
        Optional<String> header = authorisation.known(repository, access);
        Answer answer = exchange(repository, request, uri, header, deadline);
        if (answer.status() != 401 || !sameOrigin(answer.uri(), uri)) {
            return answer;
        }
        // Once: where a token has expired on the way the next one will do, and where it will not none does.
        Optional<String> fresh = authorisation.answer(answer, header, repository, access, deadline);
        if (fresh.isEmpty() || fresh.equals(header)) {
            return answer;
        }
        return exchange(repository, request, uri, fresh, deadline);
    }

    private Answer exchange(
            Repository repository, Request request, URI first, Optional<String> header, Instant deadline)
            throws IOException, Failure {
        URI base = base(repository, deadline);
        URI uri = first;
        for (int hop = 0; ; hop++) {
            Map<String, String> headers = new LinkedHashMap<>(request.headers());
            // UPS-04: storage that a registry redirects to, or an upload address elsewhere, never sees the login.
            if (sameOrigin(uri, base)) {
                header.ifPresent(value -> headers.put("Authorization", value));
            }
            Answer answer = http.send(
                    new Call(request.method(), uri, headers, request.body(), request.maxBytes()), left(deadline));
            Optional<String> location = answer.header("Location");
            boolean read = request.method().equals("GET") || request.method().equals("HEAD");
            if (!read || !REDIRECTS.contains(answer.status()) || location.isEmpty()) {
                return answer;
            }
            if (hop == MAX_REDIRECTS) {
                throw Failure.of(
                        Kind.FAILED,
                        "registry " + repository.registry() + " redirects without end",
                        "it does not keep to the distribution specification: tell whoever runs it");
            }
            uri = target(uri, location.get(), repository);
        }
    }

    /** Where an address that the registry gave us leads. Never from HTTPS to plain HTTP. */
    static URI target(URI from, String location, Repository repository) throws Failure {
        URI uri;
        try {
            uri = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "registry " + repository.registry() + " redirects to no address",
                            "it does not keep to the distribution specification: tell whoever runs it")
                    .because(e);
        }
        boolean web =
                "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && "http".equals(from.getScheme());
        if (!web || uri.getHost() == null) {
            throw Failure.of(
                    Kind.FAILED,
                    "registry " + repository.registry() + " redirects to an address that is not followed",
                    "addresses of HTTPS are followed, and none that has a name in it: tell whoever runs the registry");
        }
        return uri;
    }

    private URI base(Repository repository, Instant deadline) throws IOException, Failure {
        List<URI> candidates = endpoints.of(repository);
        URI known = bases.get(repository.registry());
        if (known != null || candidates.size() == 1) {
            return known != null ? known : candidates.get(0);
        }
        IOException first = null;
        for (URI candidate : candidates) {
            try {
                Call ping = new Call("GET", candidate.resolve("/v2/"), Map.of(), null, 4096);
                // Go's servers answer 400 to plain HTTP on a TLS port.
                if (http.send(ping, left(deadline)).status() != 400) {
                    bases.put(repository.registry(), candidate);
                    return candidate;
                }
            } catch (IOException e) {
                // What speaks TLS at all was asked wrongly in plain HTTP, and says the more about what is wrong.
                first = first == null || e instanceof SSLException ? e : first;
            }
        }
        throw first == null ? new IOException("no registry there") : first;
    }

    /** RFC 6454 section 4: scheme, host and port, where a scheme's own port may be said or left out. */
    static boolean sameOrigin(URI a, URI b) {
        if (!String.valueOf(a.getScheme()).equals(b.getScheme())) {
            return false;
        }
        // A name with an underscore is no host to java.net.URI, and its port then none that could be left out.
        return a.getHost() == null
                ? String.valueOf(a.getAuthority()).equalsIgnoreCase(b.getAuthority())
                : a.getHost().equalsIgnoreCase(b.getHost())
                        && port(a) == port(b)
                        && Objects.equals(a.getRawUserInfo(), b.getRawUserInfo());
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equals(uri.getScheme()) ? 443 : 80;
    }

    private Duration left(Instant deadline) throws HttpTimeoutException {
        return left(clock, deadline);
    }

    /** The time until then; some. */
    static Duration left(InstantSource clock, Instant deadline) throws HttpTimeoutException {
        Duration left = Duration.between(clock.instant(), deadline);
        if (left.isNegative() || left.isZero()) {
            throw new HttpTimeoutException("the deadline has passed");
        }
        return left;
    }

    static Failure unreachable(String who, IOException e) {
        String hint = e instanceof SSLException
                ? "--registry-cacert FILE for a private authority, --allow-http-registry for plain HTTP,"
                        + " --registry-client-cert where it wants a certificate of yours"
                : "run it again; is the name right, and do the network and what stands before the registry let us?";
        return Failure.of(Kind.UNREACHABLE, who + " cannot be reached: " + Retries.why(e), hint)
                .because(e);
    }
}
