package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.publish.EvidenceTarget;
import dev.pratique.signer.publish.LayoutImage;
import dev.pratique.signer.publish.LayoutTarget;
import dev.pratique.signer.publish.RegistryClient;
import dev.pratique.signer.publish.RemoteRepository;
import java.util.Optional;

/** An image as the command line names it: in a registry, or in an OCI layout. */
sealed interface NamedImage {

    static NamedImage parse(String text) throws Failure {
        return LayoutImage.isMeant(text)
                ? new InLayout(text, LayoutImage.parse(text))
                : new InRegistry(text, RegistryOptions.image(text));
    }

    /** As it was written. */
    String text();

    /** The registry that is spoken to, if any. */
    Optional<String> registry();

    /**
     * Looks it up, once: what is signed is what was found here.
     *
     * @param writing whether evidence will be put beside it
     */
    FoundImage find(Surroundings surroundings, boolean writing) throws Failure;

    /** By what it is reached. */
    record Surroundings(RegistryClient client, RegistryOptions registry, Terminal terminal) {}

    /** {@code registry.example/team/app:tag}. */
    record InRegistry(String text, ImageName name) implements NamedImage {
        @Override
        public Optional<String> registry() {
            return Optional.of(name.repository().registry());
        }

        @Override
        public FoundImage find(Surroundings surroundings, boolean writing) throws Failure {
            RemoteRepository repository = surroundings
                    .registry()
                    .repository(surroundings.client(), name.repository(), surroundings.terminal());
            RemoteRepository used = writing ? repository.writable() : repository;
            Manifest manifest = used.manifest(name.reference());
            Optional<Reference.Tag> tag = name.reference().tag();
            FoundImage.Later now = () -> tag.isEmpty() ? Optional.of(manifest.digest()) : used.digestOf(tag.get());
            return new FoundImage(text, used, manifest, tag.map(Reference.Tag::value), now);
        }
    }

    /** {@code oci:DIR:tag}. */
    record InLayout(String text, LayoutImage image) implements NamedImage {
        @Override
        public Optional<String> registry() {
            return Optional.empty();
        }

        @Override
        public FoundImage find(Surroundings surroundings, boolean writing) throws Failure {
            LayoutTarget target =
                    LayoutTarget.open(image, surroundings.terminal().clock());
            Manifest manifest =
                    target.manifest(new Reference.ByDigest(target.named().digest()));
            Optional<String> tag = image.digest().isPresent() ? Optional.empty() : image.name();
            FoundImage.Later now = () -> tag.isEmpty()
                    ? Optional.of(manifest.digest())
                    : Optional.of(
                            LayoutTarget.open(image, surroundings.terminal().clock())
                                    .named()
                                    .digest());
            return new FoundImage(text, target, manifest, tag, now);
        }
    }

    /**
     * An image as it was when it was looked up.
     *
     * @param tag that it was found by; empty where it was named by digest
     * @param later asks what the name means then
     */
    record FoundImage(String text, EvidenceTarget target, Manifest manifest, Optional<String> tag, Later later) {
        /** Asks again. */
        @FunctionalInterface
        interface Later {
            Optional<Digest> digest() throws Failure;
        }

        /** With its digest, as messages name it. */
        String name() {
            return target.name() + "@" + manifest.digest();
        }

        Optional<Repository> repository() {
            return target.repository();
        }
    }
}
