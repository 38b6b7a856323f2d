package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry does to a signer, and what the signer makes of it. */
class RegistryTroubleTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path home;

    private TestRegistry registry;
    private Descriptor subject;
    private RegistryClient client;
    private SigstoreSigner signer;

    @BeforeEach
    void start() throws Exception {
        registry = new TestRegistry(true);
        Digest image = registry.image("team/app", "v1");
        subject = registry.described("team/app", image);
        client = new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of(), home),
                CLOCK);
        signer = SigstoreSigner.withKey(
                KeySigner.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair()));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void a_transfer_that_breaks_off_starts_again_in_a_new_session() throws Exception {
        AtomicInteger broken = new AtomicInteger();
        registry.trouble(exchange -> {
            // Twice: what is idempotent is sent once more as it is before anybody hears of it (RFC 9110 section 9.2.2).
            if (isUpload(exchange, "PUT") && broken.getAndIncrement() < 2) {
                exchange.getRequestBody().read();
                exchange.close(); // no answer: the connection is gone
                return true;
            }
            return false;
        });
        sign();
        assertThat(broken.get()).isGreaterThan(1);
        assertThat(count("POST ")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DIGEST_INVALID", "SIZE_INVALID", "BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID"})
    void bytes_that_did_not_all_arrive_are_sent_again(String code) throws Exception {
        AtomicInteger refused = new AtomicInteger();
        registry.trouble(exchange -> {
            if (isUpload(exchange, "PUT") && refused.getAndIncrement() == 0) {
                exchange.getRequestBody().readAllBytes();
                TestRegistry.answer(
                        exchange,
                        code.endsWith("UNKNOWN") ? 404 : 400,
                        null,
                        ("{\"errors\":[{\"code\":\"" + code + "\"}]}").getBytes(StandardCharsets.UTF_8));
                return true;
            }
            return false;
        });
        sign();
        assertThat(count("POST ")).isEqualTo(3);
    }

    @Test
    void a_refusal_that_says_another_thing_is_not_repeated() {
        registry.trouble(exchange -> {
            if (isUpload(exchange, "POST")) {
                byte[] body = "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}".getBytes(StandardCharsets.UTF_8);
                TestRegistry.answer(exchange, 404, null, body);
                return true;
            }
            return false;
        });
        assertThatThrownBy(this::sign)
                .hasMessage("registry " + registry.host() + " answered 404 (NAME_UNKNOWN) to the upload of a blob");
        assertThat(count("POST ")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"manifests", "blobs"})
    void a_registry_that_keeps_other_bytes_than_it_was_sent_is_found_out(String kind) {
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            boolean stored = exchange.getRequestMethod().equals("GET") && path.contains("/" + kind + "/sha256:");
            if (stored && !path.endsWith(subject.digest().toString())) {
                TestRegistry.answer(exchange, 200, null, "{}".getBytes(StandardCharsets.UTF_8));
                return true;
            }
            return false;
        });
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains("keeps other bytes than it was sent");
            assertThat(failure.kind()).isEqualTo(Kind.FAILED);
        });
    }

    @Test
    void a_registry_that_accepts_and_does_not_keep_is_found_out() {
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("GET") && path.contains("/manifests/sha256:")) {
                TestRegistry.answer(exchange, 404, null, new byte[0]);
                return true;
            }
            return false;
        });
        assertThatThrownBy(this::sign)
                .hasMessageMatching("registry .* accepted manifest sha256:.* and does not have it");
    }

    @Test
    void what_is_stored_but_not_yet_everywhere_is_asked_for_again() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            boolean early = exchange.getRequestMethod().equals("GET")
                    && path.contains("/manifests/sha256:")
                    && asked.getAndIncrement() == 0;
            if (early) {
                TestRegistry.answer(exchange, 404, null, new byte[0]);
            }
            return early;
        });
        sign();
        assertThat(asked).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_pause_longer_than_we_wait_is_said_and_not_waited_for(int status) {
        troubleAlways(status, "3600");
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.what())
                    .isEqualTo("registry " + registry.host() + " answered " + status
                            + " and asks for a pause of 60 minutes, longer than is waited here");
        });
        assertThat(count("HEAD ")).isEqualTo(1);
    }

    @Test
    void a_pause_until_a_date_is_understood() {
        String hour = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                CLOCK.instant().plus(Duration.ofMinutes(90)).atOffset(ZoneOffset.UTC));
        troubleAlways(429, hour);
        assertThatThrownBy(this::sign).hasMessageMatching(".*asks for a pause of (89|90) minutes.*");
    }

    @Test
    void a_short_pause_is_kept() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        List<Long> times = new CopyOnWriteArrayList<>();
        registry.trouble(exchange -> {
            if (!isUpload(exchange, "POST")) {
                return false;
            }
            times.add(System.nanoTime());
            if (asked.getAndIncrement() == 0) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                TestRegistry.answer(exchange, 429, null, new byte[0]);
                return true;
            }
            return false;
        });
        sign();
        // Not how fast, but not before: that is what was asked for.
        assertThat(times.get(1) - times.get(0))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void a_registry_that_stays_broken_is_unreachable() {
        troubleAlways(502, null);
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.what()).endsWith(" answered 502 to the upload of a blob, again and again");
        });
    }

    @Test
    void a_token_that_expires_half_way_is_refreshed_once() throws Exception {
        AtomicInteger issued = new AtomicInteger();
        AtomicInteger uses = new AtomicInteger();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/v2/")) {
                return false;
            }
            if (path.equals("/token")) {
                byte[] token = ("{\"token\":\"t" + issued.incrementAndGet() + "\"}").getBytes(StandardCharsets.UTF_8);
                TestRegistry.answer(exchange, 200, null, token);
                return true;
            }
            String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            // The first token is good for three requests, so that it ends in the middle of an upload.
            boolean good = shown.equals("Bearer t" + issued) && (issued.get() > 1 || uses.incrementAndGet() <= 3);
            if (good) {
                return false;
            }
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders()
                    .set("WWW-Authenticate", "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"");
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
        sign();
        assertThat(issued).hasValue(2);
    }

    @Test
    void a_blob_that_is_there_is_not_sent() throws Exception {
        sign();
        long first = count("POST ");
        sign();
        // A new signature of Ed25519 over the same statement is the same: nothing but the manifest is new.
        assertThat(count("POST ")).isEqualTo(first);
    }

    @Test
    void a_blob_of_another_repository_is_mounted() throws Exception {
        sign();
        registry.image("team/web", "v1");
        List<String> mounts = new CopyOnWriteArrayList<>();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("HEAD") && path.startsWith("/v2/team/web/blobs/")) {
                TestRegistry.answer(exchange, 404, null, new byte[0]);
                return true;
            }
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (isUpload(exchange, "POST") && query.startsWith("mount=")) {
                mounts.add(query);
                TestRegistry.answer(exchange, 201, null, new byte[0]);
                return true;
            }
            return false;
        });
        publisher("team/web").sign(subject, Format.BUNDLE, Map.of("other", "statement"));
        assertThat(mounts)
                .containsExactly(
                        "mount=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a&from=team/app");
    }

    @Test
    void a_mount_that_is_not_let_is_an_upload() throws Exception {
        sign();
        registry.image("team/web", "v1");
        AtomicInteger refused = new AtomicInteger();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("HEAD") && path.startsWith("/v2/team/web/blobs/")) {
                TestRegistry.answer(exchange, 404, null, new byte[0]);
                return true;
            }
            boolean mount = String.valueOf(exchange.getRequestURI().getQuery()).startsWith("mount=");
            if (mount) {
                refused.incrementAndGet();
                TestRegistry.answer(exchange, 403, null, new byte[0]);
            }
            return mount;
        });
        publisher("team/web").sign(subject, Format.BUNDLE, Map.of("n", "1"));
        publisher("team/web").sign(subject, Format.BUNDLE, Map.of("n", "2"));
        assertThat(refused).hasValue(1);
    }

    private void troubleAlways(int status, String retryAfter) {
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/v2/") || retryAfter == null && !isUpload(exchange, "POST")) {
                return false;
            }
            if (retryAfter != null) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
            }
            TestRegistry.answer(exchange, status, null, new byte[0]);
            return true;
        });
    }

    private static boolean isUpload(HttpExchange exchange, String method) throws IOException {
        return exchange.getRequestMethod().equals(method)
                && exchange.getRequestURI().getPath().contains("/blobs/uploads/");
    }

    private long count(String start) {
        return registry.log().stream().filter(line -> line.startsWith(start)).count();
    }

    private void sign() throws Failure {
        publisher("team/app").sign(subject, Format.BUNDLE, Map.of());
    }

    private EvidencePublisher publisher(String name) {
        Repository repository = new Repository(registry.host(), name);
        RemoteRepository target = new RemoteRepository(client, repository, Duration.ofSeconds(20), CLOCK).writable();
        return new EvidencePublisher(target, signer, CLOCK);
    }
}
