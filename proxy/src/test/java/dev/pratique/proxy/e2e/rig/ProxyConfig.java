package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** A configuration directory in the making, and then the directory of a running proxy. */
public final class ProxyConfig {
    private final Path directory = Scratch.directory("config");
    private final Path storage = Scratch.directory("storage");
    private final int port = Scratch.port();
    private final int operatorPort = Scratch.port();
    private final Map<String, String> upstreams = new LinkedHashMap<>();
    private final Map<String, String> signers = new LinkedHashMap<>();
    private final StringBuilder settings = new StringBuilder();
    private String fallback = "";

    /** A registry over plain HTTP; the first one is for requests that name none. */
    public ProxyConfig upstream(String name, String url) {
        return upstream(name, url, "");
    }

    /** @param more keys in flow style, each after a comma */
    public ProxyConfig upstream(String name, String url, String more) {
        upstreams.put(name, "{url: '" + url + "', plainHttp: true" + more + "}");
        fallback = fallback.isEmpty() ? name : fallback;
        return this;
    }

    /** Top-level keys of proxy.yaml. */
    public ProxyConfig settings(String yaml) {
        settings.append(yaml).append('\n');
        return this;
    }

    public ProxyConfig signer(String name, String publicKey) {
        signers.put(name, publicKey);
        return this;
    }

    public ProxyConfig policy(String yaml) {
        return write("policy.yaml", yaml);
    }

    public ProxyConfig catalog(String yaml) {
        return write("catalog.yaml", yaml);
    }

    /** Writes a file of the directory as editors do: whole, or not at all. */
    public ProxyConfig write(String file, String text) {
        try {
            Path written = Scratch.file(".new", text);
            Files.move(written, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the rest and starts the program. */
    public RunningProxy start() {
        StringBuilder proxy = new StringBuilder("""
                listen: [{address: '127.0.0.1:%d', upstream: '%s'}]
                operator: {address: '127.0.0.1:%d'}
                storage: {directory: '%s'}
                upstreams:
                """.formatted(port, fallback, operatorPort, storage));
        upstreams.forEach((name, upstream) -> proxy.append("  '" + name + "': " + upstream + "\n"));
        write("proxy.yaml", proxy.append(settings).toString());
        StringBuilder trust = new StringBuilder("signers:\n");
        signers.forEach((name, publicKey) -> {
            write(name + ".pub", publicKey);
            trust.append("  " + name + ": {key: " + name + ".pub}\n");
        });
        write("trust.yaml", signers.isEmpty() ? "signers: {}\n" : trust.toString());
        return RunningProxy.start(this);
    }

    /** Where the files are. */
    public Path directory() {
        return directory;
    }

    Path storage() {
        return storage;
    }

    int port() {
        return port;
    }

    int operatorPort() {
        return operatorPort;
    }
}
