package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The connections to one origin: a bounded number, whoever comes later waits for a turn. Thread safe. */
final class OriginPool {
    /** Requests that wait for a connection; beyond that an upstream is too slow for what is asked of it. */
    private static final int MAX_WAITING = 4096;

    /** Who wants a connection. One of connected and unconnected is called, once; connected on the connection's loop. */
    interface Waiter {
        /** Whether nobody wants the connection any more. */
        boolean abandoned();

        void connected(Connection connection);

        void unconnected(Fetched why);
    }

    /** Opens one connection; calls {@link OriginPool#opened} or {@link OriginPool#failed}, once. */
    interface Dialer {
        void dial(OriginPool pool, Waiter first);
    }

    private enum Step {
        REUSE,
        DIAL,
        WAIT,
        TURN_AWAY
    }

    private final int maxOpen;
    private final Dialer dialer;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int open;

    OriginPool(int maxOpen, Dialer dialer) {
        this.maxOpen = maxOpen;
        this.dialer = dialer;
    }

    /**
     * Finds or opens a connection.
     *
     * @param fresh true for one that was never used: the last one was found dead
     */
    void acquire(boolean fresh, Waiter waiter) {
        Connection found;
        Step step;
        synchronized (this) {
            found = takeIdle();
            step = found != null && !fresh
                    ? Step.REUSE
                    : open < maxOpen ? Step.DIAL : waiting.size() < MAX_WAITING ? Step.WAIT : Step.TURN_AWAY;
            if (step == Step.DIAL) {
                open++;
            } else if (step == Step.WAIT) {
                waiting.addLast(waiter);
            }
        }
        if (found != null && step == Step.REUSE) {
            hand(found, waiter);
            return;
        }
        if (found != null) {
            // If one idle connection was dead, so are the others as a rule; closing it makes room for the waiter.
            found.close();
        }
        if (step == Step.DIAL) {
            dialer.dial(this, waiter);
        } else if (step == Step.TURN_AWAY) {
            waiter.unconnected(Answers.unread("too many requests wait for a connection"));
        }
    }

    private void hand(Connection connection, Waiter waiter) {
        if (connection.loop().inEventLoop()) {
            opened(connection, waiter);
        } else {
            connection.loop().execute(() -> opened(connection, waiter));
        }
    }

    /** A connection is there for this waiter; on the connection's loop. */
    void opened(Connection connection, Waiter waiter) {
        if (waiter.abandoned()) {
            released(connection);
        } else {
            waiter.connected(connection);
        }
    }

    /** Dialling came to nothing. */
    void failed(Fetched why, Waiter waiter) {
        closed(null);
        waiter.unconnected(why);
    }

    /** The connection's exchange is over and it can have another; on the connection's loop. */
    void released(Connection connection) {
        Waiter next;
        synchronized (this) {
            next = nextWaiter();
            if (next == null) {
                idle.addLast(connection);
            }
        }
        if (next == null) {
            connection.park();
        } else {
            next.connected(connection);
        }
    }

    /** An open connection is gone, or was never opened. */
    void closed(@Nullable Connection connection) {
        Waiter next;
        synchronized (this) {
            open--;
            if (connection != null) {
                idle.remove(connection);
            }
            next = nextWaiter();
            if (next != null) {
                open++;
            }
        }
        if (next != null) {
            dialer.dial(this, next);
        }
    }

    /** Takes a connection that was idle for too long out of the pool; false where somebody has just taken it. */
    synchronized boolean retire(Connection connection) {
        return idle.remove(connection);
    }

    /** Whether it holds nothing, so that it can be forgotten. */
    synchronized boolean empty() {
        return open == 0 && waiting.isEmpty();
    }

    /** Closes what is idle and turns away who waits. */
    void close() {
        Deque<Connection> connections;
        Deque<Waiter> turned;
        synchronized (this) {
            connections = new ArrayDeque<>(idle);
            turned = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        connections.forEach(Connection::close);
        turned.forEach(waiter -> waiter.unconnected(Answers.unread("the upstream client is closed")));
    }

    private @Nullable Connection takeIdle() {
        Connection found = idle.pollLast();
        while (found != null && !found.isActive()) {
            found = idle.pollLast();
        }
        return found;
    }

    private @Nullable Waiter nextWaiter() {
        Waiter next = waiting.pollFirst();
        while (next != null && next.abandoned()) {
            next = waiting.pollFirst();
        }
        return next;
    }
}
