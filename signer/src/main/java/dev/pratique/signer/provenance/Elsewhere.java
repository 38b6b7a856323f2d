package dev.pratique.signer.provenance;

import dev.pratique.attestations.registry.RegistryReader;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * How other images than the one that was built are looked at.
 *
 * @param reader of any registry
 * @param warnings takes what could not be found out, for people
 */
public record Elsewhere(RegistryReader reader, InstantSource clock, Consumer<String> warnings) {
    void warn(String what) {
        warnings.accept(what);
    }
}
