package dev.pratique.proxy.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Looks names up for one upstream, where threads may wait: the JDK's resolver blocks. One look-up a name and few at once, so
 * that a resolver that hangs for one upstream leaves the threads to the others. Thread safe.
 */
final class Names {
    /** A registry, its token service, and where it redirects. */
    static final int MAX_FLIGHTS = 4;

    /** Asks a resolver. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final Executor blocking;
    private final Resolver resolver;
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> flights = new ConcurrentHashMap<>();

    /** @param blocking where the resolver is asked */
    Names(Executor blocking, Resolver resolver) {
        this.blocking = blocking;
        this.resolver = resolver;
    }

    /** Failed with UnknownHostException where there are none, with RejectedExecutionException where nobody can look. */
    CompletableFuture<List<InetAddress>> addresses(String host) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> flight = flights.putIfAbsent(host, mine);
        if (flight != null) {
            return flight;
        }
        try {
            if (flights.size() > MAX_FLIGHTS) {
                throw new RejectedExecutionException("too many names are being looked up");
            }
            blocking.execute(() -> look(host, mine));
        } catch (RejectedExecutionException nobody) {
            flights.remove(host, mine);
            mine.completeExceptionally(nobody);
        }
        return mine;
    }

    private void look(String host, CompletableFuture<List<InetAddress>> flight) {
        try {
            List<InetAddress> found = List.of(resolver.resolve(host));
            flights.remove(host, flight);
            flight.complete(found);
        } catch (UnknownHostException | RuntimeException unknown) {
            flights.remove(host, flight);
            flight.completeExceptionally(unknown);
        }
    }
}
