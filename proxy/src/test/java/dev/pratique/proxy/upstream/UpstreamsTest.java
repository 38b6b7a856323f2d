package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamsTest {
    private final FakeRegistry registry = FakeRegistry.start();
    private final Rig rig = new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri())
            .withTimeouts(Rig.SHORT)
            .withMissing(Set.of(410))
            .withMaxConnections(4));
    private final byte[] document = "{\"schemaVersion\":2}".getBytes(UTF_8);
    private final Digest digest = registry.manifest("acme/app", MediaType.OCI_MANIFEST, document, "1.0");
    private final byte[] content = new byte[300_000];
    private final Digest blob = registry.blob("acme/app", content);

    @AfterEach
    void close() {
        rig.close();
        registry.close();
    }

    @Test
    void fetches_a_manifest_by_tag_with_its_digest_and_type() {
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOfSatisfying(Fetched.Found.class, found -> {
            assertThat(found.bytes()).isEqualTo(document);
            assertThat(found.digest()).isEqualTo(digest);
            assertThat(found.contentType()).isEqualTo(MediaType.OCI_MANIFEST);
        });
        assertThat(registry.requests().get(0).headers())
                .containsEntry("user-agent", "pratique/test")
                .containsEntry("accept", MediaType.ACCEPT)
                .containsEntry("accept-encoding", "identity")
                .doesNotContainKey("authorization");
    }

    @Test
    void asks_for_many_things_at_once_and_answers_in_their_order() {
        List<Fetch> fetches = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            fetches.add(i % 2 == 0 ? Rig.blob(blob) : Rig.tag("none"));
        }
        List<Fetched> answers = rig.fetchAll(fetches);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i)).isInstanceOf(i % 2 == 0 ? Fetched.Found.class : Fetched.Missing.class);
        }
        assertThat(registry.connections()).isLessThanOrEqualTo(4);
    }

    @Test
    void uses_a_connection_again() {
        for (int i = 0; i < 20; i++) {
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        }
        assertThat(registry.connections()).isOne();
        assertThat(rig.counted("reused")).isEqualTo(19);
    }

    private static Fetch tags(String page) {
        return new Fetch.TagsOf(Rig.APP, Optional.ofNullable(page), 1 << 20);
    }

    @Test
    void lists_tags_a_thousand_at_a_time() {
        assertThat(rig.fetch(tags(null)))
                .isInstanceOfSatisfying(
                        Fetched.Found.class,
                        found -> assertThat(new String(found.bytes(), UTF_8)).contains("\"tags\":[\"1.0\"]"));
        assertThat(registry.count("GET /v2/acme/app/tags/list?n=1000")).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</v2/acme/app/tags/list?n=2&last=b>; rel=\"next\"",
                "<list?n=2&last=b>; rel=next",
                "</v2/acme/app/tags/list?next_page=gAAAA%2F%3D>; rel=\"next\""
            })
    void follows_the_link_of_a_list_of_tags_to_the_same_list(String link) {
        registry.fault("/tags/list?n=1000", FakeRegistryFault.header("Link", link));
        Fetched first = rig.fetch(tags(null));
        assertThat(first).isInstanceOfSatisfying(Fetched.Found.class, found -> {
            assertThat(found.next().orElseThrow()).startsWith("/v2/acme/app/tags/list?");
            assertThat(rig.fetch(tags(found.next().orElseThrow()))).isInstanceOf(Fetched.Found.class);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<https://169.254.169.254/v2/acme/app/tags/list?last=b>; rel=\"next\"",
                "</v2/acme/other/tags/list?last=b>; rel=\"next\"",
                "</v2/acme/app/tags/list/../../../other/tags/list?last=b>; rel=\"next\"",
                "</v2/acme/app/tags/lists>; rel=\"next\"",
                "</v2/acme/app/manifests/1.0>; rel=\"next\""
            })
    void REG_21_follows_no_link_to_another_list(String link) {
        registry.fault("/tags/list", FakeRegistryFault.header("Link", link));
        assertThat(rig.fetch(tags(null))).isInstanceOfSatisfying(Fetched.Found.class, found -> {
            assertThat(found.next()).contains(Fetched.Found.ELSEWHERE);
            assertThat(rig.fetch(tags(found.next().orElseThrow())))
                    .isEqualTo(new Fetched.Wrong("the next page lies outside of the list"));
        });
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void REG_21_a_list_of_tags_has_a_limit() {
        assertThat(rig.fetch(new Fetch.TagsOf(Rig.APP, Optional.empty(), 10))).isInstanceOf(Fetched.Wrong.class);
    }

    @Test
    void a_status_configured_to_mean_missing_is_missing() {
        registry.fault("manifests/1.0", FakeRegistryFault.status(410));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Missing.class);
        registry.fault("manifests/1.0", FakeRegistryFault.status(403));
        assertThat(rig.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(403));
    }

    @ParameterizedTest(name = "REG-03 wrong bytes: {0}")
    @ValueSource(strings = {"/manifests/", "/blobs/"})
    void wrong_bytes_for_a_digest_are_wrong(String route) {
        registry.fault(route, 1, FakeRegistryFault.wrongBytes());
        Fetch fetch = route.equals("/blobs/") ? Rig.blob(blob) : Rig.manifest(digest);
        assertThat(rig.fetch(fetch)).isEqualTo(new Fetched.Wrong("the bytes have another digest"));
        assertThat(rig.fetch(fetch)).isInstanceOf(Fetched.Found.class);
    }

    @Test
    void a_head_says_what_the_registry_claims() {
        assertThat(rig.fetch(Rig.head("1.0"))).isInstanceOfSatisfying(Fetched.Found.class, found -> {
            assertThat(found.digest()).isEqualTo(digest);
            assertThat(found.bytes()).isEmpty();
        });
        assertThat(registry.count("HEAD /v2/acme/app/manifests/1.0")).isOne();
    }

    @ParameterizedTest(name = "REG-11 Docker-Content-Digest: {0}")
    @ValueSource(
            strings = {
                "sha256:../../../../etc/passwd",
                "SHA256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                "md5:0123456789abcdef0123456789abcdef",
                "::",
                "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"
            })
    void a_malformed_content_digest_is_wrong(String header) {
        registry.fault("manifests/1.0", FakeRegistryFault.header("Docker-Content-Digest", header));
        assertThat(rig.fetch(Rig.head("1.0"))).isInstanceOf(Fetched.Wrong.class);
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
    }

    @Test
    void a_content_digest_of_other_bytes_is_wrong() {
        registry.fault(
                "manifests/1.0",
                FakeRegistryFault.header(
                        "Docker-Content-Digest", Digest.sha256(content).toString()));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
    }

    @Test
    void referrers_are_listed_page_by_page() {
        String path = "/v2/acme/app/referrers/" + digest;
        registry.fault(path, FakeRegistryFault.header("Link", "<" + path + "?page=2>; rel=\"next\""));
        Fetched first = rig.fetch(Rig.referrers(digest));
        assertThat(first)
                .isInstanceOfSatisfying(
                        Fetched.Found.class, found -> assertThat(found.next()).contains(path + "?page=2"));
        rig.fetch(new Fetch.ReferrersOf(Rig.APP, digest, ((Fetched.Found) first).next(), 1 << 20));
        assertThat(registry.count("GET " + path + "?page=2")).isOne();
    }

    @ParameterizedTest(name = "REG-11 Link: {0}")
    @ValueSource(
            strings = {
                "<https://evil.example/v2/acme/app/referrers/x>; rel=\"next\"",
                "</v2/acme/other/referrers/x>; rel=next",
                "</v2/acme/app/referrers/../../../secret>; rel=\"next\"",
                "</v2/acme/app/referrers/%2e%2e/secret>; rel=\"next\"",
                "<::>; rel=\"next\"",
                "nothing; rel=\"next\""
            })
    void a_next_page_elsewhere_is_wrong_and_never_a_shorter_list(String link) {
        registry.fault("/referrers/", FakeRegistryFault.header("Link", link));
        assertThat(rig.fetch(Rig.referrers(digest))).isInstanceOfSatisfying(Fetched.Found.class, found -> {
            assertThat(found.next()).contains(Fetched.Found.ELSEWHERE);
            assertThat(rig.fetch(new Fetch.ReferrersOf(Rig.APP, digest, found.next(), 1 << 20)))
                    .isEqualTo(new Fetched.Wrong("the next page lies outside of the list"));
        });
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void a_page_that_the_caller_made_up_is_not_asked_for() {
        Fetch made = new Fetch.ReferrersOf(Rig.APP, digest, Optional.of("/v2/acme/private/referrers/x"), 1 << 20);
        assertThat(rig.fetch(made)).isInstanceOf(Fetched.Wrong.class);
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void no_referrers_api_is_missing() {
        registry.referrers(false);
        assertThat(rig.fetch(Rig.referrers(digest))).isInstanceOf(Fetched.Missing.class);
    }

    @Test
    @DisplayName("UPS-01: a registry that is not configured is never connected to")
    void a_registry_that_is_not_configured_is_wrong_without_a_connection() {
        Repository stranger =
                new Repository(registry.uri().getHost() + ":" + registry.uri().getPort(), "acme/app");
        assertThat(rig.fetch(new Fetch.BlobHead(stranger, blob))).isInstanceOf(Fetched.Wrong.class);
        assertThat(registry.connections()).isZero();
        assertThat(rig.upstreams().names()).containsExactly(Rig.NAME);
    }

    @Test
    void waiting_on_an_event_loop_throws() throws Exception {
        var tried = rig.transport().group().next().submit(() -> {
            assertThatThrownBy(() -> rig.fetch(Rig.tag("1.0"))).isInstanceOf(IllegalStateException.class);
        });
        tried.get(5, TimeUnit.SECONDS);
    }

    @Test
    void a_registry_below_a_path_is_asked_there() {
        registry.fault("GET /artifactory/v2/acme/app/manifests/1.0", FakeRegistryFault.body(document));
        try (Rig below =
                new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri().resolve("/artifactory/"))
                        .withTimeouts(Rig.SHORT))) {
            below.fetch(Rig.tag("1.0"));
            assertThat(registry.count("GET /artifactory/v2/acme/app/manifests/1.0"))
                    .isOne();
        }
    }
}
