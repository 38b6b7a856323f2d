package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.proxy.admission.ManifestReader.Have;

/** For which manifests an index may speak. Judge threads only. */
final class IndexChildren {
    private final ManifestReader manifests;

    IndexChildren(ManifestReader manifests) {
        this.manifests = manifests;
    }

    /**
     * Whether a known parent is an index that lists this manifest for a platform of the rule. Membership alone does not say
     * so: what an image or evidence lists as a layer may well be the digest of a manifest, and another rule may have made it
     * a member for a platform that this one does not admit.
     */
    boolean listed(
            Repository repository,
            Digest parent,
            Digest child,
            Requirements requirements,
            AdmissionSettings settings,
            Deadline deadline) {
        return manifests.kept(repository, parent, settings.authorisationTtl(), deadline) instanceof Have have
                && have.manifest() instanceof Manifest.Index index
                && index.manifests().stream()
                        .filter(listed -> listed.digest().equals(child))
                        .anyMatch(listed -> isManifest(listed) && admitted(listed, requirements));
    }

    private static boolean isManifest(Descriptor listed) {
        return MediaType.isManifest(listed.mediaType()) || MediaType.isIndex(listed.mediaType());
    }

    /** Whether it is for a platform of the rule, or the index does not say for which. */
    static boolean admitted(Descriptor child, Requirements requirements) {
        return requirements.platforms().isEmpty()
                || child.platform() == null
                || child.platform().unknown()
                || requirements.platforms().contains(child.platform());
    }
}
