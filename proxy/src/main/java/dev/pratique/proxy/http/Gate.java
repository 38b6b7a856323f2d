package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullRequest;
import java.util.function.Consumer;

/** Who may pass. Asked on an event loop, so it never blocks. */
@FunctionalInterface
public interface Gate {
    /**
     * Decides about one request.
     *
     * @param answer called once, at once or later, on any thread
     */
    void admit(PullRequest request, Consumer<PullAnswer> answer);
}
