package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Puts bytes beside an image as its Sigstore bundle, whatever they are, in a registry with the referrers API. */
public final class ReferrerPush {
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";

    private final Registry registry;

    public ReferrerPush(Registry registry) {
        this.registry = registry;
    }

    public void bundle(Image image, byte[] bundle) {
        byte[] empty = "{}".getBytes(StandardCharsets.US_ASCII);
        blob(image, empty);
        blob(image, bundle);
        byte[] subject = Web.get(registry.url() + "/v2/" + image.repository() + "/manifests/" + image.digest())
                .body();
        byte[] manifest = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                "application/vnd.oci.image.manifest.v1+json",
                "artifactType",
                BUNDLE,
                "config",
                descriptor(EMPTY, empty),
                "layers",
                List.of(descriptor(BUNDLE, bundle)),
                "subject",
                descriptor("application/vnd.oci.image.manifest.v1+json", subject)));
        put(
                "/v2/" + image.repository() + "/manifests/" + Digest.sha256(manifest),
                "application/vnd.oci.image.manifest.v1+json",
                manifest);
    }

    private static Map<String, Object> descriptor(String type, byte[] bytes) {
        return Map.of(
                "mediaType",
                type,
                "size",
                bytes.length,
                "digest",
                Digest.sha256(bytes).toString());
    }

    private void blob(Image image, byte[] bytes) {
        Web.Answer begun = Web.send(
                HttpRequest.newBuilder(URI.create(registry.url() + "/v2/" + image.repository() + "/blobs/uploads/"))
                        .POST(BodyPublishers.noBody()));
        assertThat(begun.status()).as(begun.toString()).isEqualTo(202);
        String location = begun.header("Location");
        String path = location.startsWith("/") ? location : URI.create(location).getRawPath();
        put(path + "?digest=" + Digest.sha256(bytes), "application/octet-stream", bytes);
    }

    private void put(String path, String type, byte[] bytes) {
        Web.Answer answer = Web.send(HttpRequest.newBuilder(URI.create(registry.url() + path))
                .header("Content-Type", type)
                .PUT(BodyPublishers.ofByteArray(bytes)));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }
}
