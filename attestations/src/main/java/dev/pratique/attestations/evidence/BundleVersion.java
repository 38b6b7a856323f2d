package dev.pratique.attestations.evidence;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.MediaType;

/** The versions of the Sigstore bundle that are read (sigstore_bundle.proto). */
enum BundleVersion {
    V0_1("0.1"),
    V0_2("0.2"),
    V0_3("0.3");

    private final String number;

    BundleVersion(String number) {
        this.number = number;
    }

    /** As the bundle itself says it, in exactly one of its two spellings. */
    static BundleVersion of(String mediaType) throws MalformedEvidenceException {
        for (BundleVersion version : values()) {
            if (mediaType.equals("application/vnd.dev.sigstore.bundle.v" + version.number + "+json")
                    || mediaType.equals("application/vnd.dev.sigstore.bundle+json;version=" + version.number)) {
                return version;
            }
        }
        throw new MalformedEvidenceException("the bundle's mediaType is none of version 0.1, 0.2 or 0.3");
    }

    /** Whether a layer of this media type may hold a bundle of this version: it names this version, or none. */
    boolean isAnnouncedBy(String layerType) {
        return MediaType.isBundle(layerType)
                && MediaType.bundleVersion(layerType).map(number::equals).orElse(true);
    }

    @Override
    public String toString() {
        return number;
    }
}
