package dev.pratique.attestations.trust.tuf;

import java.util.Optional;

/** Asks a repository. Both answers are of a stranger. */
public interface TufFetcher {

    /**
     * A metadata file.
     *
     * @param name its last path segment below the repository's metadata, percent-encoded where it needs to be
     * @param maxBytes beyond which no byte is read
     * @return empty where the repository says that there is no such file
     * @throws TufException UNREACHABLE, or TOO_LARGE where it is longer
     */
    Optional<byte[]> metadata(String name, int maxBytes) throws TufException;

    /**
     * A target file.
     *
     * @param path below the repository's targets, each segment percent-encoded where it needs to be
     * @param maxBytes beyond which no byte is read
     * @return empty where the repository says that there is no such file
     * @throws TufException UNREACHABLE, or TOO_LARGE where it is longer
     */
    Optional<byte[]> target(String path, int maxBytes) throws TufException;
}
