package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry does to uploads, and what the signer makes of it. */
class RegistryTroubleTest extends TroubledRegistry {
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

    /** The older form too, and before a tag names what lies there. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void evidence_that_is_not_kept_as_it_was_sent_is_never_named(Format format) {
        registry.trouble(exchange -> {
            boolean read = exchange.getRequestMethod().equals("GET")
                    && exchange.getRequestURI().getPath().contains("/blobs/");
            if (read) {
                TestRegistry.answer(exchange, 200, null, "{}".getBytes(StandardCharsets.UTF_8));
            }
            return read;
        });
        assertThatThrownBy(() -> publisher("team/app").sign(subject, format, Map.of()))
                .hasMessageMatching("registry .* accepted blob sha256:.* and keeps other bytes than it was sent");
        assertThat(count("PUT /v2/team/app/manifests/")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void evidence_is_read_back_once(Format format) throws Exception {
        publisher("team/app").sign(subject, format, Map.of());
        assertThat(count("GET /v2/team/app/blobs/")).isEqualTo(1);
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

    /** ggcr, which cosign writes with, takes them too; whether it is there is what reading it says. */
    @ParameterizedTest
    @ValueSource(ints = {200, 202})
    void a_manifest_that_is_taken_with_another_status_than_201_is_stored(int status) throws Exception {
        registry.trouble(exchange -> isManifest(exchange, "PUT") && registry.keeps(exchange, status));
        sign();
        publisher("team/app").sign(subject, Format.COSIGN, Map.of());
        assertThat(count("PUT /v2/team/app/manifests/")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void refuses_to_call_stored_what_a_registry_has_only_promised_to_store(Format format) {
        registry.trouble(exchange -> {
            boolean put = isManifest(exchange, "PUT");
            if (put) {
                exchange.getRequestBody().readAllBytes();
                TestRegistry.answer(exchange, 202, null, new byte[0]);
            }
            return put;
        });
        String named = format == Format.COSIGN ? "the tag sha256-.*\\.sig" : "manifest sha256:.*";
        assertThatThrownBy(() -> publisher("team/app").sign(subject, format, Map.of()))
                .hasMessageMatching("registry .* accepted " + named + " and does not have it");
        // Long before other writers would be given up on.
        assertThat(count("PUT /v2/team/app/manifests/")).isLessThan(7);
    }

    @Test
    void what_a_registry_refuses_as_a_manifest_is_not_said_to_be_unpublished() {
        registry.trouble(
                exchange -> isManifest(exchange, "PUT") && TestRegistry.refuse(exchange, 400, "MANIFEST_INVALID"));
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains("answered 400 (MANIFEST_INVALID) to PUT manifests/sha256:");
            assertThat(failure.hint())
                    .isEqualTo(
                            "see what the registry's log says of it; pratique verify says whether it is there all the same");
        });
    }

    @Test
    void a_list_that_is_behind_is_looked_at_again_and_no_tag_is_written() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        registry.trouble(exchange -> isManifest(exchange, "PUT") && registry.keeps(exchange, 201)
                || isLook(exchange) && looks.incrementAndGet() < 3 && emptyList(exchange));
        sign();
        assertThat(looks).hasValue(3);
        assertThat(registry.manifest("team/app/sha256-" + subject.digest().hex()))
                .isEmpty();
    }

    @Test
    void a_list_that_has_it_once_the_tag_is_written_will_do() throws Exception {
        String tag = "team/app/sha256-" + subject.digest().hex();
        registry.trouble(exchange -> isManifest(exchange, "PUT") && registry.keeps(exchange, 201)
                || isLook(exchange) && registry.manifest(tag).isEmpty() && emptyList(exchange));
        sign();
        assertThat(registry.manifest(tag)).isPresent();
    }

    /** Clients whose call answers 200 do not read the tag. */
    @Test
    void refuses_to_call_found_what_a_registry_never_lists() {
        registry.trouble(exchange -> isManifest(exchange, "PUT") && registry.keeps(exchange, 201)
                || isLook(exchange) && emptyList(exchange));
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.FAILED);
            assertThat(failure.what())
                    .matches("the evidence is stored as sha256:[0-9a-f]{64}, but registry " + registry.host()
                            + " does not list it, so that nobody finds it");
        });
        assertThat(registry.manifest("team/app/sha256-" + subject.digest().hex()))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 200})
    void what_is_no_list_of_referrers_is_not_waited_for(int status) throws Exception {
        AtomicInteger looks = new AtomicInteger();
        registry.trouble(exchange -> {
            if (isManifest(exchange, "PUT")) {
                return registry.keeps(exchange, 201);
            }
            boolean look = isLook(exchange);
            if (look) {
                looks.incrementAndGet();
                TestRegistry.answer(exchange, status, "text/html", "<html>".getBytes(StandardCharsets.UTF_8));
            }
            return look;
        });
        sign();
        assertThat(looks).hasValue(1);
        assertThat(registry.manifest("team/app/sha256-" + subject.digest().hex()))
                .isPresent();
    }

    private static boolean isManifest(HttpExchange exchange, String method) {
        return exchange.getRequestMethod().equals(method)
                && exchange.getRequestURI().getPath().contains("/manifests/");
    }

    private static boolean isLook(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().contains("/referrers/");
    }

    private static boolean emptyList(HttpExchange exchange) throws IOException {
        TestRegistry.answer(
                exchange,
                200,
                MediaType.OCI_INDEX,
                ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[]}")
                        .getBytes(StandardCharsets.UTF_8));
        return true;
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
}
