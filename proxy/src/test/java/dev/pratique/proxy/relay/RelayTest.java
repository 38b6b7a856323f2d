package dev.pratique.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.proxy.FakeRegistryFault;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.Admission.Confirmation;
import dev.pratique.proxy.admission.TestAdmissions;
import dev.pratique.proxy.upstream.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayTest {
    @TempDir
    Path dir;

    private RelayRig rig;
    private final AtomicInteger confirmed = new AtomicInteger();
    private final byte[] content = new byte[1 << 20];
    private final byte[] small = new byte[4000];
    private Digest blob;
    private Digest tiny;

    @BeforeEach
    void start() throws Exception {
        rig = new RelayRig(dir.resolve("store"), Duration.ofSeconds(1), null);
        new Random(1).nextBytes(content);
        new Random(2).nextBytes(small);
        blob = rig.registry.blob("acme/app", content);
        tiny = rig.registry.blob("acme/app", small);
        rig.admit(blobs(OptionalLong.empty(), Confirmation.CURRENT));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private Function<Digest, Admission> blobs(OptionalLong size, Confirmation confirmation) {
        return digest -> TestAdmissions.blob(Rig.APP, digest, size, confirmation, confirmed::incrementAndGet);
    }

    private void awaitStored(Digest digest) {
        Awaitility.await()
                .until(() -> rig.store.contains(digest) && rig.store.fills().active() == 0);
    }

    private void await(String outcome) {
        Awaitility.await().untilAsserted(() -> assertThat(rig.outcomes).anyMatch(said -> said.contains(outcome)));
    }

    @Test
    void a_cold_blob_is_streamed_and_stored_and_a_warm_one_comes_from_the_store() throws Exception {
        try (Client client = rig.connect()) {
            Client.Head cold = client.ask("GET", blob);
            assertThat(cold.status()).isEqualTo(200);
            assertThat(cold.length()).isEqualTo(content.length);
            assertThat(client.body(content.length)).isEqualTo(content);
            awaitStored(blob);
            for (int i = 0; i < 3; i++) {
                Client.Head warm = client.ask("GET", blob);
                assertThat(client.body(warm.length())).isEqualTo(content);
            }
            assertThat(client.ask("GET", tiny).length()).isEqualTo(small.length);
            assertThat(client.body(small.length)).isEqualTo(small);
            awaitStored(tiny);
            client.ask("GET", tiny);
            assertThat(client.body(small.length)).isEqualTo(small);
        }
        assertThat(rig.registry.count("GET /v2/acme/app/blobs/" + blob)).isOne();
        assertThat(rig.registry.count("HEAD")).isZero();
        assertThat(confirmed).hasValue(2);
        Awaitility.await().until(() -> rig.outcomes.size() == 6);
        assertThat(rig.outcomes).allMatch(said -> said.startsWith("served"));
    }

    @Test
    void headers_are_those_of_the_distribution_specification() throws Exception {
        try (Client client = rig.connect()) {
            for (String method : List.of("HEAD", "GET")) {
                Client.Head head = client.ask(method, blob, "Accept-Encoding: gzip, zstd");
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.first("content-type")).isEqualTo("application/octet-stream");
                assertThat(head.length()).isEqualTo(content.length);
                assertThat(head.first("docker-content-digest")).isEqualTo(blob.toString());
                assertThat(head.first("etag")).isEqualTo("\"" + blob + "\"");
                assertThat(head.first("accept-ranges")).isEqualTo("bytes");
                assertThat(head.first("cache-control")).isEqualTo("private, no-cache");
                assertThat(head.first("docker-distribution-api-version")).isEqualTo("registry/2.0");
                assertThat(head.headers()).doesNotContainKeys("content-encoding", "transfer-encoding", "warning");
            }
            client.body(content.length);
        }
        assertThat(rig.registry.count("HEAD")).isOne();
    }

    @Test
    void a_manifest_is_served_from_the_store_with_its_warnings() throws Exception {
        byte[] manifest = "{\"schemaVersion\":2}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(manifest);
        rig.store.put(digest, manifest);
        List<String> warnings = List.of("say \"hi\" \\ o\r\nX-Evil: 1 \u00e9", "x".repeat(5000), "never reached");
        rig.admit(asked ->
                TestAdmissions.manifest(Rig.APP, asked, MediaType.OCI_INDEX, warnings, Confirmation.CURRENT, () -> {}));
        try (Client client = rig.connect()) {
            Client.Head head = client.ask("GET", digest);
            assertThat(head.first("content-type")).isEqualTo(MediaType.OCI_INDEX);
            assertThat(head.headers().get("warning"))
                    .startsWith("299 - \"say \\\"hi\\\" \\\\ o??X-Evil: 1 ?\"")
                    .allSatisfy(
                            value -> assertThat(value).startsWith("299 - \"").endsWith("\""));
            assertThat(String.join("", head.headers().get("warning")).length()).isLessThanOrEqualTo(4096);
            assertThat(client.body(head.length())).isEqualTo(manifest);
            assertThat(client.ask("HEAD", digest).length()).isEqualTo(manifest.length);
            Digest gone = Digest.sha256(content);
            assertThat(client.ask("GET", gone).status()).isEqualTo(503);
        }
    }

    @Test
    void one_content_is_served_under_each_type_that_it_is_admitted_as_however_often() throws Exception {
        byte[] manifest = "{\"schemaVersion\":2}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(manifest);
        rig.store.put(digest, manifest);
        AtomicReference<String> type = new AtomicReference<>();
        rig.admit(asked ->
                TestAdmissions.manifest(Rig.APP, asked, type.get(), List.of(), Confirmation.CURRENT, () -> {}));
        try (Client client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                for (String one : List.of(MediaType.OCI_INDEX, MediaType.OCI_MANIFEST)) {
                    type.set(one);
                    Client.Head head = client.ask("GET", digest);
                    assertThat(head.status()).isEqualTo(200);
                    assertThat(head.first("content-type")).isEqualTo(one);
                    assertThat(client.body(head.length())).isEqualTo(manifest);
                    assertThat(head.headers())
                            .isEqualTo(client.ask("HEAD", digest).headers());
                }
            }
            assertThat(client.ask("GET", digest, "Connection: close").first("connection"))
                    .isEqualTo("close");
            assertThat(client.drain()).isEqualTo(manifest.length);
        }
    }

    @Test
    @DisplayName("REG-15: stored bytes are served in a repository only after the upstream served them there")
    void stored_bytes_are_confirmed_by_the_upstream_first() throws Exception {
        rig.store.put(blob, content);
        rig.admit(blobs(OptionalLong.empty(), Confirmation.NONE));
        try (Client client = rig.connect()) {
            assertThat(client.ask("HEAD", blob).status()).isEqualTo(200);
            assertThat(client.ask("GET", blob).status()).isEqualTo(200);
            assertThat(client.body(content.length)).isEqualTo(content);
            assertThat(confirmed).hasValue(2);
            assertThat(rig.registry.count("HEAD /v2/acme/app/blobs/" + blob)).isEqualTo(2);
            assertThat(rig.registry.count("GET")).isZero();

            rig.registry.fault("blobs", FakeRegistryFault.status(404));
            assertThat(client.ask("HEAD", blob).status()).isEqualTo(404);
            assertThat(client.ask("GET", blob).status()).isEqualTo(404);
            rig.registry.fault("blobs", FakeRegistryFault.status(403));
            assertThat(client.ask("GET", blob).status()).isEqualTo(404);
            rig.registry.fault("blobs", FakeRegistryFault.status(500));
            assertThat(client.ask("GET", blob).status()).isEqualTo(503);
            assertThat(confirmed).hasValue(2);

            rig.admit(blobs(OptionalLong.empty(), Confirmation.STALE));
            assertThat(client.ask("GET", blob).status()).isEqualTo(200);
            assertThat(client.body(content.length)).isEqualTo(content);
            rig.registry.fault("blobs", FakeRegistryFault.status(404));
            assertThat(client.ask("GET", blob).status()).isEqualTo(404);
            assertThat(confirmed).hasValue(2);
        }
    }

    @Test
    void damaged_content_that_a_read_only_disk_keeps_comes_from_the_upstream() throws Exception {
        Path fan = dir.resolve("store/blobs/sha256").resolve(tiny.hex().substring(0, 2));
        rig.store.put(tiny, small);
        Files.write(fan.resolve(tiny.hex()), new byte[small.length]);
        Files.setPosixFilePermissions(fan, PosixFilePermissions.fromString("r-xr-xr-x"));
        Assumptions.assumeFalse(Files.isWritable(fan), "root may remove it all the same");
        try (Client client = rig.connect()) {
            client.ask("GET", tiny);
            assertThat(client.body(small.length)).isEqualTo(small);
            assertThat(rig.registry.count("GET")).isOne();
        } finally {
            Files.setPosixFilePermissions(fan, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    @DisplayName("REG-03: wrong bytes for a digest: an error where small, a cut connection else, and nothing is stored")
    void wrong_bytes_never_come_whole() throws Exception {
        rig.registry.fault("GET /v2/acme/app/blobs/", 2, FakeRegistryFault.wrongBytesSlowly());
        try (Client client = rig.connect()) {
            assertThat(client.ask("GET", tiny).status()).isEqualTo(502);
            assertThat(client.ask("GET", blob).status()).isEqualTo(200);
            assertThat(client.drain()).isLessThanOrEqualTo(content.length - (16 << 10));
        }
        await("aborted the bytes have another digest");
        assertThat(rig.store.contains(blob)).isFalse();
        assertThat(confirmed).hasValue(0);
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            assertThat(client.body(content.length)).isEqualTo(content);
            client.ask("GET", tiny);
            assertThat(client.body(small.length)).isEqualTo(small);
        }
    }

    @Test
    @DisplayName("REG-05: a body cut by a clean end, a reset or a missing last chunk cuts the client off")
    void truncated_bodies_cut_the_client_off() throws Exception {
        for (FakeRegistryFault fault : List.of(FakeRegistryFault.truncate(500_000), FakeRegistryFault.reset(500_000))) {
            rig.registry.fault("GET /v2/acme/app/blobs/", 1, fault);
            try (Client client = rig.connect()) {
                assertThat(client.ask("GET", blob).status()).isEqualTo(200);
                assertThat(client.drain()).isLessThan(content.length);
            }
            assertThat(rig.store.contains(blob)).isFalse();
        }
        for (int bytes : new int[] {500_000, content.length}) {
            rig.registry.fault("GET /v2/acme/app/blobs/", 1, FakeRegistryFault.noLastChunk(bytes));
            try (Client client = rig.connect()) {
                assertThat(client.ask("GET", blob).status()).isEqualTo(503);
            }
        }
        assertThat(rig.store.contains(blob)).isFalse();
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            assertThat(client.body(content.length)).isEqualTo(content);
        }
    }

    @Test
    void a_blob_of_unannounced_length_is_served_with_its_true_length() throws Exception {
        rig.registry.fault("/blobs/", FakeRegistryFault.chunked());
        try (Client client = rig.connect()) {
            Client.Head head = client.ask("GET", blob);
            assertThat(head.length()).isEqualTo(content.length);
            assertThat(client.body(content.length)).isEqualTo(content);
        }
    }

    @Test
    void another_length_than_the_manifest_says_is_wrong() throws Exception {
        rig.admit(blobs(OptionalLong.of(content.length - 1), Confirmation.CURRENT));
        try (Client client = rig.connect()) {
            assertThat(client.ask("HEAD", blob).status()).isEqualTo(502);
            assertThat(client.ask("GET", blob).status()).isEqualTo(502);
            awaitStored(blob);
            assertThat(client.ask("GET", blob).status()).isEqualTo(502);
            rig.admit(blobs(OptionalLong.of(content.length), Confirmation.CURRENT));
            assertThat(client.ask("GET", blob).status()).isEqualTo(200);
        }
    }

    @Test
    void failures_before_the_first_byte_are_left_to_the_http_layer() throws Exception {
        try (Client client = rig.connect()) {
            rig.registry.fault("/blobs/", FakeRegistryFault.status(404));
            assertThat(client.ask("GET", blob).status()).isEqualTo(404);
            assertThat(client.ask("HEAD", blob).status()).isEqualTo(404);
            rig.registry.fault("/blobs/", FakeRegistryFault.status(500));
            assertThat(client.ask("GET", blob).status()).isEqualTo(503);
            assertThat(client.ask("HEAD", blob).status()).isEqualTo(503);
            rig.registry.fault("/blobs/", FakeRegistryFault.header("Content-Encoding", "gzip"));
            assertThat(client.ask("GET", blob).status()).isEqualTo(502);
            rig.registry.fault("/blobs/", FakeRegistryFault.hang(Duration.ofSeconds(20)));
            assertThat(client.ask("GET", blob).status()).isEqualTo(503);
            rig.registry.heal();
            assertThat(client.ask("GET", blob).status()).isEqualTo(200);
            assertThat(client.body(content.length)).isEqualTo(content);
        }
    }

    @Test
    @DisplayName("REG-23: one range of a stored blob is 206, a bad one 416, everything else the whole")
    void ranges_of_stored_blobs() throws Exception {
        try (Client client = rig.connect()) {
            // Slowly, or it may be stored whole before the answer begins.
            rig.registry.fault("/blobs/", FakeRegistryFault.slowly(content.length / 4, Duration.ofMillis(100)));
            Client.Head cold = client.ask("GET", blob, "Range: bytes=10-19");
            assertThat(cold.status()).isEqualTo(200);
            assertThat(client.body(cold.length())).isEqualTo(content);
            awaitStored(blob);
            rig.registry.heal();
            range(client, "bytes=10-19", 206, 10, 20);
            range(client, "bytes=0-", 206, 0, content.length);
            range(client, "bytes=-7", 206, content.length - 7, content.length);
            range(client, "bytes=5-99999999999", 206, 5, content.length);
            range(client, "bytes=5-2", 416, 0, 0);
            range(client, "bytes=0-1,3-4", 200, 0, content.length);
            range(client, "bytes=" + "0-1,".repeat(10_000 / 10) + "3-4", 200, 0, content.length);
            range(client, "bytes=0-99999999999999999999999", 206, 0, content.length);
            range(client, "bytes=-99999999999999999999999", 206, 0, content.length);
            range(client, "bytes=000000000000000000000000010-019", 206, 10, 20);
            range(client, "BYTES=10-19", 206, 10, 20);
            for (String none : List.of(
                    "bytes=",
                    "bytes=-",
                    "bytes=a-b",
                    "bytes=1 0-19",
                    "bytes =0-1",
                    "lines=0-1",
                    "0-1",
                    "bytes=0-1,",
                    "bytes=+1-2",
                    "bytes=--1",
                    "bytes=0x1-2")) {
                range(client, none, 200, 0, content.length);
            }
            range(client, "bytes=18446744073709551615-", 416, 0, 0);
            range(client, "bytes=-0", 416, 0, 0);
            Client.Head beyond = client.ask("GET", blob, "Range: bytes=1048576-");
            assertThat(beyond.status()).isEqualTo(416);
            assertThat(beyond.first("content-range")).isEqualTo("bytes */1048576");
            assertThat(beyond.length()).isZero();
            Client.Head head = client.ask("HEAD", blob, "Range: bytes=10-19");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.length()).isEqualTo(content.length);
            assertThat(head.first("accept-ranges")).isEqualTo("bytes");
            assertThat(head.headers()).doesNotContainKey("content-range");
        }
    }

    @Test
    void a_range_of_an_empty_blob_is_all_of_it() throws Exception {
        Digest empty = rig.registry.blob("acme/app", new byte[0]);
        try (Client client = rig.connect()) {
            for (String range : List.of("bytes=0-", "bytes=-5", "bytes=0-0")) {
                Client.Head head = client.ask("GET", empty, "Range: " + range);
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.length()).isZero();
            }
        }
    }

    @Test
    @DisplayName("REG-23: a range of a manifest is ignored, and no range is kept as the whole")
    void ranges_are_for_blobs_only_and_never_stored() throws Exception {
        byte[] manifest = "{\"schemaVersion\":2}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(manifest);
        rig.store.put(digest, manifest);
        rig.admit(asked -> TestAdmissions.manifest(
                Rig.APP, asked, MediaType.OCI_INDEX, List.of(), Confirmation.CURRENT, () -> {}));
        try (Client client = rig.connect()) {
            Client.Head head = client.ask("GET", digest, "Range: bytes=0-1");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).doesNotContainKeys("accept-ranges", "content-range");
            assertThat(client.body(head.length())).isEqualTo(manifest);
        }
        rig.admit(blobs(OptionalLong.empty(), Confirmation.CURRENT));
        try (Client client = rig.connect()) {
            // Small enough to be whole, and compared with its digest, before anything of it is sent.
            assertThat(client.ask("GET", tiny, "Range: bytes=2-9").first("content-range"))
                    .isEqualTo("bytes 2-9/" + small.length);
            assertThat(client.body(8)).isEqualTo(Arrays.copyOfRange(small, 2, 10));
            awaitStored(tiny);
            assertThat(rig.registry.requests())
                    .allSatisfy(request -> assertThat(request.headers().keySet())
                            .noneMatch(name ->
                                    name.toLowerCase(java.util.Locale.ROOT).contains("range")));
            assertThat(client.ask("GET", tiny, "Range: bytes=0-9").length()).isEqualTo(10);
            client.body(10);
            assertThat(client.ask("GET", tiny).length()).isEqualTo(small.length);
            assertThat(client.body(small.length)).isEqualTo(small);
        }
    }

    private void range(Client client, String range, int status, int from, int to) throws Exception {
        Client.Head head = client.ask("GET", blob, "Range: " + range);
        assertThat(head.status()).isEqualTo(status);
        assertThat(client.body(head.length())).isEqualTo(Arrays.copyOfRange(content, from, to));
        if (status == 206) {
            assertThat(head.first("content-range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + content.length);
        }
    }

    @Test
    void a_connection_that_is_not_kept_is_closed_after_the_answer() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Client client = rig.connect()) {
                Client.Head head = client.ask("GET", blob, "Connection: close");
                assertThat(head.first("connection")).isEqualTo("close");
                assertThat(client.drain()).isEqualTo(content.length);
            }
            awaitStored(blob);
        }
    }
}
