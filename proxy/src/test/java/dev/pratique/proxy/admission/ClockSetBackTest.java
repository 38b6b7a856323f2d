package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was decided later than now was decided by another clock, wherever it is kept: nothing holds for longer by it. */
class ClockSetBackTest {
    @TempDir
    Path directory;

    private GateBench bench;
    private Pushed image;

    @BeforeEach
    void admitAndSetBack() throws Exception {
        bench = new GateBench(directory, 2, 16);
        image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(APP, image.layers().get(0)))).isEqualTo("ADMITTED");
        bench.registry.asked.clear();
        bench.now = bench.now.minus(Duration.ofDays(30));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_verdict_in_memory_is_a_miss() throws Exception {
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(asked(Fetch.ReferrersOf.class)).isNotEmpty();
    }

    @Test
    void a_tag_is_asked_again() throws Exception {
        Pushed moved = bench.push(APP, "v1", "other");
        PullAnswer answer = bench.pull(APP, "v1");
        assertThat(answer.decision().digest()).contains(moved.digest());
        assertThat(said(answer)).isEqualTo("UNSIGNED");
    }

    @Test
    void a_manifest_is_confirmed_again_and_refused_where_the_upstream_denies_it() throws Exception {
        bench.registry.fault = fetch -> Optional.of(new Fetched.Denied(403));
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("UPSTREAM_DENIED");
    }

    @Test
    void a_manifest_that_was_confirmed_again_is_not_asked_for_each_time() throws Exception {
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        bench.registry.asked.clear();
        assertThat(said(bench.pull(APP, image.digest().toString()))).isEqualTo("ADMITTED");
        assertThat(bench.registry.asked).isEmpty();
    }

    @Test
    void a_blob_must_be_confirmed_again() throws Exception {
        bench.now = bench.now.plus(Duration.ofDays(30));
        ((PullAnswer.Pass) bench.pullBlob(APP, image.layers().get(0)))
                .admission()
                .confirmed();
        assertThat(confirmation()).isEqualTo(Admission.Confirmation.CURRENT);
        bench.now = bench.now.minus(Duration.ofMinutes(10));
        assertThat(confirmation()).isNotEqualTo(Admission.Confirmation.CURRENT);
    }

    private Admission.Confirmation confirmation() throws Exception {
        PullAnswer answer = bench.pullBlob(APP, image.layers().get(0));
        return ((PullAnswer.Pass) answer).admission().confirmation();
    }

    private List<Fetch> asked(Class<? extends Fetch> kind) {
        return bench.registry.asked.stream().filter(kind::isInstance).toList();
    }
}
