package dev.pratique.proxy.e2e.rig;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;

/** A registry of somebody else, as an upstream. */
public final class Registry implements AutoCloseable {
    private final Kind kind;
    private final String host;
    private final Daemon daemon;

    private Registry(Kind kind, String host, Daemon daemon) {
        this.kind = kind;
        this.host = host;
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
        String host = "127.0.0.1:" + Scratch.port();
        Daemon daemon =
                kind == Kind.TAGS ? distribution(host) : Tool.named("refreg").start(host);
        await("a registry at " + host)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Web.answers("http://" + host + "/v2/"));
        return new Registry(kind, host, daemon);
    }

    private static Daemon distribution(String host) {
        Tool tool = Tool.named("docker-registry");
        Path storage = Scratch.directory("registry");
        Path config = Scratch.file(".yml", """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: '%s'}, delete: {enabled: true}}
                http: {addr: '%s', relativeurls: true}
                """.formatted(storage, host));
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
