package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What crane fetched of an image, all of its manifests, configs and layers: their names and the files that hold them. */
public record Pulled(Map<String, Path> blobs) {
    /** Fetches it whole, which must succeed. */
    public static Pulled by(Tool crane, String image) {
        Path layout = Scratch.directory("pulled").resolve("layout");
        crane.output("pull", "--format", "oci", image, layout.toString());
        try (Stream<Path> files = Files.list(layout.resolve("blobs").resolve("sha256"))) {
            Map<String, Path> blobs = new TreeMap<>();
            files.forEach(file -> blobs.put(file.getFileName().toString(), file));
            return new Pulled(blobs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the other has the same files with the same bytes. */
    public boolean sameBytesAs(Pulled other) {
        return blobs.keySet().equals(other.blobs.keySet())
                && blobs.entrySet().stream().allMatch(blob -> {
                    try {
                        return Files.mismatch(blob.getValue(), other.blobs.get(blob.getKey())) < 0;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
