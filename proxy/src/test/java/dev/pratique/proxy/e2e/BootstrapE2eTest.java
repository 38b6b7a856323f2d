package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Containerd;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.HostsToml;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that pulls through the proxy only, before there is a proxy: the order that docs/operating.md gives. */
@Tag("e2e")
class BootstrapE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['%s/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private Stock stock;
    private Front front;
    private Containerd containerd;

    @BeforeEach
    void start() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        containerd = Containerd.start();
    }

    @AfterEach
    void stop() {
        Ending.all(containerd, front);
    }

    @Test
    void what_was_imported_is_there_without_a_proxy_and_all_else_only_with_it() {
        Image own = stock.signedApp("signed/proxy-itself");
        Image app = stock.signedApp("signed/workload");
        Path archive = Scratch.file(".tar");
        Tool.named("crane").output("pull", own.tagged(front.host()), archive.toString());
        ProxyConfig config = stock.config().upstream(front.host(), front.url()).policy(POLICY.formatted(front.host()));
        RunningProxy proxy = config.start();
        Path hosts = HostsToml.GENERATED.write(proxy, front.host());
        proxy.close();
        front.forget();

        Tool.Ran early = containerd.pull(hosts, app.tagged(front.host()));
        Tool.Ran imported = containerd.load(archive);

        assertThat(early.succeeded()).as(early.toString()).isFalse();
        assertThat(imported.succeeded()).as(imported.toString()).isTrue();
        assertThat(containerd.images()).contains(own.tagged(front.host())).doesNotContain(app.tagged(front.host()));
        assertThat(front.seen()).isEmpty();
        try (RunningProxy started = config.start()) {
            Tool.Ran pull = containerd.pull(hosts, app.tagged(front.host()));

            assertThat(pull.succeeded()).as(pull + started.said()).isTrue();
            assertThat(containerd.images()).contains(app.digest());
            assertThat(front.seen()).isNotEmpty().allMatch(Front.Seen::fromProxy);
        }
    }
}
