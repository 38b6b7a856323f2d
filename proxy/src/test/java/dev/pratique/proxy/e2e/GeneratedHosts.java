package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Program;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Tool;

/** What {@code pratique mirror containerd} tells an operator to put on a node. */
final class GeneratedHosts {
    private GeneratedHosts() {}

    static String toml(RunningProxy proxy, String registry) {
        Tool.Ran ran = Program.signer("mirror", "containerd", "--help");
        assertThat(ran.succeeded()).as(ran.toString()).isTrue();
        return ran.out();
    }
}
