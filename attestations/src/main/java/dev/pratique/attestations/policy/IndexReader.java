package dev.pratique.attestations.policy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what an index lists, and what an index inside it lists; nothing deeper. Waits for its reader. */
final class IndexReader {
    /** More platforms than any published image has. */
    static final int MAX_IMAGES = 64;
    /** An index of indexes is one for each of a few variants. */
    private static final int MAX_NESTED = 8;

    /** What a manifest may take whatever the index says of its length, so that a wrong length shows. */
    private static final int USUAL_BYTES = 64 << 10;
    /** All that are read at once: they are in memory together. */
    private static final long MAX_TOTAL_BYTES = 16L << 20;

    private final RegistryReader reader;

    IndexReader(RegistryReader reader) {
        this.reader = reader;
    }

    /**
     * One entry.
     *
     * @param platform as the index says it, or the index around that one; absent where neither does
     */
    record Child(Descriptor listed, Optional<Platform> platform, Content content) {}

    /** What came of it. */
    sealed interface Content {}

    /** An image or another artefact. */
    record Read(Manifest.Image image) implements Content {}

    /** An index, whose own entries are listed too. */
    record Nested() implements Content {}

    /** An index inside an index inside an index. */
    record TooDeep() implements Content {}

    /** The rule admits other platforms only, so it was not looked at. */
    record Other() implements Content {}

    /** Of a type that is none of a manifest's. */
    record NoManifest() implements Content {}

    /** Nobody asked for it. */
    record NotAsked() implements Content {}

    /** A definite answer: it cannot be used. */
    record Unusable(String what) implements Content {}

    /** The registry does not have it, as where only some platforms were copied. */
    record Missing() implements Content {}

    /** The registry answers with something else than was asked for; whoever asks for it gets no other answer. */
    record Wrong(String what) implements Content {}

    /** No answer. */
    record Unread(String what) implements Content {}

    /**
     * Never throws for what a registry answers.
     *
     * @param platforms the platforms that are wanted; empty: all
     * @param images whether the manifests of images are wanted, or indexes only
     */
    List<Child> read(
            Repository repository, Manifest.Index index, Set<Platform> platforms, boolean images, Deadline deadline) {
        List<Entry> entries = new ArrayList<>();
        index.manifests().forEach(listed -> entries.add(new Entry(listed, named(listed), false)));
        List<Child> children = new ArrayList<>();
        entries.addAll(nested(repository, entries, platforms, children, deadline));
        Map<Digest, Entry> wanted = new LinkedHashMap<>();
        List<Entry> toRead = new ArrayList<>();
        for (Entry entry : entries) {
            Optional<Content> known = withoutReading(entry, platforms, images);
            if (known.isPresent()) {
                children.add(entry.child(known.get()));
            } else if (MediaType.isManifest(entry.listed().mediaType())) {
                wanted.putIfAbsent(entry.listed().digest(), entry);
                toRead.add(entry);
            }
        }
        List<Entry> distinct = wanted.values().stream().limit(MAX_IMAGES).toList();
        Map<Digest, Fetched> answers = fetch(repository, distinct, deadline);
        for (Entry entry : toRead) {
            Fetched answer = answers.get(entry.listed().digest());
            children.add(entry.child(
                    answer == null
                            ? new Unusable("the index lists more than " + MAX_IMAGES + " images, or "
                                    + (MAX_TOTAL_BYTES >> 20) + " MiB of manifests")
                            : image(entry.listed(), answer)));
        }
        return children;
    }

    private record Entry(Descriptor listed, Optional<Platform> platform, boolean inner) {
        Child child(Content content) {
            return new Child(listed, platform, content);
        }
    }

    private static Optional<Content> withoutReading(Entry entry, Set<Platform> platforms, boolean images) {
        String type = entry.listed().mediaType();
        if (MediaType.isIndex(type)) {
            return entry.inner() ? Optional.of(new TooDeep()) : Optional.empty();
        }
        // image-spec image-index.md: "An encountered mediaType that is unknown to the implementation MUST NOT generate
        // an error." Through the index nobody gets it as a manifest.
        if (!MediaType.isManifest(type)) {
            return Optional.of(new NoManifest());
        }
        if (isOther(entry, platforms)) {
            return Optional.of(new Other());
        }
        return images ? Optional.empty() : Optional.of(new NotAsked());
    }

    /** The entries of the indexes among the entries; what came of those indexes is added to the children. */
    private List<Entry> nested(
            Repository repository,
            List<Entry> entries,
            Set<Platform> platforms,
            List<Child> children,
            Deadline deadline) {
        List<Entry> indexes = new ArrayList<>();
        for (Entry entry : entries) {
            if (!MediaType.isIndex(entry.listed().mediaType())) {
                continue;
            }
            if (isOther(entry, platforms)) {
                children.add(entry.child(new Other()));
            } else if (indexes.size() >= MAX_NESTED) {
                children.add(entry.child(new Unusable("the index lists more than " + MAX_NESTED + " indexes")));
            } else {
                indexes.add(entry);
            }
        }
        Map<Digest, Fetched> answers = fetch(repository, indexes, deadline);
        List<Entry> inner = new ArrayList<>();
        for (Entry entry : indexes) {
            Descriptor listed = entry.listed();
            Fetched answer = answers.get(listed.digest());
            if (answer == null) {
                children.add(entry.child(new Unusable("it is larger than a manifest may be")));
                continue;
            }
            Content content = content(listed, answer, manifest -> {
                Manifest.Index nested = (Manifest.Index) manifest;
                nested.manifests()
                        .forEach(
                                child -> inner.add(new Entry(child, named(child).or(entry::platform), true)));
                return new Nested();
            });
            children.add(entry.child(content));
        }
        return inner;
    }

    /** Those that are too large have no answer. */
    private Map<Digest, Fetched> fetch(Repository repository, List<Entry> entries, Deadline deadline) {
        Map<Digest, Fetch> fetches = new LinkedHashMap<>();
        long total = 0;
        for (Entry entry : entries) {
            Digest digest = entry.listed().digest();
            long limit = Math.max(entry.listed().size(), USUAL_BYTES);
            if (limit <= Manifest.MAX_BYTES && total + limit <= MAX_TOTAL_BYTES) {
                total += limit;
                fetches.put(digest, new Fetch.ManifestOf(repository, new Reference.ByDigest(digest), (int) limit));
            }
        }
        List<Fetched> answers =
                fetches.isEmpty() ? List.of() : reader.fetchAll(List.copyOf(fetches.values()), deadline);
        Map<Digest, Fetched> byDigest = new LinkedHashMap<>();
        int place = 0;
        for (Digest digest : fetches.keySet()) {
            byDigest.put(digest, answers.get(place++));
        }
        return byDigest;
    }

    private static Content image(Descriptor listed, Fetched answer) {
        return content(listed, answer, manifest -> new Read((Manifest.Image) manifest));
    }

    /** Which kind of manifest it is, its type says; and its type is what the index says, or it is not read. */
    private interface Reading {
        Content of(Manifest manifest);
    }

    private static Content content(Descriptor listed, Fetched answer, Reading reading) {
        if (answer instanceof Fetched.Missing) {
            return new Missing();
        }
        if (answer instanceof Fetched.Unread unread) {
            return new Unread(unread.what());
        }
        if (answer instanceof Fetched.Denied denied) {
            return new Unread("the upstream answered " + denied.status());
        }
        if (!(answer instanceof Fetched.Found found)) {
            return new Wrong(
                    answer instanceof Fetched.Wrong wrong ? wrong.what() : "the upstream answered something else");
        }
        // image-spec descriptor.md: "If the length of the retrieved content does not match the specified length, the
        // content SHOULD NOT be trusted."
        if (found.bytes().length != listed.size()) {
            return new Unusable("it has " + found.bytes().length + " bytes, its index says " + listed.size());
        }
        try {
            String header = found.contentType() == null ? listed.mediaType() : found.contentType();
            Manifest manifest = Manifest.parse(found.bytes(), header);
            return manifest.mediaType().equals(listed.mediaType())
                    ? reading.of(manifest)
                    : new Unusable("it is " + manifest.mediaType() + ", its index says " + listed.mediaType());
        } catch (MalformedEvidenceException e) {
            return new Unusable(e.getMessage());
        }
    }

    private static Optional<Platform> named(Descriptor listed) {
        return Optional.ofNullable(listed.platform()).filter(platform -> !platform.unknown());
    }

    private static boolean isOther(Entry entry, Set<Platform> platforms) {
        return !platforms.isEmpty()
                && entry.platform().isPresent()
                && !platforms.contains(entry.platform().get());
    }
}
