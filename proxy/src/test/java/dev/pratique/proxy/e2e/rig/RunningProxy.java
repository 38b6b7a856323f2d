package dev.pratique.proxy.e2e.rig;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The proxy as its own process. */
public final class RunningProxy implements AutoCloseable {
    private static final Pattern REVISION = Pattern.compile("\"revision\":\"([^\"]+)\"");

    private final ProxyConfig config;
    private final Daemon daemon;

    private RunningProxy(ProxyConfig config, Daemon daemon) {
        this.config = config;
        this.daemon = daemon;
    }

    static RunningProxy start(ProxyConfig config) {
        RunningProxy proxy = new RunningProxy(
                config, Program.proxy("proxy", "--config", config.directory().toString()));
        try {
            await("the proxy is ready")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !proxy.daemon.alive() || proxy.ready());
            if (!proxy.daemon.alive()) {
                throw new AssertionError("the proxy ended\n" + proxy.said());
            }
            return proxy;
        } catch (RuntimeException | Error e) {
            proxy.close();
            throw e;
        }
    }

    public ProxyConfig config() {
        return config;
    }

    /** Where clients pull. */
    public String host() {
        return "127.0.0.1:" + config.port();
    }

    public String url() {
        return (config.authority().isPresent() ? "https://" : "http://") + host();
    }

    /** The operator's port. */
    public String operator() {
        return "http://127.0.0.1:" + config.operatorPort();
    }

    private boolean ready() {
        try {
            return Web.get(operator() + "/readyz").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** The revision in force, as the operator's port says it. */
    public String revision() {
        Matcher found = REVISION.matcher(Web.get(operator() + "/readyz").text());
        return found.find() ? found.group(1) : "";
    }

    /** Waits until another revision than this one is in force. */
    public void awaitOtherRevision(String before) {
        await("a new revision")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !revision().equals(before));
    }

    /** How many pulls got this answer for this reason. */
    public long pulls(String answer, String reason) {
        return (long) metric("pratique_pulls_total", "answer=\"" + answer + "\"", "reason=\"" + reason + "\"");
    }

    /** The sum of a metric's samples that have all these labels; nothing counted is 0. */
    public double metric(String name, String... labels) {
        return Web.get(operator() + "/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Lines of the decision log. */
    public List<String> decisions() {
        try {
            return Files.readAllLines(config.storage().resolve("decisions.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether any file below the storage directory bears this digest's name. */
    public boolean stores(String digest) {
        String hex = digest.substring(digest.indexOf(':') + 1);
        try (Stream<Path> files = Files.walk(config.storage())) {
            return files.anyMatch(file -> file.getFileName().toString().contains(hex));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether any file below the storage directory has this text in it. */
    public boolean storesText(String text) {
        try (Stream<Path> files = Files.walk(config.storage())) {
            return files.filter(Files::isRegularFile).anyMatch(file -> {
                try {
                    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
                } catch (NoSuchFileException e) {
                    return false; // RocksDB removes files of its own accord
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that it printed. */
    public String said() {
        return daemon.out() + daemon.err();
    }

    /** Ends it as a power cut would, as far as a process can tell. */
    public void crash() {
        daemon.crash();
    }

    @Override
    public void close() {
        daemon.close();
    }
}
