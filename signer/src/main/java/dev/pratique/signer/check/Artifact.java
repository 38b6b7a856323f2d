package dev.pratique.signer.check;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a bundle is verified for: a file, or its digest alone.
 *
 * @param digest SHA-256 of the content, or the digest that was given
 * @param content empty where only the digest is known
 */
public record Artifact(Digest digest, Optional<byte[]> content) {
    /** What is read into memory; by then a digest is as good. */
    private static final int MAX_BYTES = 1 << 30;

    /** @param named a file, or {@code sha256:HEX} where there is no file of that name */
    public static Artifact of(String named) throws Failure {
        boolean digest = named.startsWith("sha256:") || named.startsWith("sha512:");
        if (digest && !Files.exists(Path.of(named))) {
            try {
                return new Artifact(Digest.parse(named), Optional.empty());
            } catch (MalformedEvidenceException e) {
                throw Failure.of(
                                Kind.USAGE,
                                "'" + named + "' is no digest: " + e.getMessage(),
                                "or say a file as ./" + named)
                        .because(e);
            }
        }
        byte[] content = LocalFile.read(Path.of(named), MAX_BYTES);
        return new Artifact(Digest.sha256(content), Optional.of(content));
    }
}
