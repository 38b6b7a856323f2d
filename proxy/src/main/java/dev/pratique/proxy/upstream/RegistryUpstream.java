package dev.pratique.proxy.upstream;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.UpstreamEvents.Kind;
import dev.pratique.proxy.upstream.UpstreamEvents.Outcome;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A registry over HTTP (distribution-spec 1.1, pull and content discovery). */
final class RegistryUpstream implements Upstream {
    private static final String ANYTHING = "*/*";
    private static final String CONTENT_DIGEST = "docker-content-digest";

    private final Site site;
    private final String prefix;

    RegistryUpstream(
            UpstreamSettings settings,
            UpstreamSettings.Registry registry,
            Transport transport,
            Executor blocking,
            InstantSource clock,
            String userAgent,
            UpstreamEvents events) {
        Origin own = registry.origin();
        Connections connections = new Connections(
                settings, own, transport, UpstreamTls.context(settings.authorities()), blocking, events);
        Authenticator authenticator = new Authenticator(settings, own, new Tokens(this::askTokens, clock), events);
        this.site = new Site(settings, own, transport, connections, authenticator, userAgent, clock, events);
        String path = Target.of(registry.base()).orElseThrow().path();
        this.prefix = (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + "/v2/";
    }

    @Override
    public CompletableFuture<Fetched> fetch(Fetch fetch, Duration patience) {
        String name = fetch.repository().name();
        if (fetch instanceof Fetch.ManifestOf manifest) {
            Optional<Digest> pinned = manifest.reference().pinned();
            return get(
                    Kind.MANIFEST,
                    question(HttpMethod.GET, name, "/manifests/" + manifest.reference(), MediaType.ACCEPT),
                    patience,
                    fetch.maxBytes(),
                    (headers, bytes) -> found(headers, bytes, pinned));
        } else if (fetch instanceof Fetch.ManifestHead head) {
            Optional<Digest> pinned = head.reference().pinned();
            return get(
                    Kind.MANIFEST_HEAD,
                    question(HttpMethod.HEAD, name, "/manifests/" + head.reference(), MediaType.ACCEPT),
                    patience,
                    -1,
                    (headers, bytes) -> claimed(headers, pinned));
        } else if (fetch instanceof Fetch.BlobOf blob) {
            return get(
                    Kind.BLOB,
                    question(HttpMethod.GET, name, "/blobs/" + blob.digest(), ANYTHING),
                    patience,
                    fetch.maxBytes(),
                    (headers, bytes) -> found(headers, bytes, Optional.of(blob.digest())));
        } else if (fetch instanceof Fetch.BlobHead head) {
            return get(
                    Kind.BLOB_HEAD,
                    question(HttpMethod.HEAD, name, "/blobs/" + head.digest(), ANYTHING),
                    patience,
                    -1,
                    (headers, bytes) -> claimed(headers, Optional.of(head.digest())));
        }
        return fetch instanceof Fetch.TagsOf tags
                ? tags(tags, patience)
                : referrers((Fetch.ReferrersOf) fetch, patience);
    }

    private CompletableFuture<Fetched> tags(Fetch.TagsOf fetch, Duration patience) {
        String list = prefix + fetch.repository().name() + "/tags/list";
        String path = fetch.page().orElse(list + "?n=" + Fetch.TagsOf.PAGE_SIZE);
        if (!NextPage.ofRoute(path, list)) {
            return CompletableFuture.completedFuture(outside());
        }
        Target page = new Target(site.own(), path);
        return get(
                Kind.TAGS,
                question(HttpMethod.GET, fetch.repository().name(), page, "application/json"),
                patience,
                fetch.maxBytes(),
                (headers, bytes) -> listed(headers, bytes, page, next -> NextPage.ofRoute(next, list)));
    }

    private CompletableFuture<Fetched> referrers(Fetch.ReferrersOf fetch, Duration patience) {
        String list = prefix + fetch.repository().name() + "/referrers/";
        String path = fetch.page().orElse(list + fetch.digest());
        if (!NextPage.within(path, list)) {
            return CompletableFuture.completedFuture(outside());
        }
        Target page = new Target(site.own(), path);
        return get(
                Kind.REFERRERS,
                question(HttpMethod.GET, fetch.repository().name(), page, MediaType.OCI_INDEX),
                patience,
                fetch.maxBytes(),
                (headers, bytes) -> listed(headers, bytes, page, next -> NextPage.within(next, list)));
    }

    private static Fetched found(HttpHeaders headers, byte[] bytes, Optional<Digest> asked) {
        Digest digest = asked.isPresent() ? Digest.of(asked.get().algorithm(), bytes) : Digest.sha256(bytes);
        if (asked.isPresent()) {
            return digest.equals(asked.get())
                    ? found(headers, bytes, digest, Optional.empty())
                    : new Fetched.Wrong("the bytes have another digest");
        }
        Fetched claimed = claimed(headers, Optional.empty());
        boolean contradicted = claimed instanceof Fetched.Found found
                && found.digest() != null
                && !found.digest().matches(bytes);
        return contradicted
                ? new Fetched.Wrong("the bytes have another digest than the registry says")
                : claimed instanceof Fetched.Found ? found(headers, bytes, digest, Optional.empty()) : claimed;
    }

    // Docker-Content-Digest (distribution-spec, "Checking if content exists"): a hint, yet never a malformed one.
    private static Fetched claimed(HttpHeaders headers, Optional<Digest> asked) {
        String header = headers.get(CONTENT_DIGEST);
        try {
            Digest digest = header == null ? null : Digest.parse(header.trim());
            boolean other = digest != null
                    && asked.isPresent()
                    && digest.algorithm() == asked.get().algorithm()
                    && !digest.equals(asked.get());
            return other
                    ? new Fetched.Wrong("the registry has another digest there")
                    : found(headers, new byte[0], digest, Optional.empty());
        } catch (MalformedEvidenceException malformed) {
            return new Fetched.Wrong("Docker-Content-Digest is not a digest");
        }
    }

    private static Fetched outside() {
        return new Fetched.Wrong("the next page lies outside of the list");
    }

    private static Fetched listed(HttpHeaders headers, byte[] bytes, Target page, Predicate<String> ofTheList) {
        List<String> links = headers.getAll("link");
        Optional<String> next = NextPage.of(links, page).filter(ofTheList);
        // A list whose rest cannot be read is not a shorter list; what this page says stands.
        return next.isEmpty() && NextPage.promised(links)
                ? found(headers, bytes, null, Optional.of(Fetched.Found.ELSEWHERE))
                : found(headers, bytes, null, next);
    }

    private static Fetched.Found found(
            HttpHeaders headers, byte[] bytes, @Nullable Digest digest, Optional<String> next) {
        return new Fetched.Found(bytes, headers.get(HttpHeaderNames.CONTENT_TYPE), digest, next);
    }

    @Override
    public CompletableFuture<Presence> present(String name, Digest digest, boolean manifest) {
        Question question = question(
                HttpMethod.HEAD,
                name,
                (manifest ? "/manifests/" : "/blobs/") + digest,
                manifest ? MediaType.ACCEPT : ANYTHING);
        return ask(
                question,
                site.settings().timeouts().total(),
                -1,
                (headers, bytes) -> {
                    Fetched claim = claimed(headers, Optional.of(digest));
                    long size = Answers.contentLength(headers);
                    return claim instanceof Fetched.Found
                            ? new Presence.Present(size < 0 ? OptionalLong.empty() : OptionalLong.of(size))
                            : new Presence.Absent(claim);
                },
                Presence.Absent::new,
                timed(manifest ? Kind.MANIFEST_HEAD : Kind.BLOB_HEAD, RegistryUpstream::outcome));
    }

    private static Outcome outcome(Presence presence) {
        return presence instanceof Presence.Absent absent ? Outcome.of(absent.why()) : Outcome.FOUND;
    }

    @Override
    public void openBlob(String name, Digest digest, BlobListener listener) {
        Call.start(
                site,
                question(HttpMethod.GET, name, "/blobs/" + digest, ANYTHING),
                site.settings().timeouts().total(),
                new StreamedBlob(listener, timed(Kind.BLOB_STREAM, Outcome::of)));
    }

    private CompletionStage<Fetched> askTokens(Target realm, @Nullable String authorization) {
        Question question = new Question(HttpMethod.GET, realm, "application/json", null, authorization, 0);
        return get(
                Kind.TOKEN,
                question,
                site.settings().timeouts().headers(),
                Tokens.MAX_BODY,
                (headers, bytes) -> found(headers, bytes, null, Optional.empty()));
    }

    private Question question(HttpMethod method, String name, String rest, String accept) {
        return question(method, name, new Target(site.own(), prefix + name + rest), accept);
    }

    private Question question(HttpMethod method, String name, Target target, String accept) {
        String known = site.authenticator().known(name);
        return new Question(method, target, accept, name, known, Question.MAX_REDIRECTS);
    }

    private CompletableFuture<Fetched> get(
            Kind kind,
            Question question,
            Duration patience,
            long maxBytes,
            BiFunction<HttpHeaders, byte[], Fetched> whole) {
        return ask(question, patience, maxBytes, whole, why -> why, timed(kind, Outcome::of));
    }

    private <T> CompletableFuture<T> ask(
            Question question,
            Duration patience,
            long maxBytes,
            BiFunction<HttpHeaders, byte[], T> whole,
            Function<Fetched, T> failed,
            Consumer<T> finished) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Duration total = site.settings().timeouts().total();
        Call call = Call.start(
                site,
                question,
                patience.compareTo(total) < 0 ? patience : total,
                new Body<>(answer, maxBytes, whole, failed));
        var unused = answer.whenComplete((value, gaveUp) -> {
            if (gaveUp == null) {
                finished.accept(value);
            } else {
                call.cancel();
            }
        });
        return answer;
    }

    private <T> Consumer<T> timed(Kind kind, Function<T, Outcome> outcome) {
        long start = System.nanoTime();
        return value -> site.events()
                .requestFinished(site.settings().name(), kind, outcome.apply(value), System.nanoTime() - start);
    }

    @Override
    public void close() {
        site.connections().close();
    }
}
