package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A policy that changes under load changes for everybody at once. */
@Tag("e2e")
class ReloadE2eTest {
    private static final int CLIENTS = 8;
    private static final int CHANGES = 6;
    private static final String OPEN = """
            rules:
              - {name: signed, repositories: ['upstream.test/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;
    private static final String SHUT = """
            rules:
              - {name: signed, repositories: ['upstream.test/signed/**'], refuse: closed for a while}
            """;

    private static Stock stock;
    private static RunningProxy proxy;

    /** One pull: when it was asked for, when it was answered, and how. */
    private record Asked(long begun, long ended, int status) {}

    /** From when on which status is the only right one. */
    private record InForce(long since, int status) {}

    @BeforeAll
    static void start() {
        stock = Stock.of(Registry.Kind.REFERRERS);
        proxy = stock.config()
                .upstream("upstream.test", stock.registry().url())
                .policy(OPEN)
                .start();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy);
    }

    @Test
    void after_readyz_shows_a_new_revision_no_answer_follows_the_old_one() throws Exception {
        Image app = stock.signedApp("signed/reload");
        String url = proxy.url() + "/v2/signed/reload/manifests/";
        assertThat(Web.get(url + app.digest()).status()).isEqualTo(200);
        Queue<Asked> asked = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> ends = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            String target = url + (client % 2 == 0 ? app.digest() : app.tag());
            ends.add(clients.submit(() -> {
                while (!over.get()) {
                    long begun = System.nanoTime();
                    int status = Web.get(target).status();
                    asked.add(new Asked(begun, System.nanoTime(), status));
                }
            }));
        }
        List<InForce> history = new ArrayList<>();
        List<Long> written = new ArrayList<>();
        try {
            history.add(new InForce(System.nanoTime(), 200));
            for (int change = 0; change < CHANGES; change++) {
                Thread.sleep(300);
                String before = proxy.revision();
                written.add(System.nanoTime());
                proxy.config().policy(change % 2 == 0 ? SHUT : OPEN);
                proxy.awaitOtherRevision(before);
                history.add(new InForce(System.nanoTime(), change % 2 == 0 ? 403 : 200));
            }
            Thread.sleep(300);
        } finally {
            over.set(true);
            for (Future<?> end : ends) {
                end.get();
            }
            clients.shutdownNow();
        }
        written.add(System.nanoTime());

        for (int i = 0; i < history.size(); i++) {
            InForce now = history.get(i);
            long until = written.get(i);
            List<Integer> answers = asked.stream()
                    .filter(one -> one.begun() > now.since() && one.ended() < until)
                    .map(Asked::status)
                    .toList();
            assertThat(answers).as("under revision " + i).hasSizeGreaterThan(10).containsOnly(now.status());
        }
        assertThat(proxy.pulls("refused", "REFUSED_BY_RULE")).isPositive();
        assertThat(proxy.pulls("admitted", "")).isPositive();
    }

    @Test
    void a_broken_configuration_changes_nothing() {
        Image app = stock.signedApp("signed/broken");
        String before = proxy.revision();
        double rejected = proxy.metric("pratique_config_reloads_total", "result=\"rejected\"");

        proxy.config().policy("rules: [{name: oops}]\n");

        org.awaitility.Awaitility.await("the change was noticed")
                .atMost(java.time.Duration.ofSeconds(20))
                .until(() -> proxy.metric("pratique_config_reloads_total", "result=\"rejected\"") > rejected);
        assertThat(proxy.revision()).isEqualTo(before);
        assertThat(Web.get(proxy.url() + "/v2/signed/broken/manifests/" + app.digest())
                        .status())
                .isEqualTo(200);
        proxy.config().policy(OPEN);
    }
}
