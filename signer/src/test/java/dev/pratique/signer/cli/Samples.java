package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.publish.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Images and files that real cosign signed with a private Sigstore, and what cosign's own verification said of them. */
final class Samples {
    private static final int MAX_BYTES = 1 << 20;

    private Samples() {}

    /**
     * One run of cosign's verification.
     *
     * @param arguments from the subcommand on, without the image; files are in their places
     */
    record Check(String sample, String label, List<String> arguments, Digest image, boolean passes) {
        @Override
        public String toString() {
            return sample + ": " + label;
        }

        boolean has(String argument) {
            return arguments.contains(argument);
        }
    }

    static Path folder() {
        Path samples = Path.of(System.getProperty("pratique.shared", "../shared"))
                .resolve("samples")
                .toAbsolutePath();
        if (!Files.isDirectory(samples) && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("no samples at " + samples + ", and CI runs every test");
        }
        Assumptions.assumeTrue(Files.isDirectory(samples), "no samples beside the checkout");
        return samples;
    }

    static String file(String name) {
        return folder().resolve(name).toString();
    }

    /** Every run that asked nobody but the registry. */
    static List<Check> checks() {
        try (Stream<Path> cases = Files.list(folder().resolve("cases"))) {
            List<Check> checks = new ArrayList<>();
            for (Path one : cases.sorted().toList()) {
                JsonObject json =
                        StrictJson.parseObject(Files.readAllBytes(one.resolve("case.json")), "case", MAX_BYTES);
                for (JsonValue value : json.get("checks").asArray("checks", 100)) {
                    JsonObject check = value.asObject("check");
                    boolean cosign = check.getString("command").startsWith("cosign verify");
                    if (cosign && !check.getString("command").contains("--rekor-url")) {
                        checks.add(check(one.getFileName().toString(), check));
                    }
                }
            }
            return checks;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    private static Check check(String sample, JsonObject json) throws MalformedEvidenceException {
        List<String> words = Arrays.asList(json.getString("command").split(" "));
        String image = words.get(words.size() - 1);
        List<String> arguments = words.subList(1, words.size() - 1).stream()
                .map(word -> word.startsWith("keys/") || word.startsWith("trusted_root") ? file(word) : word)
                .toList();
        return new Check(
                sample,
                json.getString("label"),
                arguments,
                Digest.parse(image.substring(image.indexOf('@') + 1)),
                json.findString("replay_expect")
                        .orElse(json.getString("expect"))
                        .equals("pass"));
    }

    /** Puts a sample's image and all that lies beside it into a registry, under the sample's name. */
    static void push(String sample, TestRegistry registry) {
        Path layout = folder().resolve("cases").resolve(sample).resolve("layout");
        try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                byte[] bytes = Files.readAllBytes(blob);
                Digest digest = registry.blob(bytes);
                try {
                    registry.store(
                            sample,
                            digest.toString(),
                            bytes,
                            Manifest.parse(bytes, null).mediaType());
                } catch (MalformedEvidenceException aBlobAlone) {
                    continue;
                }
            }
            byte[] index = Files.readAllBytes(layout.resolve("index.json"));
            for (JsonValue value : StrictJson.parseObject(index, "index.json", MAX_BYTES)
                    .get("manifests")
                    .asArray("manifests", 10_000)) {
                tag(sample, layout, value.asObject("entry"), registry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    private static void tag(String sample, Path layout, JsonObject entry, TestRegistry registry)
            throws IOException, MalformedEvidenceException {
        String tag = entry.stringsOrEmpty("annotations", 100).get("org.opencontainers.image.ref.name");
        if (tag != null) {
            String hex = Digest.parse(entry.getString("digest")).hex();
            byte[] bytes = Files.readAllBytes(layout.resolve("blobs/sha256").resolve(hex));
            registry.store(sample, tag, bytes, entry.getString("mediaType"));
        }
    }
}
