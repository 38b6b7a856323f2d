package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.config.ListenAddress;
import dev.pratique.config.Listener;
import dev.pratique.config.Snapshot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.UnwrittenFile;
import dev.pratique.signer.mirror.ClientFile;
import dev.pratique.signer.mirror.Wanted;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which proxy, which registries, and where the files go. */
final class MirrorOptions {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description = "where clients reach the proxy (default: the first listener of the configuration)")
    private Optional<String> proxy = Optional.empty();

    @Option(
            names = "--registry",
            paramLabel = "HOST",
            description = "registries, instead of those of the configuration; may be repeated")
    private List<String> registries = List.of();

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "write the files below DIR instead of showing them; others than these are not overwritten")
    private Optional<Path> outputDirectory = Optional.empty();

    /** @param authority path on the clients' machines */
    Wanted wanted(Task task, Optional<String> authority) throws Failure {
        Optional<Snapshot> snapshot = proxy.isPresent() && !registries.isEmpty()
                ? Optional.empty()
                : Optional.of(config.snapshot(task.terminal()));
        URI address = proxy.isPresent() ? address(proxy.get()) : listener(task, snapshot.orElseThrow());
        return new Wanted(address, names(snapshot), authority);
    }

    /** The address alone, for what is about no registry. */
    URI proxy(Task task) throws Failure {
        return proxy.isPresent() ? address(proxy.get()) : listener(task, config.snapshot(task.terminal()));
    }

    private SortedSet<String> names(Optional<Snapshot> snapshot) throws Failure {
        if (registries.isEmpty()) {
            return new TreeSet<>(snapshot.orElseThrow().proxy().upstreams().keySet());
        }
        TreeSet<String> names = new TreeSet<>();
        for (String registry : registries) {
            try {
                names.add(Repository.canonicalRegistry(registry));
            } catch (MalformedEvidenceException e) {
                throw Failure.of(Kind.USAGE, "'" + registry + "' is not a registry host", "as in --registry docker.io")
                        .because(e);
            }
        }
        return names;
    }

    private static URI address(String text) throws Failure {
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.equals(new URI(uri.getScheme() + "://" + hostAndPort(uri)))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw notAnAddress(text).because(e);
        }
        throw notAnAddress(text);
    }

    private static String hostAndPort(URI uri) {
        return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private static Failure notAnAddress(String text) {
        return Failure.of(
                Kind.USAGE,
                "'" + text + "' is not where a proxy can be",
                "scheme, host and port alone: --proxy https://pratique.example:5060");
    }

    private static URI listener(Task task, Snapshot snapshot) throws Failure {
        Listener first = snapshot.proxy().listeners().get(0);
        ListenAddress listen = first.address();
        if (listen.port() == 0
                || listen.host().equals("0.0.0.0")
                || listen.host().equals("::")) {
            throw Failure.of(
                    Kind.USAGE,
                    "the configuration does not say by which name nodes reach the proxy",
                    "say it: --proxy https://pratique.example");
        }
        if (listen.loopback()) {
            task.warn("the proxy listens on " + listen
                    + ", which no other machine reaches; use --proxy URL for real nodes");
        }
        if (first.asks().whoTheyAre()) {
            task.warn("the listener " + first.name() + " lets in only clients who show a certificate or password;"
                    + " the files give them none (docs/configuration.md, HTTPS and who your clients are)");
        }
        return address((first.asks().tls() ? "https://" : "http://") + listen);
    }

    /** @param directory where the files belong on the clients' machines */
    void show(Task task, String directory, List<ClientFile> files, List<String> notes) throws Failure {
        if (outputDirectory.isPresent()) {
            write(task, outputDirectory.get(), files);
            notes.forEach(task::say);
            return;
        }
        notes.forEach(line -> task.say(("# " + line).stripTrailing()));
        for (ClientFile file : files) {
            task.say("");
            task.say("# ---- " + directory + "/" + file.path());
            task.say(file.text().stripTrailing());
        }
    }

    private static void write(Task task, Path directory, List<ClientFile> files) throws Failure {
        for (ClientFile file : files) {
            Path path = directory.resolve(file.path());
            byte[] content = file.text().getBytes(StandardCharsets.UTF_8);
            try {
                if (Files.exists(path) && !Arrays.equals(Files.readAllBytes(path), content)) {
                    throw Failure.of(
                            Kind.FAILED, path + " exists and says something else", "move it away, or use another DIR");
                }
                Files.createDirectories(path.toAbsolutePath().getParent());
                Files.write(path, content);
            } catch (IOException e) {
                throw UnwrittenFile.because(path, e);
            }
            task.say("wrote " + path);
        }
    }

    static List<Map<String, Object>> rows(List<ClientFile> files) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ClientFile file : files) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("registry", file.registry().orElse(null));
            row.put("path", file.path());
            row.put("content", file.text());
            rows.add(row);
        }
        return rows;
    }
}
