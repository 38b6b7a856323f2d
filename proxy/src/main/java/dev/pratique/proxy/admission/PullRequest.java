package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;

/**
 * One request for content, once its form is known to be right.
 *
 * @param reference a tag or digest; for blobs always a digest
 * @param client who asks, for the ledger: an address
 * @param environment the environment that the client belongs to
 */
public record PullRequest(Kind kind, Repository repository, Reference reference, String client, String environment) {

    /** Which route was asked. */
    public enum Kind {
        MANIFEST,
        BLOB
    }
}
