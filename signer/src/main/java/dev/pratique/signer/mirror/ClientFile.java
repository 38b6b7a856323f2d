package dev.pratique.signer.mirror;

import java.util.Optional;

/**
 * A file for a client's machine.
 *
 * @param path below the directory where the client looks, with slashes
 * @param registry the one that it is about; empty where it is about all
 */
public record ClientFile(String path, Optional<String> registry, String text) {
    ClientFile(String path, String text) {
        this(path, Optional.empty(), text);
    }
}
