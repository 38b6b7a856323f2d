package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A configuration directory in the making, and then the directory of a running proxy. */
public final class ProxyConfig {
    private final Path directory = Scratch.directory("config");
    private Path storage = Scratch.directory("storage");
    private String storageSettings = "";
    private final int port = Scratch.port();
    private final int operatorPort = Scratch.port();
    private final Map<String, String> upstreams = new LinkedHashMap<>();
    private final Map<String, String> signers = new LinkedHashMap<>();
    private final StringBuilder settings = new StringBuilder();
    private final StringBuilder trust = new StringBuilder();
    private String fallback = "";
    private String listener = "";
    private Optional<Authority> authority = Optional.empty();

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

    /** An OCI layout on disk; the first upstream is for requests that name none. */
    public ProxyConfig layout(String name, Path directory) {
        upstreams.put(name, "{layout: '" + directory + "'}");
        fallback = fallback.isEmpty() ? name : fallback;
        return this;
    }

    /** Speaks HTTPS to clients, with a certificate of this authority. */
    public ProxyConfig https(Authority authority) {
        Authority.Issued issued = authority.issue("proxy");
        this.authority = Optional.of(authority);
        return listener("tls: {certificate: '%s', key: '%s'}".formatted(issued.chain(), issued.key()));
    }

    /** More keys of the only listener, in flow style. */
    public ProxyConfig listener(String keys) {
        listener += ", " + keys;
        return this;
    }

    /** Top-level keys of proxy.yaml. */
    public ProxyConfig settings(String yaml) {
        settings.append(yaml).append('\n');
        return this;
    }

    /** Keeps its store there, also over restarts. */
    public ProxyConfig storage(Path directory) {
        storage = directory;
        return this;
    }

    /** @param more keys of {@code storage} in flow style */
    public ProxyConfig storage(Path directory, String more) {
        storageSettings = ", " + more;
        return storage(directory);
    }

    public ProxyConfig signer(String name, String publicKey) {
        signers.put(name, publicKey);
        return this;
    }

    /** More of trust.yaml: lines of {@code signers}, indented, and then other top-level keys. */
    public ProxyConfig trust(String yaml) {
        trust.append(yaml);
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
        StringBuilder proxy =
                new StringBuilder("""
                listen: [{address: '127.0.0.1:%d', upstream: '%s'%s}]
                operator: {address: '127.0.0.1:%d'}
                storage: {directory: '%s'%s}
                upstreams:
                """.formatted(port, fallback, listener, operatorPort, storage, storageSettings));
        upstreams.forEach((name, upstream) -> proxy.append("  '" + name + "': " + upstream + "\n"));
        write("proxy.yaml", proxy.append(settings).toString());
        StringBuilder named = new StringBuilder("signers:\n");
        signers.forEach((name, publicKey) -> {
            write(name + ".pub", publicKey);
            named.append("  " + name + ": {key: " + name + ".pub}\n");
        });
        named.append(trust);
        write("trust.yaml", signers.isEmpty() && trust.isEmpty() ? "signers: {}\n" : named.toString());
        return RunningProxy.start(this);
    }

    /** Starts the program on these files, mounted as in {@link #mount}. */
    public RunningProxy startMounted(Map<String, String> files) {
        mount(files);
        return RunningProxy.start(this);
    }

    /**
     * Puts these files there as Kubernetes mounts a ConfigMap: links into a directory, which is exchanged as a whole when
     * the ConfigMap changes.
     */
    public void mount(Map<String, String> files) {
        try {
            Path version = Files.createTempDirectory(directory, "..version");
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(version.resolve(file.getKey()), file.getValue());
                Path link = directory.resolve(file.getKey());
                if (!Files.isSymbolicLink(link)) {
                    Files.createSymbolicLink(link, Path.of("..data", file.getKey()));
                }
            }
            Path fresh = Files.createSymbolicLink(directory.resolve("..data_tmp"), version.getFileName());
            Files.move(fresh, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the files are. */
    public Path directory() {
        return directory;
    }

    /** Who issued the certificate that clients are shown; nobody, where they are served over plain HTTP. */
    public Optional<Authority> authority() {
        return authority;
    }

    public Path storage() {
        return storage;
    }

    public int port() {
        return port;
    }

    public int operatorPort() {
        return operatorPort;
    }
}
