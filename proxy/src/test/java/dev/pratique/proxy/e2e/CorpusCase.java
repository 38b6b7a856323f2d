package dev.pratique.proxy.e2e;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A recorded image and what should be said about it.
 *
 * @param publicKey PEM text of the key that must have signed
 * @param builders empty where a signature is asked; where provenance is asked, the builder, or nothing for any
 */
record CorpusCase(
        String id, Path layout, String digest, boolean accepted, String publicKey, Optional<List<String>> builders) {
    private static final int MAX_BYTES = 1 << 20;

    /** Of these layouts, which carry no policy of their own, whose key signed and whether it covers the image. */
    private static final Map<String, KeyedLayout> KEYED = Map.of(
            "dir-img-cosign-valid", new KeyedLayout("cosign.pub", true),
            "dir-img-cosign-valid-with-tag", new KeyedLayout("cosign.pub", true),
            "dir-img-cosign-modified-manifest", new KeyedLayout("cosign.pub", false));

    private record KeyedLayout(String key, boolean accepted) {}

    static List<CorpusCase> all() {
        Path corpus = Path.of(System.getProperty("pratique.shared"), "corpus");
        if (!Files.isDirectory(corpus) && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("no corpus at " + corpus + ", and CI runs every test");
        }
        Assumptions.assumeTrue(Files.isDirectory(corpus), "no corpus at " + corpus);
        try {
            List<CorpusCase> cases = new ArrayList<>(synthetic(corpus.resolve("synthetic-cosign-keyed")));
            cases.addAll(containersImage(corpus.resolve("containers-image")));
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    byte[] manifest() {
        try {
            return Files.readAllBytes(layout.resolve("blobs").resolve(digest.replace(':', '/')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rule's keys, in flow style. */
    String asks(String signer) {
        String signed = "signedBy: {any: [" + signer + "]}";
        return builders.map(ids -> "provenance: {" + signed
                        + (ids.isEmpty() ? "" : ", builders: ['" + String.join("', '", ids) + "']") + "}")
                .orElse(signed);
    }

    private static List<CorpusCase> synthetic(Path root) throws IOException, MalformedEvidenceException {
        List<CorpusCase> cases = new ArrayList<>();
        for (Path directory : children(root.resolve("cases"))) {
            JsonObject described =
                    StrictJson.parseObject(Files.readAllBytes(directory.resolve("case.json")), "a case", MAX_BYTES);
            JsonObject asked = described
                    .getObject("policy")
                    .arrayOrEmpty("require", 1)
                    .get(0)
                    .asObject("a requirement");
            boolean provenance = asked.getString("type").equals("cosign-key-attestation");
            cases.add(new CorpusCase(
                    directory.getFileName().toString(),
                    directory,
                    described.getString("ref"),
                    described.getString("expect").equals("accept"),
                    Files.readString(root.resolve(asked.getString("key"))),
                    provenance
                            ? Optional.of(asked.findString("builderId").stream().toList())
                            : Optional.empty()));
        }
        return cases;
    }

    private static List<CorpusCase> containersImage(Path root) throws IOException, MalformedEvidenceException {
        List<CorpusCase> cases = new ArrayList<>();
        for (Path layout : children(root.resolve("oci-layouts"))) {
            String id = layout.getFileName().toString();
            KeyedLayout keyed = KEYED.get(id);
            if (keyed != null) {
                byte[] index = Files.readAllBytes(layout.resolve("index.json"));
                String digest = StrictJson.parseObject(index, "index.json", MAX_BYTES)
                        .arrayOrEmpty("manifests", 100)
                        .get(0)
                        .asObject("a descriptor")
                        .getString("digest");
                String key = Files.readString(root.resolve("fixtures").resolve(keyed.key()));
                cases.add(new CorpusCase(id, layout, digest, keyed.accepted(), key, Optional.empty()));
            }
        }
        return cases;
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        }
    }
}
