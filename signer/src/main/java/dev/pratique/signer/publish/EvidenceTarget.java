package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.Optional;

/**
 * Where images lie and the evidence about them is put: a repository of a registry, or an OCI layout on disk. Blocking;
 * thread safe.
 */
public interface EvidenceTarget {
    /** As messages name it, without tag or digest. */
    String name();

    /** Under which name statements know the image; empty where the place gives it none. */
    Optional<Repository> repository();

    /**
     * Reads a manifest; its digest is computed from its bytes, never taken from anybody's word.
     *
     * @return empty where there is none
     */
    Optional<Manifest> find(Reference reference) throws Failure;

    /** As {@link #find}, for an image that must be there. */
    default Manifest manifest(Reference reference) throws Failure {
        return find(reference)
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        "there is no image " + name() + (reference instanceof Reference.Tag ? ":" : "@") + reference,
                        "push the image first; it is signed where it is"));
    }

    /**
     * Reads a blob that a manifest here names.
     *
     * @param max bytes
     * @return bytes of this digest; empty where there are none
     * @throws Failure also where a layout on disk is damaged
     */
    Optional<byte[]> blob(Digest digest, long max) throws Failure;

    /**
     * Stores a referrer: its blobs, its manifest, and then what it is found by. What lies there afterwards was read back
     * and is what was given.
     */
    void push(EvidenceArtifact referrer) throws Failure;

    /**
     * Extends what a tag names.
     *
     * @return what the tag names in the end
     */
    Manifest extend(Reference.Tag tag, Extension extension) throws Failure;

    /** What is to be added to a tag; asked again where another writer was faster. */
    @FunctionalInterface
    interface Extension {
        /**
         * The tag's next content; empty where it holds already what was to be added.
         *
         * @param now what the tag names now
         */
        Optional<EvidenceArtifact> of(Optional<Manifest> now) throws Failure;
    }
}
