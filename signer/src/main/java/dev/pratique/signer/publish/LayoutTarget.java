package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.publish.Layout.Entry;
import dev.pratique.signer.publish.Layout.Index;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An image in an OCI layout on disk. Evidence goes where every reader of layouts looks: an entry without a name for a
 * referrer's manifest, which has the image as its subject, and the tags of registries as names. Where the entries' names
 * carry their repository ({@code acme/app:1.0}), those of the evidence do too.
 */
public final class LayoutTarget implements EvidenceTarget {
    private final Layout layout;
    private final LayoutImage image;
    private final Entry entry;

    private LayoutTarget(Layout layout, LayoutImage image, Entry entry) {
        this.layout = layout;
        this.image = image;
        this.entry = entry;
    }

    /**
     * Looks up the image, once.
     *
     * @throws Failure where there is none, or where several may be meant
     */
    public static LayoutTarget open(LayoutImage image, InstantSource clock) throws Failure {
        Layout layout = new Layout(image.directory(), clock);
        return new LayoutTarget(layout, image, select(image, layout));
    }

    private static Entry select(LayoutImage image, Layout layout) throws Failure {
        List<Entry> images = new ArrayList<>();
        List<Entry> found = new ArrayList<>();
        boolean said = image.name().isPresent() || image.digest().isPresent();
        for (Entry entry : layout.index().entries()) {
            boolean itself = !isEvidence(entry, layout);
            if (itself) {
                images.add(entry);
            }
            boolean named = image.name().isEmpty() || image.name().get().equals(entry.name());
            boolean pinned = image.digest().isEmpty()
                    || image.digest().get().equals(entry.descriptor().digest());
            if (named && pinned && (said || itself)) {
                found.add(entry);
            }
        }
        if (found.isEmpty()) {
            throw Failure.of(Kind.FAILED, "there is no image " + image, "its index.json lists " + names(images));
        }
        Digest first = found.get(0).descriptor().digest();
        if (found.stream().anyMatch(entry -> !entry.descriptor().digest().equals(first))) {
            throw Failure.of(
                    Kind.USAGE, image + " may mean several images", "say which: its index.json lists " + names(images));
        }
        return found.get(0);
    }

    // An entry of a manifest that is about another one, or that a scheme of tags says is.
    private static boolean isEvidence(Entry entry, Layout layout) throws Failure {
        String name = entry.name();
        if (name == null) {
            return layout.manifest(entry.descriptor().digest(), null)
                    .flatMap(Manifest::subject)
                    .isPresent();
        }
        String tag = name.substring(name.lastIndexOf(':') + 1);
        return Reference.Tag.isTag(tag)
                && TagScheme.subjectOf(new Reference.Tag(tag)).isPresent();
    }

    private static String names(List<Entry> images) {
        List<String> names = images.stream()
                .map(entry -> entry.name() == null ? "@" + entry.descriptor().digest() : ":" + entry.name())
                .limit(8)
                .toList();
        return names.isEmpty() ? "no image" : String.join(", ", names);
    }

    /** Type, digest and size of what was named, when it was looked up. */
    public Descriptor named() {
        return entry.descriptor();
    }

    /** For finding what lies beside the image. */
    public RegistryReader reader() {
        return new LayoutReader(this, layout);
    }

    @Override
    public String name() {
        return "oci:" + image.directory();
    }

    /** As far as the image's name in the layout says so. */
    @Override
    public Optional<Repository> repository() {
        Optional<String> prefix = prefix(entry);
        try {
            return prefix.isEmpty()
                    ? Optional.empty()
                    : Optional.of(ImageName.parse(prefix.get()).repository());
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    /** What stands before the tag in {@code acme/app:1.0}. */
    private static Optional<String> prefix(Entry entry) {
        String name = entry.name();
        int colon = name == null ? -1 : name.lastIndexOf(':');
        return name == null || colon < 0 ? Optional.empty() : Optional.of(name.substring(0, colon));
    }

    private String named(Reference.Tag tag) {
        return prefix(entry).map(prefix -> prefix + ":" + tag).orElse(tag.toString());
    }

    @Override
    public Optional<Manifest> find(Reference reference) throws Failure {
        Optional<Digest> pinned = reference.pinned();
        if (pinned.isPresent()) {
            boolean itself = pinned.get().equals(entry.descriptor().digest());
            return layout.manifest(pinned.get(), itself ? entry.descriptor().mediaType() : null);
        }
        String name = named(reference.tag().orElseThrow());
        for (Entry other : layout.index().entries()) {
            if (name.equals(other.name())) {
                return layout.manifest(
                        other.descriptor().digest(), other.descriptor().mediaType());
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> blob(Digest digest, long max) throws Failure {
        return layout.blob(digest, max);
    }

    @Override
    public void push(EvidenceArtifact referrer) throws Failure {
        ReferrersListing listing = new ReferrersListing(referrer);
        String tag = named(listing.tag());
        layout.writing(() -> {
            store(referrer);
            replace(
                    entry -> entry.name() == null && entry.descriptor().digest().equals(referrer.digest()),
                    json(referrer.listing(), Optional.empty()));
            // Some readers of layouts, regctl among them, know the tag alone.
            Optional<EvidenceArtifact> list = listing.of(find(listing.tag()));
            if (list.isPresent()) {
                store(list.get());
                replace(entry -> tag.equals(entry.name()), json(list.get().listing(), Optional.of(tag)));
            }
            return referrer;
        });
    }

    @Override
    public Manifest extend(Reference.Tag tag, Extension extension) throws Failure {
        String name = named(tag);
        return layout.writing(() -> {
            Optional<EvidenceArtifact> next = extension.of(find(tag));
            if (next.isPresent()) {
                store(next.get());
                replace(entry -> name.equals(entry.name()), json(next.get().listing(), Optional.of(name)));
            }
            return manifest(tag);
        });
    }

    private void store(EvidenceArtifact artifact) throws IOException, Failure {
        for (EvidenceArtifact.Blob blob : artifact.blobs()) {
            layout.write(blob.digest(), blob.bytes());
        }
        layout.write(artifact.digest(), artifact.manifest());
        // What is published is what was signed: the manifest's bytes are compared with their digest here.
        if (layout.manifest(artifact.digest(), artifact.mediaType()).isEmpty()) {
            throw new IOException("what was written is not there");
        }
    }

    private static Map<String, Object> json(Descriptor descriptor, Optional<String> name) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", descriptor.mediaType());
        json.put("digest", descriptor.digest().toString());
        json.put("size", descriptor.size());
        json.put("artifactType", descriptor.artifactType());
        Map<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
        name.ifPresent(text -> annotations.put(Layout.REF_NAME, text));
        if (!annotations.isEmpty()) {
            json.put("annotations", annotations);
        }
        return json;
    }

    /** Takes entries out of index.json and adds one; every other member of it stays as it is. */
    private void replace(Predicate<Entry> without, Map<String, Object> added) throws Failure, IOException {
        Index now = layout.index();
        List<Object> entries = new ArrayList<>();
        now.entries().stream().filter(without.negate()).map(Entry::json).forEach(entries::add);
        entries.add(added);
        Map<String, Object> index = new LinkedHashMap<>(now.json().members());
        index.put("manifests", entries);
        layout.writeIndex(JsonWriter.bytes(index));
    }
}
