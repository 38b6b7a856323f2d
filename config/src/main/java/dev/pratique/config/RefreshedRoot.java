package dev.pratique.config;

import dev.pratique.attestations.image.Digest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A root of trust.yaml that is refreshed over TUF.
 *
 * @param name in trust.yaml
 * @param repository where its metadata is; targets are below {@code targets/}
 * @param pinnedRoot the root metadata that all trust in the repository begins with
 * @param builtIn whether the program brings a trusted root for as long as there was no update
 * @param offline whether the repository is never asked
 * @param whenStale what becomes of evidence that rests on it once its metadata has expired
 */
public record RefreshedRoot(
        String name, URI repository, byte[] pinnedRoot, boolean builtIn, boolean offline, WhenStale whenStale) {
    /** The one target that is wanted of a repository. */
    public static final String TARGET = "trusted_root.json";

    /** What becomes of evidence that rests on a root whose metadata has expired. */
    public enum WhenStale {
        /** The last good root is used, and everybody is told. */
        USE,
        /** It leaves the case undecided. */
        UNDECIDED;

        /** As it is written. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public RefreshedRoot {
        pinnedRoot = pinnedRoot.clone();
    }

    @Override
    public byte[] pinnedRoot() {
        return pinnedRoot.clone();
    }

    /** The public Sigstore, as it counts where nothing else is said. */
    public static RefreshedRoot publicGood(String name) {
        return publicGood(name, false, WhenStale.USE);
    }

    /** The public Sigstore. */
    public static RefreshedRoot publicGood(String name, boolean offline, WhenStale whenStale) {
        return new RefreshedRoot(name, BuiltInRoot.REPOSITORY, BuiltInRoot.pinnedRoot(), true, offline, whenStale);
    }

    /** The directory's name in a {@link RootCache}: of the repository and the root that it is pinned by. */
    String directory() {
        return family() + Digest.sha256(pinnedRoot).brief();
    }

    /** What the names of all directories of the repository begin with; lower-case letters, digits, '.' and '-'. */
    String family() {
        String host =
                String.valueOf(repository.getHost()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
        String hash = Digest.sha256(repository.toString().getBytes(StandardCharsets.UTF_8))
                .brief();
        return (host.length() > 60 ? host.substring(0, 60) : host) + "-" + hash + "-";
    }
}
