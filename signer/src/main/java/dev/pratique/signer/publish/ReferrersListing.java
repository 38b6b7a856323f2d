package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.attestations.sign.ReferrersTag;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.List;
import java.util.Optional;

/** One more entry in the index that stands in for a referrers API (distribution-spec, "Referrers Tag Schema"). */
record ReferrersListing(EvidenceArtifact referrer) implements EvidenceTarget.Extension {
    Reference.Tag tag() {
        return TagScheme.REFERRERS.tagFor(referrer.subject());
    }

    @Override
    public Optional<EvidenceArtifact> of(Optional<Manifest> now) throws Failure {
        try {
            return ReferrersTag.with(now.map(Manifest::bytes), referrer.listing())
                    .map(index -> new EvidenceArtifact(
                            referrer.subject(),
                            List.of(),
                            index,
                            Optional.of(tag()),
                            Descriptor.of(MediaType.OCI_INDEX, index)));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the tag " + tag() + " cannot be extended: " + e.getMessage(),
                            "something else lies under that tag: look at it, and remove it if nobody needs it")
                    .because(e);
        }
    }
}
