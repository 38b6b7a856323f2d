package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.Optional;

/** Another target, of which everything is read and to which nothing is written. */
public record Rehearsal(EvidenceTarget target) implements EvidenceTarget {
    @Override
    public String name() {
        return target.name();
    }

    @Override
    public Optional<Repository> repository() {
        return target.repository();
    }

    @Override
    public Optional<Manifest> find(Reference reference) throws Failure {
        return target.find(reference);
    }

    @Override
    public Optional<byte[]> blob(Digest digest, long max) throws Failure {
        return target.blob(digest, max);
    }

    @Override
    public void push(EvidenceArtifact referrer) {
        // Nothing: what would be pushed has been made.
    }

    @Override
    public Manifest extend(Reference.Tag tag, Extension extension) throws Failure {
        Optional<Manifest> now = target.find(tag);
        Optional<EvidenceArtifact> next = extension.of(now);
        try {
            return next.isEmpty()
                    ? now.orElseThrow()
                    : Manifest.parse(next.get().manifest(), next.get().mediaType());
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the tag " + tag + " cannot be extended: " + e.getMessage(),
                            "something else lies under that tag: look at it, and remove it if nobody needs it")
                    .because(e);
        }
    }
}
