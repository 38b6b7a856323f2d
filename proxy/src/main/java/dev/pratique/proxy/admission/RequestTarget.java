package dev.pratique.proxy.admission;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.registry.ErrorCode;
import java.util.Optional;

/** What the target of a request line turned out to be. */
public sealed interface RequestTarget {

    /** {@code /v2/}: is this a registry. */
    record Base() implements RequestTarget {}

    /** A manifest or a blob of a configured upstream. */
    record Pull(PullRequest request) implements RequestTarget {}

    /** A list of a repository of a configured upstream. */
    record Discover(DiscoveryRequest request) implements RequestTarget {}

    /**
     * Nothing that can be pulled. No connection was made and none will be.
     *
     * @param status for clients that stop at an error
     * @param reason where the policy's vocabulary has a word for it
     * @param message one line of printable ASCII
     */
    record Wrong(int status, ErrorCode code, Optional<RefusalReason> reason, String message) implements RequestTarget {
        static Wrong badRequest(ErrorCode code, String message) {
            return new Wrong(400, code, Optional.empty(), message);
        }

        static Wrong notFound(ErrorCode code, String message) {
            return new Wrong(404, code, Optional.empty(), message);
        }

        static Wrong refused(RefusalReason reason, String message) {
            return new Wrong(reason.status(), reason.code(), Optional.of(reason), message);
        }
    }
}
