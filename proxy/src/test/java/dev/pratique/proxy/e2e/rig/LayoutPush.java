package dev.pratique.proxy.e2e.rig;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.ReferrersTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Brings all of an OCI layout into a repository: tags, children and referrers, as a client of the registry's kind does. */
public final class LayoutPush {
    private static final int MAX_BYTES = 4 << 20;

    private final Path layout;
    private final Registry registry;
    private final String repository;
    private final Set<Digest> pushed = new HashSet<>();

    private LayoutPush(Path layout, Registry registry, String repository) {
        this.layout = layout;
        this.registry = registry;
        this.repository = repository;
    }

    public static void of(Path layout, Registry registry, String repository) {
        try {
            new LayoutPush(layout, registry, repository).all();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(layout + ": " + e.getMessage(), e);
        }
    }

    private void all() throws IOException, MalformedEvidenceException {
        byte[] index = Files.readAllBytes(layout.resolve("index.json"));
        for (JsonValue value : StrictJson.parseObject(index, "index.json", MAX_BYTES)
                .get("manifests")
                .asArray("manifests", 10_000)) {
            JsonObject entry = value.asObject("entry");
            manifest(
                    Digest.parse(entry.getString("digest")),
                    Optional.ofNullable(
                            entry.stringsOrEmpty("annotations", 100).get("org.opencontainers.image.ref.name")));
        }
    }

    private void manifest(Digest digest, Optional<String> tag) throws IOException, MalformedEvidenceException {
        boolean first = pushed.add(digest);
        if (!first && tag.isEmpty()) {
            return;
        }
        byte[] bytes = read(digest);
        Manifest manifest = Manifest.parse(bytes, null);
        if (manifest instanceof Manifest.Image image) {
            blob(image.config().digest());
            for (Descriptor layer : image.layers()) {
                blob(layer.digest());
            }
        } else {
            for (Descriptor child : ((Manifest.Index) manifest).manifests()) {
                manifest(child.digest(), Optional.empty());
            }
        }
        put(tag.orElse(digest.toString()), manifest.mediaType(), bytes);
        if (registry.kind() == Registry.Kind.TAGS && manifest.subject().isPresent()) {
            refer(manifest, digest, manifest.subject().get());
        }
    }

    // distribution-spec, "Pushing Manifests with Subject": without the API the client keeps the list.
    private void refer(Manifest manifest, Digest digest, Digest subject) throws MalformedEvidenceException {
        String tag = TagScheme.REFERRERS.tagFor(subject).value();
        Web.Answer known =
                Web.send(HttpRequest.newBuilder(uri("/manifests/" + tag)).header("Accept", MediaType.OCI_INDEX));
        String type = manifest instanceof Manifest.Image image
                ? Optional.ofNullable(image.artifactType())
                        .orElse(image.config().mediaType())
                : null;
        Descriptor entry = new Descriptor(
                manifest.mediaType(), digest, manifest.bytes().length, List.of(), manifest.annotations(), null, type);
        Optional<byte[]> list =
                ReferrersTag.with(known.status() == 200 ? Optional.of(known.body()) : Optional.empty(), entry);
        list.ifPresent(bytes -> put(tag, MediaType.OCI_INDEX, bytes));
    }

    private void blob(Digest digest) throws IOException {
        if (!pushed.add(digest)) {
            return;
        }
        Web.Answer session =
                Web.send(HttpRequest.newBuilder(uri("/blobs/uploads/")).POST(BodyPublishers.noBody()));
        URI place = URI.create(registry.url()).resolve(session.header("Location"));
        URI whole = URI.create(place + (place.getQuery() == null ? "?" : "&") + "digest=" + digest);
        created(Web.send(HttpRequest.newBuilder(whole)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(read(digest)))));
    }

    private void put(String reference, String mediaType, byte[] bytes) {
        created(Web.send(HttpRequest.newBuilder(uri("/manifests/" + reference))
                .header("Content-Type", mediaType)
                .PUT(BodyPublishers.ofByteArray(bytes))));
    }

    private static void created(Web.Answer answer) {
        if (answer.status() != 201) {
            throw new AssertionError(answer.toString());
        }
    }

    private URI uri(String rest) {
        return URI.create(registry.url() + "/v2/" + repository + rest);
    }

    private byte[] read(Digest digest) throws IOException {
        return Files.readAllBytes(
                layout.resolve("blobs").resolve(digest.algorithm().prefix()).resolve(digest.hex()));
    }
}
