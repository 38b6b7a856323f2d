package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What skopeo, podman and buildah share on a machine: registries.conf, certs.d, policy.json and storage, all of it below
 * one directory. Nothing of this machine's own is used.
 */
public final class ContainersNode implements AutoCloseable {
    // podman takes no path for its sockets of more than 50 characters, hence the short name.
    private final Path home = Scratch.directory("n");
    private final Path policy;
    private final Path registries;

    private ContainersNode(Path registries, Path policy) {
        this.registries = registries;
        this.policy = policy;
    }

    /**
     * Leaves all to the registry.
     *
     * @param registries registries.conf
     */
    public static ContainersNode with(String registries) {
        return new ContainersNode(
                Scratch.file(".conf", registries),
                Scratch.file(".json", "{\"default\": [{\"type\": \"insecureAcceptAnything\"}]}"));
    }

    /** Has the files that our own command writes for this proxy's registries. */
    public static ContainersNode generated(RunningProxy proxy) {
        Path containers = Scratch.directory("containers");
        Tool.Ran ran = Program.signer(
                "mirror",
                "podman",
                "--config",
                proxy.config().directory().toString(),
                "--proxy",
                proxy.url(),
                "--output-dir",
                containers.toString());
        if (!ran.succeeded()) {
            throw new AssertionError(ran);
        }
        return new ContainersNode(
                containers.resolve("registries.conf.d/999-pratique.conf"), containers.resolve("policy.json"));
    }

    /** A program that uses {@code containers/image}. */
    public enum Client {
        SKOPEO {
            @Override
            Tool.Ran pull(ContainersNode node, String image) {
                return node.copy(image, Scratch.directory("skopeo"));
            }
        },
        PODMAN {
            @Override
            Tool.Ran pull(ContainersNode node, String image) {
                return node.podman("pull", "--signature-policy", node.policy.toString(), image);
            }
        },
        BUILDAH {
            @Override
            Tool.Ran pull(ContainersNode node, String image) {
                return node.buildah("pull", "--signature-policy", node.policy.toString(), "--retry", "1", image);
            }
        };

        abstract Tool.Ran pull(ContainersNode node, String image);
    }

    /** Puts an authority's certificate where the programs look for it, for this registry alone. */
    public ContainersNode trust(String host, Authority authority) {
        Path directory = home.resolve(".config/containers/certs.d").resolve(host);
        try {
            Files.createDirectories(directory);
            Files.copy(authority.certificate(), directory.resolve("ca.crt"));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Tool.Ran pull(Client client, String image) {
        return client.pull(this, image);
    }

    /** What skopeo wrote of an image, of all platforms. */
    public Pulled copied(String image) {
        Path directory = Scratch.directory("skopeo");
        Tool.Ran ran = copy(image, directory);
        if (!ran.succeeded()) {
            throw new AssertionError(ran);
        }
        return Pulled.under(directory, file -> !file.getFileName().toString().equals("version"));
    }

    /** A manifest or index as skopeo got it. */
    public byte[] raw(String image) {
        return skopeo("inspect", "--raw", "docker://" + image).out().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What podman and buildah keep of the one image in their storage as it came: manifest and configuration. Layers are
     * unpacked there.
     */
    public Pulled kept() {
        return Pulled.under(
                home.resolve("storage/vfs-images"),
                file -> file.getFileName().toString().matches("manifest|=.*"));
    }

    /** The root directory of an image in the storage, as a container would see it. */
    public Path mounted(String image) {
        Tool.Ran ran = podman("image", "mount", image);
        if (!ran.succeeded()) {
            throw new AssertionError(ran);
        }
        return Path.of(ran.out().strip());
    }

    private Tool.Ran copy(String image, Path to) {
        return skopeo("copy", "--all", "docker://" + image, "dir:" + to);
    }

    private Tool.Ran skopeo(String... arguments) {
        List<String> own = List.of("--registries-conf", registries.toString(), "--policy", policy.toString());
        return tool("skopeo")
                .run(Stream.concat(own.stream(), Stream.of(arguments)).toArray(String[]::new));
    }

    public Tool.Ran podman(String... arguments) {
        return tool("podman")
                .run(withStorage(List.of("--cgroup-manager=cgroupfs", "--events-backend=none"), arguments));
    }

    public Tool.Ran buildah(String... arguments) {
        return tool("buildah").run(withStorage(List.of(), arguments));
    }

    /** {@code buildah bud} of a Containerfile of this text. */
    public Tool.Ran build(String containerfile) {
        Path context = Scratch.directory("context");
        Path file = Scratch.file(".containerfile", containerfile);
        return buildah(
                "bud",
                "--signature-policy",
                policy.toString(),
                "--isolation",
                "chroot",
                "--pull-always",
                "-t",
                "localhost/built",
                "-f",
                file.toString(),
                context.toString());
    }

    /** {@code buildah from}. */
    public Tool.Ran from(String image) {
        return buildah("from", "--signature-policy", policy.toString(), "--pull-always", image);
    }

    /** Forgets every image and container. */
    public void clear() {
        buildah("rm", "--all");
        podman("image", "unmount", "--all");
        podman("image", "rm", "--all", "--force");
    }

    private Tool tool(String name) {
        return Tool.named(name)
                .with("HOME", home.toString())
                .with("TMPDIR", home.toString())
                .with("XDG_RUNTIME_DIR", home.toString())
                .with("CONTAINERS_REGISTRIES_CONF", registries.toString());
    }

    private String[] withStorage(List<String> more, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--root",
                home.resolve("storage").toString(),
                "--runroot",
                home.resolve("r").toString()));
        all.addAll(List.of("--storage-driver", "vfs"));
        all.addAll(more);
        return Stream.concat(all.stream(), Stream.of(arguments)).toArray(String[]::new);
    }

    @Override
    public void close() {
        clear();
    }
}
