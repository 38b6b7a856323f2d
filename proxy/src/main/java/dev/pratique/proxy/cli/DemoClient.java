package dev.pratique.proxy.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Pulls an image as a container engine does: manifest, configuration, layers, and a look at every digest. */
final class DemoClient {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_BODY = 1 << 20;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final String registry;

    /** @param registry host and port of the proxy */
    DemoClient(String registry) {
        this.registry = registry;
    }

    /**
     * What came of a pull.
     *
     * @param why one line
     * @param broken what could not be had although the manifest was admitted
     */
    record Pulled(DemoCase.Answer answer, String reason, String why, List<Digest> broken) {}

    Pulled pull(String image) throws IOException, InterruptedException {
        ImageName name = parse(image);
        String base = "http://" + registry + "/v2/" + name.repository();
        HttpResponse<byte[]> answer = get(base + "/manifests/" + name.reference());
        if (answer.statusCode() != 200) {
            return refusal(answer);
        }
        List<Digest> broken = new ArrayList<>();
        for (Descriptor part : parts(answer)) {
            if (!arrives(base, part)) {
                broken.add(part.digest());
            }
        }
        String warning = answer.headers().firstValue("Warning").orElse("");
        if (!broken.isEmpty()) {
            String why =
                    "the connection was cut before the end of " + broken.get(0).brief() + ", and nothing of it is kept";
            return new Pulled(DemoCase.Answer.CUT, "", why, broken);
        }
        return warning.isEmpty()
                ? new Pulled(DemoCase.Answer.ADMITTED, "", "", List.of())
                : new Pulled(DemoCase.Answer.WARNED, "", unquoted(warning), List.of());
    }

    private boolean arrives(String base, Descriptor part) throws InterruptedException {
        try {
            HttpResponse<byte[]> blob = get(base + "/blobs/" + part.digest());
            return blob.statusCode() == 200 && part.digest().matches(blob.body());
        } catch (IOException cut) {
            return false;
        }
    }

    private static List<Descriptor> parts(HttpResponse<byte[]> answer) throws IOException {
        try {
            String type = answer.headers().firstValue("Content-Type").orElse(null);
            Manifest.Image image = (Manifest.Image) Manifest.parse(answer.body(), type);
            List<Descriptor> parts = new ArrayList<>(List.of(image.config()));
            parts.addAll(image.layers());
            return parts;
        } catch (MalformedEvidenceException e) {
            throw new IOException("the proxy served a manifest that cannot be read", e);
        }
    }

    private static Pulled refusal(HttpResponse<byte[]> answer) throws IOException {
        try {
            JsonObject detail = StrictJson.parseObject(answer.body(), "error", MAX_BODY)
                    .arrayOrEmpty("errors", 1)
                    .get(0)
                    .asObject("error")
                    .getObject("detail");
            boolean undecided = answer.headers().firstValue("Retry-After").isPresent();
            return new Pulled(
                    undecided ? DemoCase.Answer.UNDECIDED : DemoCase.Answer.REFUSED,
                    detail.getString("reason"),
                    detail.findString("detail").orElse(""),
                    List.of());
        } catch (MalformedEvidenceException e) {
            throw new IOException("the proxy answered " + answer.statusCode() + " without a reason", e);
        }
    }

    private HttpResponse<byte[]> get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(PATIENCE)
                .header("Accept", MediaType.ACCEPT)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static ImageName parse(String image) {
        try {
            return ImageName.parse(image);
        } catch (MalformedEvidenceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String unquoted(String warning) {
        return warning.replaceFirst("^299 - \"", "").replaceFirst("\"$", "");
    }
}
