package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.pattern.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a rule asks of an image. Two rules that ask the same have the same {@link #id}, so they share verdicts.
 *
 * @param signedBy who must have signed; empty where no signature is asked
 * @param platforms the platforms that the rule admits; empty: all
 * @param artifactsAllowed whether artifacts without a runnable configuration need no base
 * @param foreignLayersAllowed whether content may have {@code urls}, which clients fetch past the proxy
 */
public record Requirements(
        Mode mode,
        Optional<SignedBy> signedBy,
        Optional<ProvenanceRequirement> provenance,
        BaseRequirement base,
        Set<Platform> platforms,
        boolean artifactsAllowed,
        boolean foreignLayersAllowed) {

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
     * @param signedBy who must have signed it; where it is more than one, each a statement that the rest allows
     * @param builders patterns of which one must match {@code builder.id}; empty: any builder
     * @param sources patterns of which one must match the source repository; empty: any source
     * @param refs patterns of which one must match what of it was built, as {@code refs/heads/main}; empty: any
     */
    public record ProvenanceRequirement(SignedBy signedBy, Set<Glob> builders, Set<Glob> sources, Set<Glob> refs) {
        public ProvenanceRequirement {
            builders = Set.copyOf(builders);
            sources = Set.copyOf(sources);
            refs = Set.copyOf(refs);
        }
    }

    public Requirements {
        platforms = Set.copyOf(platforms);
    }

    /** Whether any evidence is needed to answer. */
    public boolean needsEvidence() {
        return signedBy.isPresent() || provenance.isPresent();
    }

    /** Whether the image's configuration is needed to answer. */
    public boolean needsConfig() {
        return base != BaseRequirement.NONE || !platforms.isEmpty();
    }

    /** Names exactly these requirements: the SHA-256 of their canonical text. */
    public String id() {
        // JSON, because names are the operator's and any other separator could be part of one.
        List<Object> text = new ArrayList<>();
        text.add(mode.name());
        text.add(signedBy.map(Requirements::canonical).orElse(List.of()));
        text.add(provenance.map(Requirements::canonical).orElse(List.of()));
        text.add(base.name());
        text.add(platforms.stream().map(Requirements::canonical).sorted().toList());
        text.add(artifactsAllowed);
        text.add(foreignLayersAllowed);
        return Digest.sha256(JsonWriter.bytes(text)).hex().substring(0, 32);
    }

    private static List<Object> canonical(ProvenanceRequirement provenance) {
        return List.of(
                canonical(provenance.signedBy()),
                sorted(patterns(provenance.builders())),
                sorted(patterns(provenance.sources())),
                sorted(patterns(provenance.refs())));
    }

    private static List<Object> canonical(SignedBy signedBy) {
        return List.of(signedBy.atLeast(), sorted(signedBy.signers()));
    }

    private static String canonical(Platform platform) {
        List<Object> parts = new ArrayList<>(List.of(platform.os(), platform.architecture()));
        if (platform.variant() != null) {
            parts.add(platform.variant());
        }
        return JsonWriter.text(parts);
    }

    private static Set<String> patterns(Set<Glob> globs) {
        return globs.stream().map(Glob::pattern).collect(Collectors.toSet());
    }

    private static List<String> sorted(Set<String> texts) {
        return texts.stream().sorted().toList();
    }
}
