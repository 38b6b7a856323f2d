package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.Artifact;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Tells a file from an image, so that nobody signs another thing than was meant. A file is what exists as one, or is
 * written as a path; an image says its registry where a file might be meant. Whatever could be both is refused.
 */
final class GivenArtifact {
    private GivenArtifact() {}

    /** Whether, with {@code --bundle}, this is a file or a digest, and no image. */
    static boolean isMeant(String text) throws Failure {
        if (text.matches("sha(256|512):.*")) {
            return true;
        }
        if (text.startsWith("oci:")) {
            return false;
        }
        boolean file = isFile(text);
        if (file && saysRegistry(text)) {
            throw Failure.of(
                    Kind.USAGE,
                    "'" + Printable.line(text) + "' is a file here, and names an image too",
                    "for the file write ./" + Printable.line(text) + "; for the image say its digest: "
                            + Printable.line(text) + "@sha256:...");
        }
        if (!file && !isPath(text) && !saysRegistry(text)) {
            throw Failure.of(
                    Kind.USAGE,
                    "there is no file " + Printable.line(text) + ", and as an image it names no registry",
                    "for an image of Docker Hub write docker.io/library/" + Printable.line(text));
        }
        return file || isPath(text);
    }

    static Artifact read(String text) throws Failure {
        return Artifact.of(text);
    }

    /** @param toFile whether a bundle is written, so that a file could have been signed too */
    static NamedImage image(String text, boolean toFile) throws Failure {
        if (!toFile && !text.startsWith("oci:") && (isPath(text) || isFile(text) && !saysRegistry(text))) {
            throw Failure.of(
                    Kind.USAGE,
                    "'" + Printable.line(text) + "' is a file, and an image is signed in its registry",
                    "for the file add --bundle FILE; for an image of that name on Docker Hub write docker.io/library/NAME");
        }
        if (text.matches("sha(256|512):[0-9a-f]{64,128}")) {
            throw Failure.of(
                    Kind.USAGE, "a digest alone names no repository", "write it as registry.example/team/app@" + text);
        }
        return NamedImage.parse(text);
    }

    private static boolean isPath(String text) {
        return text.startsWith("/") || text.startsWith("./") || text.startsWith("../");
    }

    /** The rule of Docker's reference grammar: a first part with a dot, a colon, or "localhost" is a host. */
    private static boolean saysRegistry(String text) {
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        return !isPath(text) && (first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost"));
    }

    private static boolean isFile(String text) {
        try {
            return Files.isRegularFile(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
