package dev.pratique.proxy.admission;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.registry.ErrorCode;
import java.util.Optional;
import java.util.function.Consumer;

/** What the target of a request line turned out to be. */
public sealed interface RequestTarget {

    /** What is done with each. */
    void fold(Consumer<Base> base, Consumer<Pull> pull, Consumer<Discover> discover, Consumer<Wrong> wrong);

    /** {@code /v2/}: is this a registry. */
    record Base() implements RequestTarget {
        @Override
        public void fold(Consumer<Base> base, Consumer<Pull> pull, Consumer<Discover> discover, Consumer<Wrong> wrong) {
            base.accept(this);
        }
    }

    /** A manifest or a blob of a configured upstream. */
    record Pull(PullRequest request) implements RequestTarget {
        @Override
        public void fold(Consumer<Base> base, Consumer<Pull> pull, Consumer<Discover> discover, Consumer<Wrong> wrong) {
            pull.accept(this);
        }
    }

    /** A list of a repository of a configured upstream. */
    record Discover(DiscoveryRequest request) implements RequestTarget {
        @Override
        public void fold(Consumer<Base> base, Consumer<Pull> pull, Consumer<Discover> discover, Consumer<Wrong> wrong) {
            discover.accept(this);
        }
    }

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

        @Override
        public void fold(Consumer<Base> base, Consumer<Pull> pull, Consumer<Discover> discover, Consumer<Wrong> wrong) {
            wrong.accept(this);
        }
    }
}
