package dev.pratique.proxy.cli;

import dev.pratique.config.ConfigDir;
import dev.pratique.config.Purpose;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** A whole proxy over the sample images of the demonstration, at a fixed time. */
public final class TestDemo implements AutoCloseable {
    public static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private final DemoWorld world;
    private final ProxyServer server;

    /** Everything of it is below this directory. */
    public TestDemo(Path directory) throws Exception {
        world = new DemoWorld(directory, NOW, 0);
        server = ConfigDir.load(world.config(), Map.of(), Purpose.SERVE)
                .fold(
                        snapshot -> {
                            try {
                                return ProxyServer.start(
                                        snapshot, InstantSource.fixed(NOW), Map.of(), System.out, "test");
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        },
                        problems -> {
                            throw new AssertionError(problems);
                        });
    }

    /** Its operator's port. */
    public int operator() {
        return server.operator().getPort();
    }

    /** The port of its first listener. */
    public int registry() {
        return server.listeners().get(0).getPort();
    }

    @Override
    public void close() {
        server.close();
        world.close();
    }
}
