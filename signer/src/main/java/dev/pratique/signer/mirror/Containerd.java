package dev.pratique.signer.mirror;

import java.util.List;

/** containerd, and with it Kubernetes and nerdctl. */
public final class Containerd implements MirroredClient {
    @Override
    public String name() {
        return "containerd";
    }

    @Override
    public String directory() {
        return "/etc/containerd/certs.d";
    }

    @Override
    public List<ClientFile> files(Wanted wanted) {
        return HostsFile.of(wanted);
    }

    @Override
    public List<String> steps(Wanted wanted) {
        return List.of(
                "Four fences. Each of them alone can be climbed; put up all four.",
                "1. Put these files into " + directory() + " of every node. containerd reads them at the next pull.",
                "2. Let containerd look there, and only there. In /etc/containerd/config.toml:",
                "     [plugins.\"io.containerd.grpc.v1.cri\".registry]     # containerd 1.x",
                "     [plugins.\"io.containerd.cri.v1.images\".registry]   # containerd 2.x",
                "       config_path = \"" + directory() + "\"",
                "   Name one directory. Two with a colon between them, the default of 2.x, make some versions ignore",
                "   these files without a word. Then restart containerd.",
                "3. Close the nodes' way to every registry but " + wanted.proxy()
                        + ". Only that also holds when a file is",
                "   wrong, when the proxy is down, and for podman, docker and skopeo.",
                "4. Try it: pull an image that must be refused, and see that it is.");
    }

    @Override
    public List<String> loopholes(Wanted wanted) {
        return List.of(
                "containerd asks the registry itself where it cannot read a hosts.toml: a typing error in a capability is",
                "enough. 'ctr images pull' without --hosts-dir does not read these files at all.");
    }
}
