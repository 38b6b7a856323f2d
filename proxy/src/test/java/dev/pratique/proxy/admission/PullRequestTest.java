package dev.pratique.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.registry.ErrorCode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullRequestTest {
    private static final String HEX = "a".repeat(64);
    private static final UpstreamNames MANY =
            new UpstreamNames(Set.of("docker.io", "ghcr.io", "127.0.0.1:5000"), Optional.empty());
    private static final UpstreamNames MIRROR =
            new UpstreamNames(Set.of("docker.io", "ghcr.io"), Optional.of("docker.io"));

    private static RequestTarget parse(String uri, UpstreamNames upstreams) {
        return PullRequest.parse(uri, upstreams, Requester.at("10.0.0.1"), "prod");
    }

    private static String repository(String uri, UpstreamNames upstreams) {
        RequestTarget target = parse(uri, upstreams);
        assertThat(target).as(uri).isInstanceOf(RequestTarget.Pull.class);
        return ((RequestTarget.Pull) target).request().repository().toString();
    }

    private static RequestTarget.Wrong wrong(String uri) {
        RequestTarget target = parse(uri, MANY);
        assertThat(target).as(uri).isInstanceOf(RequestTarget.Wrong.class);
        return (RequestTarget.Wrong) target;
    }

    @Test
    void reads_a_manifest_of_the_upstream_in_the_path() {
        RequestTarget target = parse("/v2/ghcr.io/acme/app/manifests/1.0", MANY);
        PullRequest request = ((RequestTarget.Pull) target).request();
        assertThat(request.kind()).isEqualTo(PullRequest.Kind.MANIFEST);
        assertThat(request.repository()).hasToString("ghcr.io/acme/app");
        assertThat(request.reference()).hasToString("1.0");
        assertThat(request.client()).isEqualTo(Requester.at("10.0.0.1"));
        assertThat(request.environment()).isEqualTo("prod");
    }

    @Test
    void reads_a_blob_by_digest_only() {
        RequestTarget target = parse("/v2/acme/app/blobs/sha256:" + HEX + "?ns=ghcr.io", MANY);
        assertThat(((RequestTarget.Pull) target).request().kind()).isEqualTo(PullRequest.Kind.BLOB);
        assertThat(wrong("/v2/ghcr.io/acme/app/blobs/latest").code()).isEqualTo(ErrorCode.DIGEST_INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/acme/app/manifests/1?ns=ghcr.io, ghcr.io/acme/app",
        "/v2/acme/app/manifests/1?ns=GHCR.io, ghcr.io/acme/app",
        "/v2/acme/app/manifests/1?a=b&ns=ghcr.io&c, ghcr.io/acme/app",
        "/v2/acme/app/manifests/1?ns=127.0.0.1%3A5000, 127.0.0.1:5000/acme/app",
        "/v2/ghcr.io/acme/app/manifests/1?ns=ghcr.io, ghcr.io/acme/app",
        "/v2/127.0.0.1:5000/acme/app/manifests/1, 127.0.0.1:5000/acme/app",
    })
    void finds_the_upstream_that_a_client_names(String uri, String repository) {
        assertThat(repository(uri, MANY)).isEqualTo(repository);
    }

    @Test
    void takes_the_default_upstream_where_none_is_named() {
        assertThat(repository("/v2/library/nginx/manifests/latest", MIRROR)).isEqualTo("docker.io/library/nginx");
        assertThat(repository("/v2/ghcr.io/acme/app/manifests/1", MIRROR)).isEqualTo("ghcr.io/acme/app");
        assertThat(repository("/v2/nginx/manifests/latest?ns=docker.io", MIRROR))
                .isEqualTo("docker.io/library/nginx");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/docker.io/library/nginx/manifests/latest",
                "/v2/docker.io/nginx/manifests/latest",
                "/v2/index.docker.io/library/nginx/manifests/latest",
                "/v2/registry-1.docker.io/library/nginx/manifests/latest",
                "/v2/DOCKER.IO/library/nginx/manifests/latest",
                "/v2/docker.io:443/library/nginx/manifests/latest",
                "/v2/docker.io./library/nginx/manifests/latest",
                "/v2/library/nginx/manifests/latest?ns=docker.io",
                "/v2/nginx/manifests/latest?ns=docker.io",
                "/v2/library/nginx/manifests/latest?ns=index.docker.io",
                "/v2/library/nginx/manifests/latest?ns=registry-1.docker.io",
                "/v2/library/nginx/manifests/latest?ns=DOCKER.IO",
                "/v2/library/nginx/manifests/latest?ns=docker.io%3A443",
                "/v2/library/nginx/manifests/latest?ns=docker.io.",
            })
    void POL_10_every_spelling_is_the_same_repository(String uri) {
        assertThat(repository(uri, MANY)).isEqualTo("docker.io/library/nginx");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/docker.io/library%2Fnginx/manifests/latest",
                "/v2/docker.io/Library/nginx/manifests/latest",
                "/v2/docker.io/library//nginx/manifests/latest",
            })
    void POL_10_spellings_that_are_no_names_are_refused(String uri) {
        assertThat(wrong(uri).status()).isEqualTo(400);
        assertThat(wrong(uri).code()).isEqualTo(ErrorCode.NAME_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:../../../../etc/passwd",
                "sha256:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "sha256:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "SHA256:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "sha256:" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha256:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%00",
                "sha256+b64:aGVsbG8",
                "::",
            })
    void REG_11_digests_in_the_address_have_one_form(String digest) {
        for (String kind : new String[] {"manifests", "blobs"}) {
            RequestTarget.Wrong wrong = wrong("/v2/ghcr.io/acme/app/" + kind + "/" + digest);
            assertThat(wrong.status()).as(kind).isIn(400, 404);
            assertThat(wrong.code()).isIn(ErrorCode.DIGEST_INVALID, ErrorCode.NAME_INVALID, ErrorCode.UNSUPPORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/%2e%2e/%2e%2e/metrics",
                "/v2/a%2Fb/manifests/x",
                "/v2/a%252fb/manifests/x",
                "/v2/a\\b/manifests/x",
                "/v2/a;x=y/manifests/x",
                "/v2/./",
                "/v2/../metrics",
                "//v2/",
                "/v2//manifests/x",
                "/v2/a/manifests/%c0%ae",
                "/v2/a/manifests/x#y",
                "/v2/a/manifests/\u00e9",
                "http://169.254.169.254/v2/",
                "*",
                "",
            })
    void HTTP_03_nothing_is_decoded_or_repaired(String uri) {
        assertThat(wrong(uri).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "127.0.0.1:6379", "127.0.0.1%3A6379", "[::1]:22", "evil.example"})
    void UPS_01_an_upstream_that_is_not_configured_is_unknown(String ns) {
        RequestTarget.Wrong wrong = wrong("/v2/library/x/manifests/latest?ns=" + ns);
        assertThat(wrong.reason()).contains(RefusalReason.UNKNOWN_UPSTREAM);
        assertThat(wrong.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ns=evil.io%23@good",
                "ns=docker.io&ns=docker.io",
                "ns=docker.io&n%73=ghcr.io",
                "ns=",
                "ns",
                "ns=%",
                "ns=%zz",
                "ns=docker.io%2Flibrary",
                "ns=docker.io%00",
                "ns=docker%252eio",
                "ns=user@docker.io",
            })
    void UPS_01_a_namespace_that_is_not_one_host_is_a_bad_request(String query) {
        assertThat(wrong("/v2/library/x/manifests/latest?" + query).status()).isEqualTo(400);
    }

    @Test
    void no_upstream_at_all_is_an_unknown_one() {
        assertThat(wrong("/v2/nginx/manifests/latest").reason()).contains(RefusalReason.UNKNOWN_UPSTREAM);
        assertThat(wrong("/v2/other.example/app/manifests/latest").message()).contains("other.example");
    }

    private static DiscoveryRequest list(String uri) {
        RequestTarget target = parse(uri, MANY);
        assertThat(target).as(uri).isInstanceOf(RequestTarget.Discover.class);
        return ((RequestTarget.Discover) target).request();
    }

    @Test
    void reads_a_request_for_tags() {
        DiscoveryRequest request = list("/v2/acme/app/tags/list?n=5&last=v1.0&ns=127.0.0.1%3A5000");
        assertThat(request.repository()).hasToString("127.0.0.1:5000/acme/app");
        assertThat(request.wanted()).isEqualTo(new DiscoveryRequest.Tags(OptionalInt.of(5), Optional.of("v1.0")));
        assertThat(request.client()).isEqualTo(Requester.at("10.0.0.1"));
        assertThat(request.environment()).isEqualTo("prod");
        assertThat(request.pageAfter("v2")).isEqualTo("/v2/acme/app/tags/list?n=5&last=v2&ns=127.0.0.1%3A5000");
        assertThat(list("/v2/ghcr.io/acme/app/tags/list").pageAfter("v2"))
                .isEqualTo("/v2/ghcr.io/acme/app/tags/list?last=v2");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "00, 0", "7, 7", "10001, 10000", "99999999999, 10000", "99999999999999999999, 10000"})
    void REG_21_a_number_of_tags_has_a_limit(String asked, int taken) {
        assertThat(list("/v2/ghcr.io/acme/app/tags/list?n=" + asked).wanted())
                .isEqualTo(new DiscoveryRequest.Tags(OptionalInt.of(taken), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"n=-1", "n=", "n", "n=1.0", "n=0x1", "n=+1", "n=%2b1", "n=1&n=2", "n=999999999999999999999"})
    void REG_21_what_is_no_number_of_tags_is_a_bad_request(String query) {
        RequestTarget.Wrong wrong = wrong("/v2/ghcr.io/acme/app/tags/list?" + query);
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.code()).isEqualTo(ErrorCode.PAGINATION_NUMBER_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"last=%0d%0aX:1", "last=", "last=a%20b", "last=..%2f", "last=-a", "last=a&last=b", "last=%"})
    void REG_21_what_is_no_tag_to_begin_after_is_a_bad_request(String query) {
        RequestTarget.Wrong wrong = wrong("/v2/ghcr.io/acme/app/tags/list?" + query);
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.code()).isEqualTo(ErrorCode.NAME_INVALID);
    }

    @Test
    void reads_a_request_for_referrers() {
        String path = "/v2/ghcr.io/acme/app/referrers/sha256:" + HEX;
        assertThat(list(path).subject()).map(Object::toString).contains("sha256:" + HEX);
        for (String type : new String[] {"application/x+json", "application%2Fx%2bjson"}) {
            DiscoveryRequest.Referrers wanted = (DiscoveryRequest.Referrers)
                    list(path + "?artifactType=" + type).wanted();
            assertThat(wanted.artifactType()).contains("application/x+json");
            assertThat(wanted.after()).isEmpty();
        }
        DiscoveryRequest.Referrers next = (DiscoveryRequest.Referrers)
                list(path + "?artifactType=a%2Fb&after=sha256:" + HEX).wanted();
        assertThat(next.after()).map(Object::toString).contains("sha256:" + HEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "artifactType=",
                "artifactType=a&artifactType=b",
                "artifactType=%0d%0aX:1",
                "after=",
                "after=x",
                "after=sha256:..%2f",
            })
    void a_request_for_referrers_says_one_thing(String query) {
        assertThat(wrong("/v2/ghcr.io/acme/app/referrers/sha256:" + HEX + "?" + query)
                        .status())
                .isEqualTo(400);
        String longType = "artifactType=" + "a".repeat(400);
        assertThat(wrong("/v2/ghcr.io/acme/app/referrers/sha256:" + HEX + "?" + longType)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void lists_are_of_configured_upstreams_only() {
        assertThat(wrong("/v2/evil.example/app/tags/list").reason()).contains(RefusalReason.UNKNOWN_UPSTREAM);
        assertThat(wrong("/v2/ghcr.io/Acme/tags/list").code()).isEqualTo(ErrorCode.NAME_INVALID);
        assertThat(wrong("/v2/ghcr.io/acme/app/referrers/latest").code()).isEqualTo(ErrorCode.DIGEST_INVALID);
        assertThat(wrong("/v2/ghcr.io/acme/app/tags/all").status()).isEqualTo(404);
    }

    @Test
    void everything_else_is_not_here() {
        for (String uri : new String[] {"/", "/metrics", "/v1/", "/v2/_catalog", "/v3/a/manifests/b"}) {
            assertThat(wrong(uri).status()).as(uri).isEqualTo(404);
        }
        assertThat(parse("/v2/", MANY)).isInstanceOf(RequestTarget.Base.class);
    }
}
