package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a containerd node's hosts.toml files say about the proxy. */
public enum HostsToml {
    /** Both lines that every version needs in order to have nowhere else to go. */
    CLOSED {
        @Override
        public Path write(RunningProxy proxy, String registry) {
            return Containerd.hosts(registry, "server = \"" + proxy.url() + "\"\n" + host(proxy));
        }
    },
    /** What people write; containerd adds the registry itself as the last resort. */
    MIRROR_ONLY {
        @Override
        public Path write(RunningProxy proxy, String registry) {
            return Containerd.hosts(registry, host(proxy));
        }
    },
    /** What our own command writes, for the proxy's registries and all others. */
    GENERATED {
        @Override
        public Path write(RunningProxy proxy, String registry) {
            Path hosts = Scratch.directory("hosts");
            List<String> command = new ArrayList<>(List.of("mirror", "containerd"));
            command.addAll(List.of("--config", proxy.config().directory().toString()));
            command.addAll(List.of("--proxy", proxy.url(), "--output-dir", hosts.toString()));
            proxy.config()
                    .authority()
                    .ifPresent(authority -> command.addAll(
                            List.of("--ca", authority.certificate().toString())));
            Tool.Ran ran = Program.signer(command.toArray(String[]::new));
            assertThat(ran.succeeded()).as(ran.toString()).isTrue();
            return hosts;
        }
    };

    /** A new directory of hosts.toml files for images of this registry. */
    public abstract Path write(RunningProxy proxy, String registry);

    private static String host(RunningProxy proxy) {
        String ca = proxy.config()
                .authority()
                .map(authority -> "  ca = \"" + authority.certificate() + "\"\n")
                .orElse("");
        return mirror(proxy.url()) + ca;
    }

    /** The host table of a mirror at this URL. */
    public static String mirror(String url) {
        return "[host.\"" + url + "\"]\n  capabilities = [\"pull\", \"resolve\"]\n";
    }
}
