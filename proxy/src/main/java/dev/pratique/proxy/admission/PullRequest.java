package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;

/**
 * One request for content, once its form is known to be right.
 *
 * @param reference a tag or digest; for blobs always a digest
 * @param client who asks, for the ledger
 * @param environment the environment that the client belongs to
 */
public record PullRequest(Kind kind, Repository repository, Reference reference, Requester client, String environment) {

    /** By a client of whom only the address is known. */
    public PullRequest(Kind kind, Repository repository, Reference reference, String client, String environment) {
        this(kind, repository, reference, Requester.at(client), environment);
    }

    /** Which route was asked. */
    public enum Kind {
        MANIFEST,
        BLOB
    }

    /** The same request by this client. */
    PullRequest askedBy(Requester other, String ofEnvironment) {
        return other.equals(client) && ofEnvironment.equals(environment)
                ? this
                : new PullRequest(kind, repository, reference, other, ofEnvironment);
    }

    /**
     * Reads the target of a request line. Never throws for what a client wrote, and never opens a connection.
     *
     * @param rawUri as it stands in the request line (RFC 9112 section 3.2), at most as long as the server's limit
     * @param upstreams which upstreams this listener knows
     * @param client who asks, for the ledger
     * @param environment the environment that the client belongs to
     */
    public static RequestTarget parse(String rawUri, UpstreamNames upstreams, Requester client, String environment) {
        return new TargetParser(upstreams, client, environment).parse(rawUri);
    }
}
