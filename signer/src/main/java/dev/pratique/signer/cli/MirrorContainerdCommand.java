package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.config.ListenAddress;
import dev.pratique.config.Snapshot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
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
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what containerd nodes need. */
@Command(
        name = "containerd",
        description = {
            "Writes the hosts.toml files that make containerd, and with it Kubernetes, pull through the proxy only.",
            "There is one for each registry of the configuration, and _default for all others."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror containerd --proxy https://pratique.example",
            "  pratique mirror containerd --proxy https://pratique.example --registry docker.io --output-dir certs.d"
        })
final class MirrorContainerdCommand extends Task {
    private static final String INSTALLED = "/etc/containerd/certs.d";

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description = "where nodes reach the proxy (default: the first listener of the configuration)")
    private Optional<String> proxy = Optional.empty();

    @Option(
            names = "--registry",
            paramLabel = "HOST",
            description = "registries, instead of those of the configuration; may be repeated")
    private List<String> registries = List.of();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "path on the nodes of the certificate authority that the proxy's certificate is from")
    private Optional<String> authority = Optional.empty();

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "write the files below DIR instead of showing them; others than these are not overwritten")
    private Optional<Path> outputDirectory = Optional.empty();

    MirrorContainerdCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Optional<Snapshot> snapshot = proxy.isPresent() && !registries.isEmpty()
                ? Optional.empty()
                : Optional.of(config.snapshot(terminal()));
        URI address = proxy.isPresent() ? address(proxy.get()) : listener(snapshot.orElseThrow());
        if (authority.isPresent() && !authority.get().matches("/[\\w./-]+")) {
            throw Failure.of(Kind.USAGE, "--ca is not an absolute path of letters, digits, '.', '_', '-' and '/'");
        }
        List<HostsFile> files = new ArrayList<>();
        for (String name : names(snapshot)) {
            files.add(new HostsFile(name, address, authority));
        }
        files.add(new HostsFile(HostsFile.DEFAULT, address, authority));
        List<String> advice = advice(address);
        if (outputDirectory.isPresent()) {
            write(outputDirectory.get(), files);
            advice.forEach(this::say);
        } else {
            advice.forEach(line -> say(("# " + line).stripTrailing()));
            for (HostsFile file : files) {
                say("");
                say("# ---- " + INSTALLED + "/" + file.path());
                say(file.text().stripTrailing());
            }
        }
        document("pratique.mirror.containerd/v1", members(files, advice));
        return ExitCode.DONE;
    }

    private Set<String> names(Optional<Snapshot> snapshot) throws Failure {
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

    private URI listener(Snapshot snapshot) throws Failure {
        ListenAddress listen = snapshot.proxy().listeners().get(0).address();
        if (listen.port() == 0
                || listen.host().equals("0.0.0.0")
                || listen.host().equals("::")) {
            throw Failure.of(
                    Kind.USAGE,
                    "the configuration does not say by which name nodes reach the proxy",
                    "say it: --proxy https://pratique.example");
        }
        if (listen.loopback()) {
            warn("the proxy listens on " + listen + ", which no other machine reaches; use --proxy URL for real nodes");
        }
        return address("http://" + listen);
    }

    private static List<String> advice(URI address) {
        return List.of(
                "Four fences. Each of them alone can be climbed; put up all four.",
                "1. Put these files into " + INSTALLED + " of every node. containerd reads them at the next pull.",
                "2. Let containerd look there, and only there. In /etc/containerd/config.toml:",
                "     [plugins.\"io.containerd.grpc.v1.cri\".registry]     # containerd 1.x",
                "     [plugins.\"io.containerd.cri.v1.images\".registry]   # containerd 2.x",
                "       config_path = \"" + INSTALLED + "\"",
                "   Name one directory. Two with a colon between them, the default of 2.x, make some versions ignore",
                "   these files without a word. Then restart containerd.",
                "3. Close the nodes' way to every registry but " + address + ". Only that also holds when a file is",
                "   wrong, when the proxy is down, and for podman, docker and skopeo.",
                "4. Try it: pull an image that must be refused, and see that it is.");
    }

    private void write(Path directory, List<HostsFile> files) throws Failure {
        for (HostsFile file : files) {
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
                throw Failure.of(Kind.FAILED, "cannot write " + path).because(e);
            }
            say("wrote " + path);
        }
    }

    private static Map<String, Object> members(List<HostsFile> files, List<String> advice) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (HostsFile file : files) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("registry", file.registry());
            row.put("path", file.path().toString());
            row.put("content", file.text());
            rows.add(row);
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("configPath", INSTALLED);
        members.put("files", rows);
        members.put("advice", advice);
        return members;
    }
}
