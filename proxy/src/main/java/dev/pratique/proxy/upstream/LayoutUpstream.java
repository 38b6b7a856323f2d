package dev.pratique.proxy.upstream;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.UpstreamEvents.Kind;
import dev.pratique.proxy.upstream.UpstreamEvents.Outcome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** An OCI image layout on disk as an upstream, with a referrers list of its own. */
final class LayoutUpstream implements Upstream {
    /** Names come from clients; a layout with more repositories reads some of them again. */
    private static final int MAX_REPOSITORIES = 1024;

    private static final Fetched MISSING = new Fetched.Missing();

    private final String registry;
    private final LayoutFiles files;
    private final Executor blocking;
    private final UpstreamEvents events;
    private final ConcurrentHashMap<String, View> views = new ConcurrentHashMap<>();

    /** What a repository looked like when its index had this time and size. */
    private record View(Path index, FileTime modified, long size, LayoutRepository repository) {}

    LayoutUpstream(String registry, UpstreamSettings.Layout layout, Executor blocking, UpstreamEvents events) {
        this.registry = registry;
        this.files = new LayoutFiles(layout.directory());
        this.blocking = blocking;
        this.events = events;
    }

    @Override
    public CompletableFuture<Fetched> fetch(Fetch fetch, Duration patience) {
        return later(() -> answer(fetch), why -> why, kind(fetch), Outcome::of);
    }

    @Override
    public CompletableFuture<Presence> present(String name, Digest digest, boolean manifest) {
        return later(
                () -> {
                    Optional<Path> file = member(name, digest, manifest);
                    return file.isEmpty()
                            ? new Presence.Absent(MISSING)
                            : new Presence.Present(OptionalLong.of(Files.size(file.get())));
                },
                Presence.Absent::new,
                manifest ? Kind.MANIFEST_HEAD : Kind.BLOB_HEAD,
                found -> found instanceof Presence.Absent absent ? Outcome.of(absent.why()) : Outcome.FOUND);
    }

    @Override
    public void openBlob(String name, Digest digest, BlobListener listener) {
        try {
            blocking.execute(() -> {
                Optional<FileChannel> file = Optional.empty();
                Fetched failure = MISSING;
                try {
                    Optional<Path> path = member(name, digest, false);
                    file = path.isEmpty() ? Optional.empty() : Optional.of(files.open(path.get()));
                } catch (NoSuchFileException gone) {
                    failure = MISSING;
                } catch (IOException | MalformedEvidenceException unreadable) {
                    failure = Answers.unread("the layout cannot be read");
                }
                if (file.isEmpty()) {
                    listener.onFailed(failure);
                } else {
                    new FileBlob(file.get(), blocking, listener).start();
                }
            });
        } catch (RejectedExecutionException closing) {
            listener.onFailed(Answers.unread("the layout is closed"));
        }
    }

    /** Something that reads files. */
    private interface Reading<T> {
        T run() throws IOException, MalformedEvidenceException;
    }

    private <T> CompletableFuture<T> later(
            Reading<T> reading, Function<Fetched, T> failed, Kind kind, Function<T, Outcome> outcome) {
        long start = System.nanoTime();
        Supplier<T> whole = () -> {
            try {
                return reading.run();
            } catch (NoSuchFileException gone) {
                return failed.apply(MISSING);
            } catch (LayoutFiles.TooLarge large) {
                return failed.apply(new Fetched.Wrong("the file is larger than what was asked for"));
            } catch (MalformedEvidenceException malformed) {
                return failed.apply(new Fetched.Wrong("the layout's index.json is malformed"));
            } catch (IOException unreadable) {
                return failed.apply(Answers.unread("the layout cannot be read"));
            }
        };
        try {
            return CompletableFuture.supplyAsync(whole, blocking).thenApply(value -> {
                events.requestFinished(registry, kind, outcome.apply(value), System.nanoTime() - start);
                return value;
            });
        } catch (RejectedExecutionException closing) {
            return CompletableFuture.completedFuture(failed.apply(Answers.unread("the layout is closed")));
        }
    }

    private static Kind kind(Fetch fetch) {
        return fetch instanceof Fetch.ManifestOf
                ? Kind.MANIFEST
                : fetch instanceof Fetch.ManifestHead
                        ? Kind.MANIFEST_HEAD
                        : fetch instanceof Fetch.BlobOf
                                ? Kind.BLOB
                                : fetch instanceof Fetch.BlobHead
                                        ? Kind.BLOB_HEAD
                                        : fetch instanceof Fetch.TagsOf ? Kind.TAGS : Kind.REFERRERS;
    }

    private Fetched answer(Fetch fetch) throws IOException, MalformedEvidenceException {
        String name = fetch.repository().name();
        if (fetch instanceof Fetch.ManifestOf manifest) {
            return manifest(name, manifest.reference(), fetch.maxBytes());
        } else if (fetch instanceof Fetch.ManifestHead head) {
            return manifest(name, head.reference(), -1);
        } else if (fetch instanceof Fetch.BlobOf blob) {
            return whole(name, blob.digest(), false, "application/octet-stream", fetch.maxBytes());
        } else if (fetch instanceof Fetch.BlobHead head) {
            return whole(name, head.digest(), false, "application/octet-stream", -1);
        }
        LayoutRepository repository = repository(name);
        if (fetch instanceof Fetch.ReferrersOf referrers) {
            return list(repository.referrersOf(referrers.digest()), MediaType.OCI_INDEX, fetch.maxBytes());
        }
        return repository.isEmpty() ? MISSING : list(repository.tagList(name), "application/json", fetch.maxBytes());
    }

    private static Fetched list(byte[] list, String type, long maxBytes) {
        return list.length > maxBytes
                ? new Fetched.Wrong("the body is larger than " + maxBytes + " bytes")
                : new Fetched.Found(list, type, null, Optional.empty());
    }

    private Fetched manifest(String name, Reference reference, long maxBytes)
            throws IOException, MalformedEvidenceException {
        LayoutRepository repository = repository(name);
        Optional<Digest> digest =
                reference instanceof Reference.Tag tag ? repository.tagged(tag.value()) : reference.pinned();
        Optional<String> type = digest.flatMap(repository::manifestType);
        return type.isEmpty() ? MISSING : whole(name, digest.orElseThrow(), true, type.get(), maxBytes);
    }

    /** @param maxBytes below zero to leave the bytes out, as for HEAD */
    private Fetched whole(String name, Digest digest, boolean manifest, String type, long maxBytes)
            throws IOException, MalformedEvidenceException {
        Optional<Path> file = member(name, digest, manifest);
        if (file.isEmpty()) {
            return MISSING;
        }
        byte[] bytes = maxBytes < 0 ? new byte[0] : files.read(file.get(), maxBytes);
        return maxBytes >= 0 && !digest.matches(bytes)
                ? new Fetched.Wrong("the bytes have another digest")
                : new Fetched.Found(bytes, type, digest, Optional.empty());
    }

    private Optional<Path> member(String name, Digest digest, boolean manifest)
            throws IOException, MalformedEvidenceException {
        LayoutRepository repository = repository(name);
        boolean served = manifest ? repository.manifestType(digest).isPresent() : repository.hasBlob(digest);
        return served ? files.blob(name, digest) : Optional.empty();
    }

    private LayoutRepository repository(String name) throws IOException, MalformedEvidenceException {
        Path index = files.index(name);
        FileTime modified = Files.getLastModifiedTime(index);
        long size = Files.size(index);
        View view = views.get(name);
        if (view != null && view.index.equals(index) && view.modified.equals(modified) && view.size == size) {
            return view.repository();
        }
        LayoutIndex entries = LayoutIndex.parse(files.read(index, LayoutIndex.MAX_BYTES));
        LayoutRepository repository = LayoutRepository.read(files, entries, registry, name, files.isShared(index));
        if (views.size() >= MAX_REPOSITORIES) {
            views.clear();
        }
        views.put(name, new View(index, modified, size, repository));
        return repository;
    }

    @Override
    public void close() {}
}
