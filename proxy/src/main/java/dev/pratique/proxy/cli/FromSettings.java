package dev.pratique.proxy.cli;

import dev.pratique.config.Listener;
import dev.pratique.config.ProxySettings;
import dev.pratique.config.Snapshot;
import dev.pratique.proxy.admission.AdmissionSettings;
import dev.pratique.proxy.admission.Standard;
import dev.pratique.proxy.http.HttpLimits;
import dev.pratique.proxy.ledger.LineSink;
import dev.pratique.proxy.ledger.LogFile;
import dev.pratique.proxy.ledger.LogStream;
import dev.pratique.proxy.store.DiskBudget;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the parts of the proxy take, made from what the configuration says. Stateless. */
final class FromSettings {
    /** Enough to keep a disk busy while some of them wait for a slow one or for a resolver. */
    private static final int DISK_THREADS = 32;
    /** Strangers make them work: they must leave processors to those who are known. */
    private static final int PASSWORD_THREADS = 2;

    private static final int WAITING_PASSWORDS = 64;

    private FromSettings() {}

    static Standard standard(Snapshot snapshot) {
        ProxySettings settings = snapshot.proxy();
        return new Standard(
                snapshot.policy(),
                snapshot.trust(),
                snapshot.catalog(),
                snapshot.revision(),
                new AdmissionSettings(
                        settings.tags().ttl(),
                        settings.tags().staleIfError(),
                        settings.evidence().recheck(),
                        settings.evidence().maxStale(),
                        settings.authorisationTtl(),
                        settings.limits().deadline()));
    }

    static HttpLimits limits(ProxySettings settings) {
        HttpLimits standard = HttpLimits.DEFAULT;
        return new HttpLimits(
                standard.requestLine(),
                standard.headers(),
                standard.readSize(),
                standard.head(),
                standard.idle(),
                standard.stalled(),
                settings.limits().connections());
    }

    static DiskBudget budget(ProxySettings settings) {
        ProxySettings.Storage storage = settings.storage();
        return new DiskBudget(storage.maxBytes(), storage.keepFree(), ProxySettings.Storage.KEEP_FREE);
    }

    static LineSink sink(ProxySettings settings, PrintStream out) throws IOException {
        Optional<Path> file = settings.decisions().file();
        if (file.isEmpty()) {
            return new LogStream(out);
        }
        Path parent = file.get().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return new LogFile(file.get());
    }

    static Optional<String> needsRestart(ProxySettings before, ProxySettings after) {
        boolean ports = !before.operator().equals(after.operator())
                || !before.operatorNames().equals(after.operatorNames())
                || !before.listeners().stream()
                        .map(Listener::address)
                        .toList()
                        .equals(after.listeners().stream()
                                .map(Listener::address)
                                .toList());
        if (ports) {
            return Optional.of("a port");
        }
        boolean stores = !before.storage().equals(after.storage())
                || !before.decisions().equals(after.decisions())
                || !before.limits().equals(after.limits());
        return stores ? Optional.of("storage, limits or the decision log") : Optional.empty();
    }

    /** For files, which no event loop may wait for; an idle machine keeps none of them. */
    static ExecutorService diskThreads() {
        return threads("disk-", DISK_THREADS, new LinkedBlockingQueue<>());
    }

    /** For passwords, which take long to check on purpose; refuses what it would not get to within seconds. */
    static Threads passwordThreads() {
        return new Threads(threads("password-", PASSWORD_THREADS, new ArrayBlockingQueue<>(WAITING_PASSWORDS)));
    }

    /** Threads that end with the server. */
    record Threads(ExecutorService executor) implements AutoCloseable {
        void execute(Runnable work) {
            executor.execute(work);
        }

        @Override
        public void close() {
            executor.shutdown();
        }
    }

    private static ExecutorService threads(String name, int count, BlockingQueue<Runnable> waiting) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(count, count, 30, TimeUnit.SECONDS, waiting, work -> {
            Thread thread = new Thread(work, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
