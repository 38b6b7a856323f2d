package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.signer.Failure;
import dev.pratique.signer.check.ConfiguredRegistries;
import dev.pratique.signer.publish.HttpRegistryReader;
import dev.pratique.signer.publish.RegistryClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Reads one repository's registry for as long as a command runs. */
record ReadAccess(RegistryReader reader, ExecutorService threads) implements AutoCloseable {
    private static final int PARALLEL = 8;

    static ReadAccess open(
            Terminal terminal, RegistryOptions options, ConfiguredRegistries registries, Repository repository)
            throws Failure {
        return open(options.client(terminal, registries::addresses, registries.authorities(repository)), registries);
    }

    /** Reads any registry with this client. */
    static ReadAccess of(RegistryClient client) {
        return open(client, new ConfiguredRegistries(Map.of(), repository -> List.of()));
    }

    private static ReadAccess open(RegistryClient client, ConfiguredRegistries registries) {
        ExecutorService threads = Executors.newFixedThreadPool(PARALLEL, task -> {
            Thread thread = new Thread(task, "fetch");
            thread.setDaemon(true);
            return thread;
        });
        return new ReadAccess(new HttpRegistryReader(client, threads, registries::missing), threads);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
