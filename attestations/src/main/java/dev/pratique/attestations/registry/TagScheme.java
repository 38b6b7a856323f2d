package dev.pratique.attestations.registry;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import java.util.Optional;

/** Tags that say which image an artefact is about: cosign's {@code .sig} and {@code .att}, and the referrers fallback tag. */
public enum TagScheme {
    /** cosign's signatures. */
    SIG(".sig"),
    /** cosign's attestations. */
    ATT(".att"),
    /** cosign's SBOMs. */
    SBOM(".sbom"),
    /** distribution-spec, "Referrers Tag Schema". */
    REFERRERS("");

    private static final int REF_LENGTH = 64;

    private final String suffix;

    TagScheme(String suffix) {
        this.suffix = suffix;
    }

    /** The tag that says it is about this digest. */
    public Reference.Tag tagFor(Digest subject) {
        // distribution-spec, "Referrers Tag Schema": "<ref> is the encoded portion of the digest, truncated to 64
        // characters". cosign knows no digest that is longer.
        String hex = subject.hex().substring(0, REF_LENGTH);
        return new Reference.Tag(subject.algorithm().prefix() + "-" + hex + suffix);
    }

    /** The digest that a tag of any of the schemes names. */
    public static Optional<Digest> subjectOf(Reference.Tag tag) {
        for (TagScheme scheme : values()) {
            String value = tag.value();
            if (!value.endsWith(scheme.suffix)) {
                continue;
            }
            String base = value.substring(0, value.length() - scheme.suffix.length());
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                String prefix = algorithm.prefix() + "-";
                if (base.startsWith(prefix) && base.substring(prefix.length()).matches("[0-9a-f]{64}([0-9a-f]{64})?")) {
                    int expected = algorithm == Digest.Algorithm.SHA256 ? 64 : 128;
                    String hex = base.substring(prefix.length());
                    return hex.length() == expected ? Optional.of(new Digest(algorithm, hex)) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
