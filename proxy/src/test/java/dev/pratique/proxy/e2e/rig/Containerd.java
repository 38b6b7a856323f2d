package dev.pratique.proxy.e2e.rig;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A containerd of its own, with nothing in it, asked as ctr asks it. */
public final class Containerd implements AutoCloseable {
    private final Tool ctr = Tool.named("ctr");
    private final Path home;
    private final Daemon daemon;

    private Containerd(Path home, Daemon daemon) {
        this.home = home;
        this.daemon = daemon;
    }

    public static Containerd start() {
        Path home = Scratch.directory("containerd");
        Path config = Scratch.file(".toml", """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                [grpc]
                  address = "%1$s/c.sock"
                [ttrpc]
                  address = "%1$s/t.sock"
                [debug]
                  level = "error"
                """.formatted(home));
        Containerd started = new Containerd(home, Tool.named("containerd").start("-c", config.toString()));
        await("containerd answers")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> started.ctr("version").succeeded());
        return started;
    }

    /** A directory of hosts.toml files that says this about one registry. */
    public static Path hosts(String registry, String toml) {
        Path hosts = Scratch.directory("hosts");
        try {
            Path directory = Files.createDirectory(hosts.resolve(registry.replace(':', '_') + "_"));
            Files.writeString(directory.resolve("hosts.toml"), toml);
            return hosts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Pulls; from registries that no hosts.toml is about, over plain HTTP.
     *
     * @param hosts directory of a node's hosts.toml files
     * @param image with its registry
     */
    public Tool.Ran pull(Path hosts, String image) {
        return ctr("images", "pull", "--snapshotter", "native", "--hosts-dir", hosts.toString(), "--plain-http", image);
    }

    /** Imports what another machine exported, without asking any registry. */
    public Tool.Ran load(Path archive) {
        return ctr("images", "import", "--snapshotter", "native", archive.toString());
    }

    /** The names and digests of the images that it has. */
    public String images() {
        return ctr("images", "list").out();
    }

    /** Forgets every image, so that the next pull fetches again. */
    public void clear() {
        for (String image : ctr("images", "list", "-q").out().lines().toList()) {
            ctr("images", "remove", "--sync", image);
        }
    }

    private Tool.Ran ctr(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "-a";
        all[1] = home.resolve("c.sock").toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return ctr.run(all);
    }

    @Override
    public void close() {
        daemon.close();
    }
}
