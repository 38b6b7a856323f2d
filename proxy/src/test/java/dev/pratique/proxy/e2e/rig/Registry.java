package dev.pratique.proxy.e2e.rig;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;

/** A registry of somebody else, as an upstream. */
public final class Registry implements AutoCloseable {
    private final Kind kind;
    private final String host;
    private final Path storage;
    private final Daemon daemon;

    private Registry(Kind kind, String host, Path storage, Daemon daemon) {
        this.kind = kind;
        this.host = host;
        this.storage = storage;
        this.daemon = daemon;
    }

    /** What it can do. */
    public enum Kind {
        /** distribution 2.8, which has no referrers API: clients keep referrers under a tag. */
        TAGS,
        /** go-containerregistry's, with the referrers API. */
        REFERRERS
    }

    /** Starts an empty one. */
    public static Registry start(Kind kind) {
        Path storage = Scratch.directory("registry");
        String host = "127.0.0.1:" + Scratch.port();
        Daemon daemon = kind == Kind.TAGS
                ? distribution(host, storage, "")
                : Tool.named("refreg").start(host);
        return started(new Registry(kind, host, storage, daemon));
    }

    /**
     * Starts another door to the content of this one, which asks everybody to log in.
     *
     * @param htpasswd users, and their passwords as bcrypt has them
     */
    public Registry withLogin(String htpasswd) {
        if (kind != Kind.TAGS) {
            throw new IllegalStateException("it knows no logins");
        }
        String door = "127.0.0.1:" + Scratch.port();
        Path users = Scratch.file(".htpasswd", htpasswd);
        String login = "auth: {htpasswd: {realm: images, path: '%s'}}".formatted(users);
        return started(new Registry(kind, door, storage, distribution(door, storage, login)));
    }

    private static Registry started(Registry registry) {
        await("a registry at " + registry.host)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Web.answers(registry.url() + "/v2/"));
        return registry;
    }

    private static Daemon distribution(String host, Path storage, String more) {
        Tool tool = Tool.named("docker-registry");
        Path config = Scratch.file(".yml", """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: '%s'}, delete: {enabled: true}}
                http: {addr: '%s', relativeurls: true}
                %s
                """.formatted(storage, host, more));
        return tool.start("serve", config.toString());
    }

    public Kind kind() {
        return kind;
    }

    /** Address and port. */
    public String host() {
        return host;
    }

    public String url() {
        return "http://" + host;
    }

    @Override
    public void close() {
        daemon.close();
    }

    @Override
    public String toString() {
        return kind.name();
    }
}
