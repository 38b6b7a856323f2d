package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.said;
import static dev.pratique.proxy.admission.GateBench.signedBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownVerdictsTest {
    private static final Repository APP = new Repository("up.example", "acme/app");

    @TempDir
    private Path directory;

    private GateBench bench;
    private KnownVerdicts known;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 2, 8);
        known = new KnownVerdicts(() -> bench.standard, bench.records, () -> bench.now);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void names_an_environment_that_each_verdict_is_about() throws Exception {
        bench.standard = bench.standard(2, rule("strict", Set.of("prod"), "other"), rule("all", Set.of(), "ci"));
        Pushed image = bench.push(APP, "v1", "app");
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.ask(
                        new PullRequest(PullRequest.Kind.MANIFEST, APP, Reference.parse("v1"), "127.0.0.1", "prod"))))
                .isEqualTo("WRONG_SIGNER");

        assertThat(page("", 10).verdicts())
                .extracting(KnownVerdict::rules, KnownVerdict::environment)
                .containsExactlyInAnyOrder(
                        tuple(List.of("all"), Optional.of("default")), tuple(List.of("strict"), Optional.of("prod")));
    }

    @Test
    void lists_what_is_in_memory_and_on_disk_once_page_by_page_and_nothing_that_has_ended() throws Exception {
        for (int i = 0; i < 5; i++) {
            Pushed image = bench.push(APP, "v" + i, "app " + i);
            bench.sign(APP, image.digest(), bench.key);
            assertThat(said(bench.pull(APP, "v" + i))).isEqualTo("ADMITTED");
        }
        bench.push(APP, "unsigned", "unsigned");
        assertThat(said(bench.pull(APP, "unsigned"))).isEqualTo("UNSIGNED");

        assertThat(paged(2)).hasSize(6).doesNotHaveDuplicates();
        bench.now = bench.now.plusSeconds(3);
        assertThat(paged(2)).hasSize(5);
        bench.standard = bench.standard(2, rule("all", Set.of(), "ci"));
        assertThat(paged(2)).isEmpty();
    }

    private List<String> paged(int limit) {
        List<String> subjects = new ArrayList<>();
        Optional<String> after = Optional.of("");
        while (after.isPresent()) {
            KnownVerdicts.Page page = page(after.get(), limit);
            assertThat(page.verdicts().size()).isLessThanOrEqualTo(limit);
            page.verdicts().forEach(verdict -> subjects.add(verdict.subject()));
            after = page.next();
        }
        return subjects;
    }

    private KnownVerdicts.Page page(String after, int limit) {
        return known.page(new KnownVerdicts.Query(Optional.of(APP), Optional.empty(), verdict -> true, after, limit));
    }

    private static Rule rule(String name, Set<String> environments, String signer) {
        return new Rule(name, List.of(new Glob("**")), environments, List.of(), signedBy(signer));
    }
}
