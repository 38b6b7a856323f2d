package dev.pratique.signer.mirror;

import java.util.List;

/** K3s and RKE2, which write containerd's files themselves, from one of their own. */
public final class K3s implements MirroredClient {
    private final String distribution;

    /** @param distribution {@code k3s} or {@code rke2} */
    public K3s(String distribution) {
        this.distribution = distribution;
    }

    @Override
    public String name() {
        return "k3s";
    }

    @Override
    public String directory() {
        return "/etc/rancher/" + distribution;
    }

    @Override
    public List<ClientFile> files(Wanted wanted) {
        return List.of(
                new ClientFile("registries.yaml", registries(wanted)),
                new ClientFile("config.yaml.d/pratique.yaml", """
                        # Without it containerd asks the registry itself where the proxy refuses.
                        disable-default-registry-endpoint: true
                        """));
    }

    private static String registries(Wanted wanted) {
        StringBuilder text = new StringBuilder("# \"*\" is every registry that has no entry of its own.\nmirrors:\n");
        for (String registry : wanted.registries()) {
            mirror(text, registry, wanted);
        }
        mirror(text, "*", wanted);
        wanted.authority()
                .ifPresent(file -> text.append("configs:\n  \"")
                        .append(wanted.host())
                        .append("\":\n    tls:\n      ca_file: \"")
                        .append(file)
                        .append("\"\n"));
        return text.toString();
    }

    private static void mirror(StringBuilder text, String registry, Wanted wanted) {
        text.append("  \"").append(registry).append("\":\n");
        text.append("    endpoint: [\"").append(wanted.proxy()).append("\"]\n");
    }

    @Override
    public List<String> steps(Wanted wanted) {
        return List.of(
                "1. Put these files into " + directory() + " of every node, servers too, and restart " + distribution
                        + ".",
                "2. The second one is the one that counts. It needs a release of January 2024 or later (1.26.13, 1.27.10,",
                "   1.28.6, 1.29.1); older ones always ask the registry itself in the end.",
                "3. Try it: pull an image that must be refused, and see that it is.");
    }

    @Override
    public List<String> loopholes(Wanted wanted) {
        return List.of(
                "A registry that has an entry of its own under configs (a password, a certificate) keeps its default endpoint,",
                "and is asked where the proxy refuses: give credentials to the proxy, not to the nodes. The option counts",
                "as experimental in its documentation; images in agent/images are imported without asking anybody.");
    }
}
