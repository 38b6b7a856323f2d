package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Does the same with many things, several at once, and tells what became of each in the order in which they were given. */
final class Batch implements AutoCloseable {
    /** As many as a registry takes from one client without a word. */
    private static final int PARALLEL = 8;

    private @Nullable ExecutorService threads;

    /** What is done with one thing. */
    @FunctionalInterface
    interface Step<A, B> {
        B take(A thing) throws Failure;
    }

    /** Told about each thing, on the caller's thread. */
    @FunctionalInterface
    interface Report<A, B> {
        void of(A thing, B result) throws Failure;
    }

    /** Told about each thing that failed, on the caller's thread. */
    @FunctionalInterface
    interface Complaint<A> {
        void about(A thing, Failure failure) throws Failure;
    }

    <A, B> void each(List<A> things, Step<A, B> step, Report<A, B> report, Complaint<A> complaint) throws Failure {
        List<Future<B>> running = new ArrayList<>();
        if (things.size() > 1) {
            for (A thing : things) {
                running.add(threads().submit(() -> step.take(thing)));
            }
        }
        for (int i = 0; i < things.size(); i++) {
            A thing = things.get(i);
            B result;
            try {
                // One thing alone needs no thread, and starts sooner without.
                result = running.isEmpty() ? step.take(thing) : result(running.get(i));
            } catch (Failure e) {
                complaint.about(thing, e);
                continue;
            }
            report.of(thing, result);
        }
    }

    private ExecutorService threads() {
        ExecutorService started = threads;
        if (started == null) {
            started = Executors.newFixedThreadPool(PARALLEL, task -> {
                Thread thread = new Thread(task, "batch");
                thread.setDaemon(true);
                return thread;
            });
            threads = started;
        }
        return started;
    }

    private static <B> B result(Future<B> running) throws Failure {
        try {
            return running.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(Failure.Kind.FAILED, "interrupted", "run it again; what was stored before stays")
                    .because(e);
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
