package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that come late, cut, too large, or not at all. */
class UpstreamFailuresTest {
    private final FakeRegistry registry = FakeRegistry.start();
    private final Rig rig = new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri())
            .withTimeouts(Rig.SHORT)
            .withMissing(Set.of(410))
            .withMaxConnections(4));
    private final byte[] document = "{\"schemaVersion\":2}".getBytes(UTF_8);

    UpstreamFailuresTest() {
        registry.manifest("acme/app", MediaType.OCI_MANIFEST, document, "1.0");
    }

    private final byte[] content = new byte[300_000];
    private final Digest blob = registry.blob("acme/app", content);

    @AfterEach
    void close() {
        rig.close();
        registry.close();
    }

    @Test
    @DisplayName("REG-05: a body cut by a clean end, a reset or a missing last chunk is not read")
    void truncated_bodies_are_unread() {
        List<FakeRegistryFault> faults = List.of(
                FakeRegistryFault.truncate(150_000),
                FakeRegistryFault.reset(150_000),
                FakeRegistryFault.noLastChunk(300_000),
                FakeRegistryFault.noLastChunk(150_000));
        for (FakeRegistryFault fault : faults) {
            registry.fault("/blobs/", 1, fault);
            assertThat(rig.fetch(Rig.blob(blob))).isInstanceOf(Fetched.Unread.class);
        }
        registry.fault("manifests/1.0", 1, FakeRegistryFault.truncate(5));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
    }

    @Test
    @DisplayName("REG-09: a body beyond the limit is refused, announced or not")
    void bodies_beyond_the_limit_are_wrong() {
        Fetch limited = new Fetch.ManifestOf(Rig.APP, new Reference.Tag("big"), 4 << 20);
        byte[] big = new byte[(4 << 20) + 1];
        registry.manifest("acme/app", MediaType.OCI_MANIFEST, big, "big");
        assertThat(rig.fetch(limited)).isEqualTo(new Fetched.Wrong("the body is larger than 4194304 bytes"));
        registry.fault("manifests/big", FakeRegistryFault.chunked());
        assertThat(rig.fetch(limited)).isEqualTo(new Fetched.Wrong("the body is larger than 4194304 bytes"));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
    }

    @Test
    void a_compressed_answer_is_wrong() {
        registry.fault("manifests/1.0", FakeRegistryFault.header("Content-Encoding", "gzip"));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
    }

    @Test
    @Timeout(25) // less than the upstream hangs
    @DisplayName("UPS-09: no answer, a stopped body and a dripping one end in time")
    void hanging_and_dripping_are_unread() {
        registry.fault("manifests/hang", FakeRegistryFault.hang(Duration.ofSeconds(30)));
        registry.fault("GET /v2/acme/app/blobs/", FakeRegistryFault.drip(Duration.ofMillis(100)));
        List<Fetched> answers = rig.fetchAll(List.of(Rig.tag("hang"), Rig.blob(blob), Rig.tag("1.0")));
        assertThat(answers.get(0)).isInstanceOf(Fetched.Unread.class);
        assertThat(answers.get(1)).isInstanceOf(Fetched.Unread.class);
        assertThat(answers.get(2)).isInstanceOf(Fetched.Found.class);
    }

    @Test
    @Timeout(25)
    @DisplayName("UPS-09: the caller's deadline holds, whatever the timeouts are")
    void the_deadline_holds() {
        registry.fault("manifests/1.0", FakeRegistryFault.hang(Duration.ofSeconds(30)));
        Duration minute = Duration.ofMinutes(1);
        try (Rig patient = new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri())
                .withTimeouts(new Timeouts(minute, minute, minute, minute)))) {
            assertThat(patient.fetch(Rig.tag("1.0"), Duration.ofMillis(150))).isInstanceOf(Fetched.Unread.class);
        }
    }

    @Test
    @DisplayName("UPS-09: Retry-After is kept within a minute")
    void server_errors_are_unread_with_a_bounded_retry() {
        registry.fault("manifests/1.0", FakeRegistryFault.status(503, "Retry-After", "1000000000"));
        assertThat(rig.fetch(Rig.tag("1.0")))
                .isInstanceOfSatisfying(
                        Fetched.Unread.class,
                        unread -> assertThat(unread.retryAfter()).isEqualTo(Duration.ofSeconds(60)));
        registry.fault("manifests/1.0", FakeRegistryFault.status(429, "Retry-After", "0"));
        assertThat(rig.fetch(Rig.tag("1.0")))
                .isInstanceOfSatisfying(
                        Fetched.Unread.class,
                        unread -> assertThat(unread.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
        registry.fault("manifests/1.0", FakeRegistryFault.status(500));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
    }

    @Test
    @DisplayName("UPS-14: an endless error page is not read, and not repeated")
    void a_large_error_page_is_not_read() {
        registry.fault("manifests/none", (request, normal, socket) -> {
            byte[] page = "<script>".repeat(8192).getBytes(UTF_8);
            socket.getOutputStream().write("HTTP/1.1 404 X\r\nContent-Length: 52428800\r\n\r\n".getBytes(UTF_8));
            for (int i = 0; i < 800; i++) {
                socket.getOutputStream().write(page);
            }
            return true;
        });
        assertThat(rig.fetch(Rig.tag("none"))).isEqualTo(new Fetched.Missing());
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
    }

    @Test
    void headers_beyond_the_limits_and_other_protocols_are_unread() {
        String line = "X-A: " + "a".repeat(7000) + "\r\n";
        registry.fault(
                "manifests/1.0",
                FakeRegistryFault.raw(("HTTP/1.1 200 OK\r\n" + line.repeat(12) + "\r\n").getBytes(UTF_8)));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
        registry.fault("manifests/1.0", FakeRegistryFault.raw("SSH-2.0-OpenSSH_9.2\r\n\r\n".getBytes(UTF_8)));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
        registry.fault(
                "manifests/1.0",
                FakeRegistryFault.raw("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n".getBytes(UTF_8)));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
    }

    @Test
    void interim_answers_are_passed_over() {
        registry.fault("manifests/1.0", (request, normal, socket) -> {
            socket.getOutputStream()
                    .write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                            .getBytes(UTF_8));
            return FakeRegistryFault.header("X", "y").answer(request, normal, socket);
        });
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
    }

    @Test
    void nothing_listens_is_unread() {
        registry.close();
        assertThat(rig.fetch(Rig.tag("1.0")))
                .isInstanceOfSatisfying(
                        Fetched.Unread.class,
                        unread -> assertThat(unread.what()).isEqualTo("cannot connect to " + registry.uri()));
    }

    @Test
    void a_connection_that_brought_unasked_bytes_is_not_used_again() {
        byte[] two = ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                .getBytes(UTF_8);
        registry.fault("manifests/none", (request, normal, socket) -> {
            socket.getOutputStream().write(two);
            return true;
        });
        assertThat(rig.fetch(Rig.tag("none"))).isInstanceOf(Fetched.Missing.class);
        assertThat(rig.fetch(Rig.tag("1.0")))
                .isInstanceOfSatisfying(
                        Fetched.Found.class, found -> assertThat(found.bytes()).isEqualTo(document));
    }

    @Test
    void tries_once_more_when_an_idle_connection_was_dead() {
        for (int i = 0; i < 10; i++) {
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
            registry.dropConnections();
        }
    }
}
