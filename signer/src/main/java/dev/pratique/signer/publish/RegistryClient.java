package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to registries as one user: finds the address, shows the login, follows redirects of reads, and asks again where
 * that may help. Blocking; thread safe.
 */
public final class RegistryClient {
    private static final int ATTEMPTS = 4;
    private static final int MAX_REDIRECTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> AGAIN = Set.of(408, 429, 500, 502, 503, 504);

    private final Http http;
    private final Endpoints endpoints;
    private final Authorisation authorisation;
    private final InstantSource clock;
    private final Map<String, URI> bases = new ConcurrentHashMap<>();

    /**
     * @param tls whom to trust; empty for the system's certificate authorities
     * @param userAgent what we call ourselves
     */
    public RegistryClient(
            Endpoints endpoints,
            RegistryLogins logins,
            Optional<SSLContext> tls,
            String userAgent,
            InstantSource clock) {
        this.http = new Http(tls, userAgent);
        this.endpoints = endpoints;
        this.authorisation = new Authorisation(http, logins);
        this.clock = clock;
    }

    /**
     * One request to a repository.
     *
     * @param target a path from {@code /v2/} on, or an absolute address that the registry gave us
     * @param repeatable whether sending it twice does no harm
     */
    record Request(
            String method,
            String target,
            Map<String, String> headers,
            byte @Nullable [] body,
            long maxBytes,
            boolean repeatable) {
        static Request get(String target, Map<String, String> headers, long maxBytes) {
            return new Request("GET", target, headers, null, maxBytes, true);
        }

        static Request head(String target, Map<String, String> headers) {
            return new Request("HEAD", target, headers, null, 0, true);
        }
    }

    /**
     * Sends it, several times where the registry is busy and the request may be repeated.
     *
     * @return the answer, whatever its status
     * @throws Failure where there is no answer by the deadline
     */
    Answer send(Repository repository, Access access, Request request, Instant deadline) throws Failure {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == ATTEMPTS || !request.repeatable();
            Duration pause;
            try {
                Answer answer = sendOnce(repository, access, request, deadline);
                if (last || !AGAIN.contains(answer.status())) {
                    return answer;
                }
                pause = retryAfter(answer).orElse(backoff(attempt));
                if (clock.instant().plus(pause).isAfter(deadline)) {
                    return answer;
                }
            } catch (IOException e) {
                pause = backoff(attempt);
                boolean hopeless = e instanceof SSLException || e instanceof ConnectException;
                if (last || hopeless || clock.instant().plus(pause).isAfter(deadline)) {
                    throw unreachable(repository, e);
                }
            }
            sleep(pause, repository);
        }
    }

    private Answer sendOnce(Repository repository, Access access, Request request, Instant deadline)
            throws IOException, Failure {
        URI uri = base(repository, deadline).resolve(request.target());
        Optional<String> header = authorisation.known(repository, access);
        Answer answer = exchange(repository, request, uri, header, deadline);
        if (answer.status() != 401 || !sameOrigin(answer.uri(), uri)) {
            return answer;
        }
        Optional<String> fresh = authorisation.answer(answer, repository, access, left(deadline));
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
                throw Failure.of(Kind.FAILED, "registry " + repository.registry() + " redirects without end");
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
            throw Failure.of(Kind.FAILED, "registry " + repository.registry() + " redirects to no address")
                    .because(e);
        }
        boolean web =
                "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && "http".equals(from.getScheme());
        if (!web || uri.getHost() == null) {
            throw Failure.of(
                    Kind.FAILED, "registry " + repository.registry() + " redirects to an address that is not followed");
        }
        return uri;
    }

    private URI base(Repository repository, Instant deadline) throws IOException {
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
                first = first == null ? e : first;
            }
        }
        throw first == null ? new IOException("no registry there") : first;
    }

    private static boolean sameOrigin(URI a, URI b) {
        return String.valueOf(a.getScheme()).equals(b.getScheme())
                && String.valueOf(a.getAuthority()).equalsIgnoreCase(b.getAuthority());
    }

    private Duration left(Instant deadline) throws HttpTimeoutException {
        Duration left = Duration.between(clock.instant(), deadline);
        if (left.isNegative() || left.isZero()) {
            throw new HttpTimeoutException("the deadline has passed");
        }
        return left;
    }

    private static Optional<Duration> retryAfter(Answer answer) {
        return answer.header("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wish -> wish.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wish);
    }

    private static Duration backoff(int attempt) {
        long millis = FIRST_PAUSE.toMillis() << (attempt - 1);
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    }

    private static void sleep(Duration pause, Repository repository) throws Failure {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(repository, new IOException(e));
        }
    }

    private static Failure unreachable(Repository repository, IOException e) {
        String why;
        String hint = "is the name right, and does the network let us?";
        if (e instanceof HttpTimeoutException) {
            why = "no answer in time";
        } else if (e.getCause() instanceof UnresolvedAddressException) {
            why = "its name is unknown";
        } else if (e instanceof ConnectException) {
            why = "the connection was refused";
        } else if (e instanceof SSLException) {
            why = "no TLS connection can be made, or its certificate is not trusted";
            hint = "--registry-cacert FILE for a private authority, --allow-http-registry for plain HTTP";
        } else {
            why = "the connection broke";
        }
        return Failure.of(Kind.UNREACHABLE, "registry " + repository.registry() + " cannot be reached: " + why, hint)
                .because(e);
    }
}
