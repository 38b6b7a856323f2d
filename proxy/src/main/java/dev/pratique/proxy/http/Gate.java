package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullRequest;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Who may pass. Asked on an event loop, so it never blocks. */
@FunctionalInterface
public interface Gate {
    /**
     * Decides about one request.
     *
     * @param loop runs the answer where it is not known at once: the asking channel's event loop
     * @param answer called once, at once or later on {@code loop}
     */
    void admit(PullRequest request, Executor loop, Consumer<PullAnswer> answer);
}
