package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image in an OCI layout as people write it: {@code oci:DIR[:NAME][@DIGEST]}, as the containers tools do
 * (containers-transports(5)). The directory ends at the first colon.
 *
 * @param name what an entry of index.json is called, a tag or a whole name as in {@code acme/app:1.0}
 */
public record LayoutImage(Path directory, Optional<String> name, Optional<Digest> digest) {
    private static final String PREFIX = "oci:";
    private static final Pattern DIGEST = Pattern.compile("@(sha(?:256|512):[0-9A-Za-z]*)$");

    /** Whether a text names one; Docker Hub's image of that name is {@code docker.io/library/oci}. */
    public static boolean isMeant(String text) {
        return text.startsWith(PREFIX);
    }

    public static LayoutImage parse(String text) throws Failure {
        String rest = text.substring(PREFIX.length());
        Optional<Digest> digest = Optional.empty();
        Matcher pinned = DIGEST.matcher(rest);
        if (pinned.find()) {
            try {
                digest = Optional.of(Digest.parse(pinned.group(1)));
            } catch (MalformedEvidenceException e) {
                throw wrong(text, e.getMessage()).because(e);
            }
            rest = rest.substring(0, pinned.start());
        }
        int colon = rest.indexOf(':');
        String directory = colon < 0 ? rest : rest.substring(0, colon);
        Optional<String> name = colon < 0 ? Optional.empty() : Optional.of(rest.substring(colon + 1));
        if (directory.isEmpty() || name.filter(String::isEmpty).isPresent()) {
            throw wrong(text, directory.isEmpty() ? "it has no directory" : "its name is empty");
        }
        try {
            return new LayoutImage(Path.of(directory), name, digest);
        } catch (InvalidPathException e) {
            throw wrong(text, "its directory cannot exist").because(e);
        }
    }

    private static Failure wrong(String text, String why) {
        return Failure.of(
                Kind.USAGE,
                "'" + text + "' names no image of an OCI layout: " + why,
                "write it as oci:DIR, oci:DIR:TAG or oci:DIR@sha256:...");
    }

    @Override
    public String toString() {
        return PREFIX
                + directory
                + name.map(text -> ":" + text).orElse("")
                + digest.map(pinned -> "@" + pinned).orElse("");
    }
}
