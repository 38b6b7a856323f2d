package dev.pratique.signer.mirror;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code hosts.toml} of containerd (docs/hosts.md) in the one form that versions 1.6 to 2.3 read alike and that falls
 * back nowhere.
 *
 * @param registry the host that images are named by, or {@code _default} for all others
 * @param proxy scheme and authority, nothing more
 * @param authority path on the node of the certificate authority that the proxy's certificate is from
 */
record HostsFile(String registry, URI proxy, Optional<String> authority) {
    private static final String DEFAULT = "_default";

    /** Those of all wanted registries, and the one for all others. */
    static List<ClientFile> of(Wanted wanted) {
        List<ClientFile> files = new ArrayList<>();
        for (String name : wanted.registries()) {
            files.add(new HostsFile(name, wanted.proxy(), wanted.authority()).file());
        }
        files.add(new HostsFile(DEFAULT, wanted.proxy(), wanted.authority()).file());
        return files;
    }

    private ClientFile file() {
        return new ClientFile(path(), Optional.of(registry), text());
    }

    /** Relative to containerd's {@code config_path}. */
    private String path() {
        int colon = registry.lastIndexOf(':');
        // Of the names that containerd looks for, the one that it looks for first.
        String directory =
                colon < 0 ? registry : registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_";
        return directory + "/hosts.toml";
    }

    private String text() {
        String of = registry.equals(DEFAULT) ? "every other registry" : registry;
        String ca = authority.map(file -> "  ca = \"" + file + "\"\n").orElse("");
        return "# Pulls from " + of + " go to Pratique and nowhere else. Keep both: without the server line\n"
                + "# containerd asks the registry itself where the proxy refuses; a server without the host below is\n"
                + "# no file to older versions.\n"
                + "server = \"" + proxy + "\"\n\n"
                + "[host.\"" + proxy + "\"]\n"
                + "  capabilities = [\"pull\", \"resolve\"]\n"
                + ca;
    }
}
