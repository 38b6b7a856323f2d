package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.publish.RegistryClient.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads registries for the domain, with the user's own logins. */
public final class HttpRegistryReader implements RegistryReader {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final RegistryClient client;
    private final Executor executor;
    private final Function<Repository, Set<Integer>> missing;

    /**
     * @param executor where the parallel requests wait
     * @param missing statuses that mean "not there" in a repository, besides 404
     */
    public HttpRegistryReader(RegistryClient client, Executor executor, Function<Repository, Set<Integer>> missing) {
        this.client = client;
        this.executor = executor;
        this.missing = missing;
    }

    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        List<CompletableFuture<Fetched>> pending = new ArrayList<>();
        for (Fetch fetch : fetches) {
            pending.add(CompletableFuture.supplyAsync(() -> read(fetch, deadline), executor));
        }
        return pending.stream().map(CompletableFuture::join).toList();
    }

    private Fetched read(Fetch fetch, Deadline deadline) {
        if (page(fetch).filter(Fetched.Found.ELSEWHERE::equals).isPresent()) {
            return new Fetched.Wrong(NextPage.ELSEWHERE);
        }
        try {
            Answer answer = client.send(fetch.repository(), Access.PULL, request(fetch), deadline.at());
            return answered(fetch, answer);
        } catch (Failure e) {
            // Not the registry's own answer: of its token service, of a proxy on the way, of nobody.
            return Fetched.Unread.because(e, e.what(), RETRY);
        }
    }

    private static Request request(Fetch fetch) {
        Map<String, String> accept = Map.of("Accept", MediaType.ACCEPT);
        if (fetch instanceof Fetch.ManifestOf manifest) {
            return Request.get(path(fetch, "manifests/" + manifest.reference()), accept, fetch.maxBytes());
        } else if (fetch instanceof Fetch.ManifestHead head) {
            return Request.head(path(fetch, "manifests/" + head.reference()), accept);
        } else if (fetch instanceof Fetch.BlobOf blob) {
            return Request.get(path(fetch, "blobs/" + blob.digest()), Map.of(), fetch.maxBytes());
        } else if (fetch instanceof Fetch.BlobHead head) {
            return Request.head(path(fetch, "blobs/" + head.digest()), Map.of());
        }
        if (fetch instanceof Fetch.TagsOf tags) {
            String list = path(fetch, "tags/list?n=" + Fetch.TagsOf.PAGE_SIZE);
            return Request.get(tags.page().orElse(list), Map.of("Accept", "application/json"), fetch.maxBytes());
        }
        Fetch.ReferrersOf referrers = (Fetch.ReferrersOf) fetch;
        String first = path(fetch, "referrers/" + referrers.digest());
        return Request.get(referrers.page().orElse(first), Map.of("Accept", MediaType.OCI_INDEX), fetch.maxBytes());
    }

    private static String path(Fetch fetch, String rest) {
        return "/v2/" + fetch.repository().name() + "/" + rest;
    }

    private Fetched answered(Fetch fetch, Answer answer) {
        int status = answer.status();
        if (status == 404 || missing.apply(fetch.repository()).contains(status)) {
            return new Fetched.Missing();
        }
        if (status == 401 || status == 403) {
            return new Fetched.Denied(status);
        }
        if (status != 200) {
            return new Fetched.Unread("the registry answered " + status, RETRY);
        }
        boolean head = fetch instanceof Fetch.ManifestHead || fetch instanceof Fetch.BlobHead;
        if (!answer.complete()) {
            return new Fetched.Wrong("the body is larger than " + fetch.maxBytes() + " bytes");
        }
        Optional<Digest> asked = asked(fetch);
        if (!head && asked.isPresent() && !asked.get().matches(answer.body())) {
            return new Fetched.Wrong("the bytes have another digest");
        }
        Digest digest = head ? claimed(answer) : asked.orElseGet(() -> Digest.sha256(answer.body()));
        return new Fetched.Found(
                answer.body(), answer.header("Content-Type").orElse(null), digest, next(fetch, answer));
    }

    private static Optional<Digest> asked(Fetch fetch) {
        if (fetch instanceof Fetch.ManifestOf manifest) {
            return manifest.reference().pinned();
        }
        return fetch instanceof Fetch.BlobOf blob ? Optional.of(blob.digest()) : Optional.empty();
    }

    private static @Nullable Digest claimed(Answer answer) {
        try {
            Optional<String> header = answer.header("Docker-Content-Digest");
            return header.isPresent() ? Digest.parse(header.get()) : null;
        } catch (MalformedEvidenceException e) {
            return null;
        }
    }

    private static Optional<String> page(Fetch fetch) {
        return fetch instanceof Fetch.ReferrersOf referrers
                ? referrers.page()
                : fetch instanceof Fetch.TagsOf tags ? tags.page() : Optional.empty();
    }

    private static Optional<String> next(Fetch fetch, Answer answer) {
        boolean list = fetch instanceof Fetch.ReferrersOf || fetch instanceof Fetch.TagsOf;
        try {
            return list ? NextPage.of(answer) : Optional.empty();
        } catch (MalformedEvidenceException e) {
            // What this page says stands.
            return Optional.of(Fetched.Found.ELSEWHERE);
        }
    }
}
