package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Platform;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a rule asks of an image. Two rules that ask the same have the same {@link #id}, so they share verdicts.
 *
 * @param signedBy any one of these named signers must have signed; empty where no signature is asked
 * @param platforms the platforms that the rule admits; empty: all
 * @param artifactsAllowed whether artifacts without a runnable configuration need no base
 */
public record Requirements(
        Mode mode,
        Set<String> signedBy,
        Optional<ProvenanceRequirement> provenance,
        BaseRequirement base,
        Set<Platform> platforms,
        boolean artifactsAllowed) {

    /** What a failed requirement does. */
    public enum Mode {
        ENFORCE,
        /** The image is admitted with a warning and counted; bytes that are not what was asked for are still refused. */
        WARN
    }

    /** What is asked of the layers below. */
    public enum BaseRequirement {
        /** Nothing. */
        NONE,
        /** An approved base of the catalog that is not past its end of life. */
        CATALOG,
        /** As above where it stands on a base of the catalog; images that stand on none are built from scratch and pass. */
        SCRATCH
    }

    /**
     * A provenance statement.
     *
     * @param signedBy any one of these must have signed it; never empty
     * @param builders patterns of which one must match {@code builder.id}; empty: any builder
     * @param sources patterns of which one must match the source repository; empty: any source
     */
    public record ProvenanceRequirement(Set<String> signedBy, Set<Glob> builders, Set<Glob> sources) {
        public ProvenanceRequirement {
            signedBy = Set.copyOf(signedBy);
            builders = Set.copyOf(builders);
            sources = Set.copyOf(sources);
        }
    }

    public Requirements {
        signedBy = Set.copyOf(signedBy);
        platforms = Set.copyOf(platforms);
    }

    /** Whether any evidence is needed to answer. */
    public boolean needsEvidence() {
        return !signedBy.isEmpty() || provenance.isPresent();
    }

    /** Whether the image's configuration is needed to answer. */
    public boolean needsConfig() {
        return base != BaseRequirement.NONE || !platforms.isEmpty();
    }

    /** Names exactly these requirements: the SHA-256 of their canonical text. */
    public String id() {
        String text = mode + "|" + new TreeSet<>(signedBy) + "|"
                + provenance.map(Requirements::canonical).orElse("") + "|" + base + "|" + new TreeSet<>(platforms) + "|"
                + artifactsAllowed;
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    }

    private static String canonical(ProvenanceRequirement provenance) {
        return new TreeSet<>(provenance.signedBy()) + "~" + sorted(provenance.builders()) + "~"
                + sorted(provenance.sources());
    }

    private static Set<String> sorted(Set<Glob> globs) {
        Set<String> sorted = new TreeSet<>();
        globs.forEach(glob -> sorted.add(glob.pattern()));
        return sorted;
    }
}
