package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Everything that an index leads to. Each manifest is read and described by its own bytes: whoever writes an index can name
 * in it what was never built, and what is signed has been seen.
 */
public final class WholeImage {
    /** As many as one index may have; an index of indexes that has more is not one image. */
    private static final int MAX_MANIFESTS = Manifest.MAX_CHILDREN;
    /** Fewer than images are looked up at once, since each of those may be an index. */
    private static final int PARALLEL = 4;

    private final EvidenceTarget target;
    private final Digest top;

    private WholeImage(EvidenceTarget target, Digest top) {
        this.target = target;
        this.top = top;
    }

    /** What an index lists. */
    private record Listed(Digest index, Digest manifest) {}

    /** What was read. */
    private record Seen(Descriptor itself, List<Listed> listed) {
        static Seen of(Digest digest, Manifest manifest) {
            Descriptor itself = new Descriptor(
                    manifest.mediaType(), digest, manifest.bytes().length, List.of(), Map.of(), null, null);
            List<Descriptor> children = manifest instanceof Manifest.Index index ? index.manifests() : List.of();
            return new Seen(
                    itself,
                    children.stream()
                            .map(child -> new Listed(digest, child.digest()))
                            .toList());
        }
    }

    /**
     * The manifest itself, first, and whatever it lists, through indexes in it; each once.
     *
     * @throws Failure also where one of them is not there
     */
    public static List<Descriptor> manifests(EvidenceTarget target, Manifest top) throws Failure {
        return new WholeImage(target, top.digest()).from(top);
    }

    private List<Descriptor> from(Manifest manifest) throws Failure {
        List<Descriptor> found = new ArrayList<>();
        Set<Digest> known = new HashSet<>(Set.of(top));
        List<Seen> level = List.of(Seen.of(top, manifest));
        while (!level.isEmpty()) {
            List<Listed> next = new ArrayList<>();
            for (Seen seen : level) {
                found.add(seen.itself());
                for (Listed listed : seen.listed()) {
                    if (known.add(listed.manifest())) {
                        next.add(listed);
                    }
                }
                requireFew(known);
            }
            level = read(next);
        }
        return found;
    }

    private void requireFew(Set<Digest> known) throws Failure {
        if (known.size() > MAX_MANIFESTS) {
            throw Failure.of(
                    Kind.FAILED,
                    target.name() + "@" + top + " leads to more than " + MAX_MANIFESTS + " manifests",
                    "sign its parts by their digests, without --recursive");
        }
    }

    private List<Seen> read(List<Listed> all) throws Failure {
        List<Seen> seen = new ArrayList<>();
        if (all.size() < 2) {
            for (Listed one : all) {
                seen.add(read(one));
            }
            return seen;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(PARALLEL, all.size()), task -> {
            Thread thread = new Thread(task, "index");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<Seen>> reading = new ArrayList<>();
            for (Listed one : all) {
                reading.add(threads.submit(() -> read(one)));
            }
            for (Future<Seen> one : reading) {
                seen.add(result(one));
            }
            return seen;
        } finally {
            threads.shutdownNow();
        }
    }

    private Seen read(Listed listed) throws Failure {
        Digest digest = listed.manifest();
        String lists = "the index " + target.name() + "@" + listed.index() + " lists " + digest;
        try {
            Manifest manifest = target.find(new Reference.ByDigest(digest))
                    .orElseThrow(
                            () -> Failure.of(
                                    Kind.FAILED,
                                    lists + ", which is not there",
                                    "push or copy the whole image first; or sign what is there by its digests, without --recursive"));
            return Seen.of(digest, manifest);
        } catch (Failure e) {
            if (!(e.getCause() instanceof MalformedEvidenceException unknown)) {
                throw e;
            }
            throw Failure.of(
                            Kind.FAILED,
                            lists + ", which is no image or index that is known here: " + unknown.getMessage(),
                            "sign what is one by its digests, without --recursive")
                    .because(e);
        }
    }

    private static Seen result(Future<Seen> reading) throws Failure {
        try {
            return reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(Kind.FAILED, "interrupted", "run it again; nothing of this image was signed")
                    .because(e);
        }
    }
}
