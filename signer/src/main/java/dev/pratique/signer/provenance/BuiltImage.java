package dev.pratique.signer.provenance;

import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.RegistryReader;

/**
 * The image that was built, as it was found.
 *
 * @param name as messages name it, with its digest
 * @param repository that it is asked for in
 * @param reader of the place where it is, with what may be shown there and nowhere else
 */
public record BuiltImage(String name, Repository repository, Manifest manifest, RegistryReader reader) {}
