package dev.pratique.signer.keys.pkcs11;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that enters a module, one call after the other. A module that does not come back keeps it; the thread is a
 * daemon, so the process ends all the same.
 */
final class ModuleThread {
    private final String module;
    private final ExecutorService thread;
    private volatile @Nullable Thread inside;
    private volatile boolean stuck;

    ModuleThread(String module) {
        this.module = module;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "pkcs11");
            made.setDaemon(true);
            inside = made;
            return made;
        });
    }

    /** What is done inside. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws Failure;
    }

    /**
     * Does it inside, or here and now where this is inside.
     *
     * @throws Failure also where it takes longer
     */
    <T> T call(Duration limit, Work<T> work) throws Failure {
        if (Thread.currentThread() == inside) {
            return work.run();
        }
        if (stuck) {
            throw noAnswer();
        }
        Future<T> pending = thread.submit(work::run);
        try {
            return pending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            stuck = true;
            throw noAnswer().because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(
                            Kind.FAILED,
                            "interrupted while the token was asked",
                            "run it again; what was stored before stays")
                    .because(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.of(
                                    Kind.FAILED,
                                    "the PKCS#11 module " + module + " cannot be used",
                                    "see that pkcs11-tool --module " + module + " -L lists the token")
                            .because(e);
        }
    }

    private Failure noAnswer() {
        return Failure.of(
                Kind.UNREACHABLE,
                "the PKCS#11 module " + module + " does not answer",
                "is the token connected, and does its own tool see it? A key that waits for a touch waits a minute");
    }
}
