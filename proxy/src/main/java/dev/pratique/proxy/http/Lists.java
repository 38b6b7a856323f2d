package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.DiscoveryAnswer;
import dev.pratique.proxy.admission.DiscoveryRequest;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Who gets which list. Asked on an event loop, so it never blocks. */
@FunctionalInterface
public interface Lists {
    /**
     * Answers one request.
     *
     * @param loop runs the answer where it is not known at once: the asking channel's event loop
     * @param answer called once, at once or later on {@code loop}
     */
    void list(DiscoveryRequest request, Executor loop, Consumer<DiscoveryAnswer> answer);
}
