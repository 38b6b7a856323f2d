package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence is looked for again in the background from 80 % of {@code evidence.recheck}. */
class RefreshTest {
    private static final AdmissionSettings LONG_AUTHORISATION = new AdmissionSettings(
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofHours(24),
            Duration.ofDays(7),
            Duration.ofDays(7),
            Duration.ofSeconds(5));

    @TempDir
    Path directory;

    private GateBench bench;
    private String image;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 2, 16);
        bench.standard = bench.standard(
                2, Catalog.empty(), LONG_AUTHORISATION, GateBench.rule("all", "**", GateBench.signedBy("ci")));
        Pushed pushed = bench.push(APP, "v1", "app");
        bench.sign(APP, pushed.digest(), bench.key);
        image = pushed.digest().toString();
        assertThat(said(bench.pull(APP, image))).isEqualTo("ADMITTED");
        bench.now = bench.now.plus(Duration.ofHours(20));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_refresh_gives_the_verdict_another_life() throws Exception {
        assertThat(said(bench.pull(APP, image))).isEqualTo("ADMITTED");
        await().until(() -> foundAt().equals(bench.now));
        bench.now = bench.now.plus(Duration.ofHours(10));
        bench.registry.unreachable();
        assertThat(said(bench.pull(APP, image))).isEqualTo("ADMITTED");
    }

    @Test
    void a_refresh_that_failed_is_tried_again_and_told() throws Exception {
        bench.registry.fault = fetch -> {
            if (fetch instanceof Fetch.ReferrersOf) {
                throw new IllegalStateException("a bug");
            }
            return java.util.Optional.empty();
        };
        assertThat(said(bench.pull(APP, image))).isEqualTo("ADMITTED");
        await().until(() -> bench.failures.size() == 1);
        bench.registry.reachable();
        assertThat(said(bench.pull(APP, image))).isEqualTo("ADMITTED");
        bench.now = bench.now.plus(Duration.ofMinutes(11));
        assertThat(said(bench.pull(APP, image))).isEqualTo("ADMITTED");
        await().until(() -> foundAt().equals(bench.now));
    }

    private java.time.Instant foundAt() throws Exception {
        return bench.records.evidence(APP, Digest.parse(image)).orElseThrow().foundAt();
    }
}
