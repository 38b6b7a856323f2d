package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an upstream may send us, and what goes along: never more than the question (UPS-04). */
class UpstreamRedirectTest {
    private final FakeRegistry registry = FakeRegistry.start();
    private final FakeRegistry canary = FakeRegistry.start();
    private final UpstreamSettings settings = UpstreamSettings.registry(Rig.NAME, registry.uri())
            .withTimeouts(Rig.SHORT)
            .withCredentials(() -> new Credentials("robot", "s3cret"));
    private final byte[] content = new byte[10_000];
    private final Digest blob = registry.blob("acme/app", content);
    private final String path = "/v2/acme/app/blobs/" + blob;

    UpstreamRedirectTest() {
        canary.blob("acme/app", content);
    }

    @AfterEach
    void close() {
        registry.close();
        canary.close();
    }

    private Fetched fetch(UpstreamSettings from, String location) {
        registry.fault("GET " + path, FakeRegistryFault.redirect(307, location));
        try (Rig rig = new Rig(from)) {
            return rig.fetch(Rig.blob(blob));
        }
    }

    // On Linux the unspecified address reaches this machine: the canary would be asked.
    @ParameterizedTest(name = "UPS-04: {0} is not asked")
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://[fe80::1]/",
                "http://[fd00:ec2::254]/latest/meta-data",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://100.100.100.200/",
                "http://224.0.0.1/",
                "http://0.0.0.0:CANARY/",
                "http://[::]:CANARY/",
                "http://0:CANARY/"
            })
    void a_redirect_to_a_metadata_service_or_nowhere_is_wrong(String location) {
        String there = location.replace("CANARY", "" + canary.uri().getPort());
        assertThat(fetch(settings, there))
                .isInstanceOfSatisfying(
                        Fetched.Wrong.class, wrong -> assertThat(wrong.what()).contains("must not lead to"));
        assertThat(canary.connections()).isZero();
    }

    @ParameterizedTest(name = "UPS-04: {0} is no address to go to")
    @ValueSource(
            strings = {
                "http://robot:s3cret@127.0.0.1:CANARY/v2/x",
                "http://127.0.0.1:CANARY@evil.example/",
                "http://127.0.0.1:CANARY\\@evil.example/",
                "http://127.0.0.1:99999/",
                "//",
                "http:///v2/x",
                "file:///etc/passwd",
                "gopher://127.0.0.1:CANARY/",
                "http://127.0.0.1:CANARY/a b",
                "http://127.0.0.1:CANARY/\u00e4"
            })
    void a_redirect_that_cannot_be_read_in_one_way_is_wrong(String location) {
        assertThat(fetch(settings, location.replace("CANARY", "" + canary.uri().getPort())))
                .isInstanceOf(Fetched.Wrong.class);
        assertThat(canary.connections()).isZero();
    }

    @Test
    @DisplayName("UPS-04: a Location that is folded over lines or there with a bare CR leads nowhere")
    void a_location_with_line_breaks_is_not_followed() {
        for (String location : new String[] {
            canary.uri() + "/v2/x\r\n X-Evil: 1", canary.uri() + "/v2/x\rX-Evil: 1", canary.uri() + "/v2/x\u0000y"
        }) {
            String raw = "HTTP/1.1 307 Go\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
            registry.fault("GET " + path, FakeRegistryFault.raw(raw.getBytes(ISO_8859_1)));
            try (Rig rig = new Rig(settings)) {
                assertThat(rig.fetch(Rig.blob(blob))).isNotInstanceOf(Fetched.Found.class);
            }
        }
        assertThat(canary.requests())
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("x-evil"));
    }

    @Test
    @DisplayName("UPS-04: an encoded line break stays encoded, and a fragment stays here")
    void what_is_encoded_stays_so_and_a_fragment_is_not_sent() {
        canary.fault(
                "GET " + path,
                (request, normal, socket) -> FakeRegistryFault.raw(
                                ("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + "\0".repeat(10_000))
                                        .getBytes(ISO_8859_1))
                        .answer(request, normal, socket));
        assertThat(fetch(settings, canary.uri() + path + "?x=%0d%0aX-Evil:1#top"))
                .isInstanceOf(Fetched.Found.class);
        assertThat(canary.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo(path + "?x=%0d%0aX-Evil:1");
            assertThat(request.headers()).doesNotContainKeys("x-evil", "authorization", "cookie", "referer");
        });
    }

    @Test
    @DisplayName("UPS-04: two hosts that redirect to each other end")
    void a_circle_of_two_hosts_is_wrong() {
        canary.fault("/blobs/", FakeRegistryFault.redirect(302, registry.uri() + path));
        assertThat(fetch(settings, canary.uri() + path)).isInstanceOf(Fetched.Wrong.class);
        assertThat(registry.requests().size() + canary.requests().size())
                .isLessThanOrEqualTo(Question.MAX_REDIRECTS + 1);
    }

    @Test
    @DisplayName("UPS-04: the credentials of another upstream do not go there by a redirect")
    void another_upstream_is_asked_without_its_credentials() {
        UpstreamSettings other = UpstreamSettings.registry("other.example", canary.uri())
                .withTimeouts(Rig.SHORT)
                .withCredentials(() -> new Credentials("other", "0ther"));
        canary.requireBasic("other", "0ther");
        registry.fault("GET " + path, FakeRegistryFault.redirect(307, canary.uri() + path));
        try (Rig rig = new Rig(settings, other)) {
            // Basic is known to be wanted there.
            assertThat(rig.fetch(new Fetch.BlobOf(new Repository("other.example", "acme/app"), blob, 1 << 20)))
                    .isInstanceOf(Fetched.Found.class);
            int before = canary.requests().size();
            assertThat(rig.fetch(Rig.blob(blob))).isEqualTo(new Fetched.Denied(401));
            assertThat(canary.requests().subList(before, canary.requests().size()))
                    .singleElement()
                    .satisfies(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
        }
    }

    @Test
    @DisplayName("UPS-04: with a list of redirects no other host is asked")
    void only_the_listed_hosts_are_asked() {
        Origin listed = Origin.of(canary.uri()).orElseThrow();
        Origin elsewhere = new Origin("https", "store.example", 443);
        assertThat(fetch(settings.withRedirects(Set.of(elsewhere)), canary.uri() + path))
                .isInstanceOfSatisfying(
                        Fetched.Wrong.class,
                        wrong -> assertThat(wrong.what())
                                .endsWith("redirects to a host that its redirects do not name"));
        assertThat(canary.connections()).isZero();
        assertThat(fetch(settings.withRedirects(Set.of(listed)), canary.uri() + path))
                .isInstanceOf(Fetched.Found.class);
        registry.blob("acme/moved", content);
        assertThat(fetch(settings.withRedirects(Set.of(elsewhere)), "/v2/acme/moved/blobs/" + blob))
                .isInstanceOf(Fetched.Found.class);
    }

    @ParameterizedTest(name = "{0} is no redirect that is followed")
    @ValueSource(ints = {300, 304, 305, 306, 399})
    void other_statuses_of_the_kind_are_wrong(int status) {
        registry.fault("GET " + path, FakeRegistryFault.redirect(status, canary.uri() + path));
        try (Rig rig = new Rig(settings)) {
            assertThat(rig.fetch(Rig.blob(blob))).isInstanceOf(Fetched.Wrong.class);
        }
        assertThat(canary.connections()).isZero();
    }
}
