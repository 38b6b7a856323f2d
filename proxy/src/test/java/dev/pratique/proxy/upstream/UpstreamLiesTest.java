package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers whose frame says something else than their bytes. */
class UpstreamLiesTest {
    private final FakeRegistry registry = FakeRegistry.start();
    private final Rig rig = new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri())
            .withTimeouts(Rig.SHORT)
            .withMaxConnections(1));
    private final byte[] document = "{\"schemaVersion\":2}".getBytes(ISO_8859_1);
    private final Digest digest = registry.manifest("acme/app", MediaType.OCI_MANIFEST, document, "1.0");

    @AfterEach
    void close() {
        rig.close();
        registry.close();
    }

    private Fetched answered(Fetch fetch, String raw) {
        registry.fault("/v2/", FakeRegistryFault.raw(raw.getBytes(ISO_8859_1)));
        return rig.fetch(fetch);
    }

    private void assertHealed() {
        registry.heal();
        assertThat(rig.fetch(Rig.manifest(digest)))
                .isInstanceOfSatisfying(
                        Fetched.Found.class, found -> assertThat(found.bytes()).isEqualTo(document));
    }

    @Test
    @DisplayName("REG-03, REG-05: a Content-Length shorter or longer than the body brings no other bytes")
    void a_length_that_is_not_that_of_the_body_is_never_found() {
        String body = new String(document, ISO_8859_1);
        assertThat(answered(
                        Rig.manifest(digest),
                        "HTTP/1.1 200 OK\r\nContent-Length: " + (body.length() - 3) + "\r\n\r\n" + body))
                .isEqualTo(new Fetched.Wrong("the bytes have another digest"));
        assertThat(answered(
                        Rig.manifest(digest),
                        "HTTP/1.1 200 OK\r\nContent-Length: " + (body.length() + 3) + "\r\n\r\n" + body))
                .isInstanceOf(Fetched.Unread.class);
        assertHealed();
    }

    @ParameterizedTest(name = "REG-05: two lengths: {0}")
    @ValueSource(
            strings = {
                "Content-Length: 19\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 19",
                "Content-Length: 19\r\nContent-Length: 20",
                "Content-Length: 19, 20",
                "Content-Length: +19",
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length: 0x13"
            })
    void an_answer_with_two_or_no_readable_lengths_is_unread(String headers) {
        String chunk =
                headers.contains("chunked") ? "13\r\n{\"schemaVersion\":2}\r\n0\r\n\r\n" : "{\"schemaVersion\":2}";
        assertThat(answered(Rig.manifest(digest), "HTTP/1.1 200 OK\r\n" + headers + "\r\n\r\n" + chunk))
                .isInstanceOf(Fetched.Unread.class);
        assertHealed();
    }

    @Test
    @DisplayName("REG-05: chunks that are not chunks are unread")
    void broken_chunks_are_unread() {
        for (String chunks : new String[] {"zz\r\n{}\r\n0\r\n\r\n", "-1\r\n\r\n", "fffffffff\r\nx", "2\r\n{}"}) {
            assertThat(answered(Rig.manifest(digest), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
                    .as(chunks)
                    .isInstanceOf(Fetched.Unread.class);
        }
        assertHealed();
    }

    @Test
    void a_body_after_the_answer_to_head_is_nobodys_answer() {
        registry.fault("HEAD", (request, normal, socket) -> {
            String forged = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
            socket.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nDocker-Content-Digest: " + digest + "\r\nContent-Length: "
                                    + forged.length() + "\r\n\r\n" + forged)
                            .getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return true;
        });
        assertThat(rig.fetch(Rig.head("1.0"))).isInstanceOf(Fetched.Found.class);
        assertHealed();
    }

    @Test
    @DisplayName("UPS-09: a flood of interim answers ends")
    void a_flood_of_interim_answers_is_unread() {
        assertThat(answered(
                        Rig.tag("1.0"),
                        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1000)
                                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
                .isInstanceOf(Fetched.Unread.class);
        assertHealed();
    }

    @Test
    void trailers_are_passed_over_and_a_flood_of_them_is_unread() {
        String start =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n13\r\n{\"schemaVersion\":2}\r\n0\r\n";
        assertThat(answered(
                        Rig.manifest(digest), start + "Docker-Content-Digest: sha256:x\r\nContent-Length: 1\r\n\r\n"))
                .isInstanceOf(Fetched.Found.class);
        assertThat(answered(Rig.manifest(digest), start + ("X-A: " + "a".repeat(4000) + "\r\n").repeat(40) + "\r\n"))
                .isInstanceOf(Fetched.Unread.class);
        assertHealed();
    }

    @Test
    void an_http_1_0_answer_ends_with_the_connection() {
        String head = "HTTP/1.0 200 OK\r\nContent-Type: " + MediaType.OCI_MANIFEST + "\r\n\r\n";
        assertThat(answered(Rig.manifest(digest), head + new String(document, ISO_8859_1)))
                .isInstanceOf(Fetched.Found.class);
        assertThat(answered(Rig.manifest(digest), head + "{\"schemaVersion\""))
                .isEqualTo(new Fetched.Wrong("the bytes have another digest"));
        assertHealed();
    }

    @ParameterizedTest(name = "a status line of {0} is no content")
    @ValueSource(
            strings = {
                "HTTP/1.1 0 X",
                "HTTP/1.1 -200 X",
                "HTTP/1.1 20 X",
                "HTTP/1.1 2000 X",
                "HTTP/1.1 99999999999 X",
                "HTTP/1.1 ok OK",
                "HTTP/9.9 200 OK",
                "HTTP/1.1 201 X",
                "HTTP/1.1 204 X",
                "HTTP/1.1 206 X",
                "HTTP/1.1 226 X",
                "HTTP/1.1 418 X",
                "HTTP/1.1 451 X",
                "HTTP/1.1 600 X",
                "HTTP/1.1 999 X",
                "200 OK"
            })
    void absurd_statuses_are_no_content(String line) {
        assertThat(answered(Rig.tag("1.0"), line + "\r\nContent-Length: 2\r\n\r\n{}"))
                .isNotInstanceOfAny(Fetched.Found.class, Fetched.Missing.class);
        assertHealed();
    }

    @ParameterizedTest(name = "a manifest in {0} is wrong")
    @ValueSource(strings = {"gzip", "br", "identity, gzip", "x"})
    void coded_content_is_wrong(String coding) {
        registry.fault("manifests/1.0", FakeRegistryFault.header("Content-Encoding", coding));
        assertThat(rig.fetch(Rig.tag("1.0")))
                .isEqualTo(new Fetched.Wrong("the registry compressed what must come as it is"));
    }

    @Test
    @DisplayName("UPS-14: a faked error of the protocol says nothing that reaches anybody")
    void an_error_body_is_never_repeated() {
        String body = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"<script>visit evil.example\"}]}";
        for (int status : new int[] {400, 403, 404, 429, 500, 502, 503}) {
            Fetched fetched = answered(
                    Rig.tag("1.0"),
                    "HTTP/1.1 " + status + " evil.example\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(fetched).isNotInstanceOf(Fetched.Found.class);
            assertThat(fetched.toString()).doesNotContain("evil").doesNotContain("script");
        }
        assertHealed();
    }
}
