package dev.pratique.proxy.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps a server up until the process is asked to end (SIGTERM, SIGINT). */
final class Running {
    /** What orchestrators commonly grant before they kill. */
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private Running() {}

    /**
     * Does not return before the process ends.
     *
     * @param everySecond what else is to be done, on a thread of its own
     * @param afterwards what is left to do when the server is closed
     */
    static void untilStopped(ProxyServer server, Runnable everySecond, Runnable afterwards)
            throws InterruptedException {
        ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "configuration");
            thread.setDaemon(true);
            return thread;
        });
        var unused = clockwork.scheduleWithFixedDelay(everySecond, 1, 1, TimeUnit.SECONDS);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            clockwork.shutdownNow();
                            server.drain(DRAIN);
                            afterwards.run();
                            stopped.countDown();
                        },
                        "drain"));
        stopped.await();
    }
}
