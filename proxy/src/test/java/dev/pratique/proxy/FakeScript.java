package dev.pratique.proxy;

import dev.pratique.proxy.FakeRegistry.Request;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A fault for some requests, some times. */
final class FakeScript {
    private final Predicate<Request> when;
    private final FakeRegistryFault fault;
    private final AtomicInteger times;

    FakeScript(Predicate<Request> when, int times, FakeRegistryFault fault) {
        this.when = when;
        this.fault = fault;
        this.times = new AtomicInteger(times);
    }

    /** Whether the request gets the fault; uses one time up. */
    boolean takes(Request request) {
        return when.test(request) && times.getAndDecrement() > 0;
    }

    FakeRegistryFault fault() {
        return fault;
    }
}
