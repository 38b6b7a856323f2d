package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a client fetched of an image, all of its manifests, configs and layers: their names and the files that hold them. */
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

    /** Files below a directory, under the digests that their bytes have, whatever they are called. */
    static Pulled under(Path directory, Predicate<Path> which) {
        try (Stream<Path> files = Files.walk(directory)) {
            Map<String, Path> blobs = new TreeMap<>();
            files.filter(Files::isRegularFile).filter(which).forEach(file -> blobs.put(hex(file), file));
            return new Pulled(blobs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hex(Path file) {
        try {
            String digest = sha256(Files.readAllBytes(file));
            return digest.substring(digest.indexOf(':') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The digest of bytes, as registries write it. */
    public static String sha256(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether it has bytes of this digest. */
    public boolean has(String digest) {
        return blobs.containsKey(digest.substring(digest.indexOf(':') + 1));
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
