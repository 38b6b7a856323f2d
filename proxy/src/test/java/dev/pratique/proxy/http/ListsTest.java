package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.admission.DiscoveryAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListsTest {
    private static final String REFERRERS = "/referrers/sha256:" + "a".repeat(64);

    private FrontBench bench;

    @BeforeEach
    void open() throws IOException {
        bench = new FrontBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void sends_the_list_with_its_type_its_filter_and_where_it_goes_on() throws IOException {
        try (Wire wire = bench.client()) {
            Wire.Answer answer = wire.get("/v2/up.example/acme/app" + REFERRERS).read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{}");
            assertThat(answer.header("content-type")).isEqualTo("application/vnd.oci.image.index.v1+json");
            assertThat(answer.header("oci-filters-applied")).isEqualTo("artifactType");
            assertThat(answer.header("link")).isEqualTo("</v2/x?after=1>; rel=\"next\"");
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
            // The connection goes on.
            assertThat(wire.get("/v2/up.example/acme/app/tags/list").read().status())
                    .isEqualTo(200);
        }
        assertThat(bench.lists).hasSize(2).allMatch(DiscoveryAnswer.Listed.class::isInstance);
        assertThat(bench.listsAsked.get(0).client()).hasToString("127.0.0.1");
    }

    @Test
    void answers_head_without_a_body() throws IOException {
        try (Wire wire = bench.client()) {
            wire.request("HEAD", "/v2/up.example/acme/app/tags/list");
            Wire.Answer answer = wire.read(true);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-length")).isEqualTo("2");
            assertThat(wire.get("/v2/").read().body()).isEqualTo("{}");
        }
    }

    @Test
    void says_why_there_is_no_list_and_nothing_of_it_gets_into_the_head() throws IOException {
        try (Wire wire = bench.client()) {
            Wire.Answer answer =
                    wire.get("/v2/up.example/acme/refused/tags/list").read();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("x")).isEmpty();
            assertThat(answer.body())
                    .contains("\"code\":\"DENIED\"", "\"reason\":\"REFUSED_BY_RULE\"", "\"list\":\"tags\"")
                    .doesNotContain("explain");
        }
    }

    @Test
    void a_list_that_could_not_be_read_is_no_404_on_which_clients_go_to_the_tag() throws IOException {
        try (Wire wire = bench.client()) {
            Wire.Answer answer =
                    wire.get("/v2/up.example/acme/undecided" + REFERRERS).read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("7");
            assertThat(answer.body())
                    .contains("\"reason\":\"EVIDENCE_UNREADABLE\"", "referrers API: the upstream answered 500")
                    .contains("http://127.0.0.1:8081/explain?image=up.example%2Facme%2Fundecided%40sha256");
        }
    }

    @Test
    void lists_that_nobody_takes_do_not_fill_the_heap() throws Exception {
        String list = "/v2/up.example/acme/long/tags/list";
        List<Wire> slow = new ArrayList<>();
        int status = 200;
        try {
            for (int i = 0; i < 40 && status == 200; i++) {
                Wire wire = bench.client();
                slow.add(wire);
                status = wire.get(list).readStatus();
            }
            assertThat(status).isEqualTo(503);
            assertThat(slow).hasSize(5);
            try (Wire wire = bench.client()) {
                assertThat(wire.get("/v2/up.example/acme/app/tags/list").read().status())
                        .isEqualTo(200);
            }
        } finally {
            for (Wire wire : slow) {
                wire.close();
            }
        }
        await().untilAsserted(() -> {
            try (Wire wire = bench.client()) {
                assertThat(wire.get(list).read().status()).isEqualTo(200);
            }
        });
    }

    @Test
    void our_own_fault_is_answered_as_one() throws IOException {
        try (Wire wire = bench.client()) {
            Wire.Answer answer = wire.get("/v2/up.example/acme/bug/tags/list").read();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("secret");
        }
        assertThat(bench.faults).hasSize(1);
    }

    @Test
    void REG_26_lists_cannot_be_written() throws IOException {
        try (Wire wire = bench.client()) {
            wire.request("DELETE", "/v2/up.example/acme/app/tags/list", "Content-Length: 0");
            assertThat(wire.read().status()).isEqualTo(405);
        }
        assertThat(bench.listsAsked).isEmpty();
    }
}
