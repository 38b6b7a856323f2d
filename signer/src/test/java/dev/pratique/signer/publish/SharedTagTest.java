package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.publish.EvidencePublisher.Stored;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tags that several signers write, on registries that replace what a tag names without asking. */
class SharedTagTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int SIGNERS = 32;

    @TempDir
    private Path home;

    private KeyPairGenerator keys;

    @BeforeEach
    void make() throws Exception {
        keys = KeyPairGenerator.getInstance("Ed25519");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void an_entry_that_is_overwritten_while_it_settles_is_put_back(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            Stored first = publisher(registry).sign(registry.described("team/app", image), format, Map.of());
            Manifest before = registry.manifest("team/app/" + tag).orElseThrow();
            AtomicInteger reads = new AtomicInteger();
            registry.trouble(exchange -> {
                boolean read = exchange.getRequestMethod().equals("GET")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                // Read twice, written, and then somebody writes who had read before that.
                if (read && reads.getAndIncrement() == 2) {
                    registry.store("team/app", tag, before.bytes(), before.mediaType());
                }
                return false;
            });
            publisher(registry).sign(registry.described("team/app", image), format, Map.of());
            assertThat(entries(registry, image, format)).isEqualTo(2);
            assertThat(first.added()).isTrue();
            assertThat(registry.log().stream().filter(line -> line.startsWith("PUT ") && line.endsWith(tag)))
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void a_write_that_is_refused_since_another_was_faster_is_made_again(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false).withEtags()) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            publisher(registry).sign(subject, format, Map.of());
            EvidencePublisher faster = publisher(registry);
            List<String> conditions = new CopyOnWriteArrayList<>();
            registry.trouble(exchange -> {
                boolean write = exchange.getRequestMethod().equals("PUT")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (write && conditions.isEmpty()) {
                    registry.trouble(unheard -> false);
                    try {
                        faster.sign(subject, format, Map.of());
                    } catch (Failure e) {
                        throw new IOException(e);
                    }
                }
                if (write) {
                    conditions.add(exchange.getRequestHeaders().getFirst("If-Match"));
                }
                return false;
            });
            publisher(registry).sign(subject, format, Map.of());
            assertThat(conditions).hasSize(1).doesNotContainNull();
            assertThat(entries(registry, image, format)).isEqualTo(3);
        }
    }

    /** Harbor's answer, which it gives whatever the condition says. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void a_tag_that_is_immutable_is_no_race(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false).withEtags()) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            publisher(registry).sign(subject, format, Map.of());
            AtomicInteger writes = new AtomicInteger();
            registry.trouble(exchange -> exchange.getRequestMethod().equals("PUT")
                    && exchange.getRequestURI().getPath().endsWith(tag)
                    && writes.incrementAndGet() > 0
                    && TestRegistry.refuse(exchange, 412, "PRECONDITION"));
            assertThatThrownBy(() -> publisher(registry).sign(subject, format, Map.of()))
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.what())
                                .isEqualTo(
                                        "registry " + registry.host() + " answered 412 (PRECONDITION) to PUT manifests/"
                                                + tag + ", again and again, and the tag reads as before");
                        assertThat(failure.hint()).startsWith("is the tag immutable there?");
                    });
            // One refusal may be a race whose winner is not in every copy of the registry yet.
            assertThat(writes).hasValue(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void who_was_faster_may_be_seen_late(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false).withEtags()) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            publisher(registry).sign(subject, format, Map.of());
            Manifest old = registry.manifest("team/app/" + tag).orElseThrow();
            EvidencePublisher faster = publisher(registry);
            AtomicInteger writes = new AtomicInteger();
            AtomicInteger behind = new AtomicInteger();
            TestRegistry.Trouble stale = exchange -> {
                if (!exchange.getRequestURI().getPath().endsWith(tag)) {
                    return false;
                }
                if (exchange.getRequestMethod().equals("PUT")) {
                    writes.incrementAndGet();
                    return false;
                }
                boolean isBehind = behind.getAndDecrement() > 0;
                if (isBehind) {
                    exchange.getResponseHeaders().set("ETag", "\"" + old.digest() + "\"");
                    TestRegistry.answer(exchange, 200, old.mediaType(), old.bytes());
                }
                return isBehind;
            };
            registry.trouble(exchange -> {
                boolean first = exchange.getRequestMethod().equals("PUT")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (first) {
                    registry.trouble(unheard -> false);
                    try {
                        faster.sign(subject, format, Map.of());
                    } catch (Failure e) {
                        throw new IOException(e);
                    }
                    behind.set(1);
                    registry.trouble(stale);
                }
                return false;
            });
            publisher(registry).sign(subject, format, Map.of());
            assertThat(entries(registry, image, format)).isEqualTo(3);
            // One by what was behind, which is refused again, and one by what is true.
            assertThat(writes).hasValue(2);
        }
    }

    /** The first write made the tag, and its repetition is told that it is there; without ETags. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void a_write_whose_answer_was_lost_is_no_refusal_where_the_tag_is_immutable(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            AtomicInteger writes = new AtomicInteger();
            registry.trouble(exchange -> exchange.getRequestMethod().equals("PUT")
                    && exchange.getRequestURI().getPath().endsWith(tag)
                    && (writes.getAndIncrement() == 0
                            ? registry.keeps(exchange, 504)
                            : TestRegistry.refuse(exchange, 412, "PRECONDITION")));
            Stored stored = publisher(registry).sign(registry.described("team/app", image), format, Map.of());
            assertThat(stored.added()).isTrue();
            assertThat(entries(registry, image, format)).isEqualTo(1);
            assertThat(writes).hasValue(2);
        }
    }

    /** RFC 9110 section 13.1.1: such a condition is never true. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void a_weak_etag_is_no_condition(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            AtomicInteger weak = new AtomicInteger();
            registry.trouble(exchange -> {
                if (!exchange.getRequestURI().getPath().endsWith(tag)) {
                    return false;
                }
                if (exchange.getRequestMethod().equals("PUT")) {
                    return exchange.getRequestHeaders().containsKey("If-Match")
                            && TestRegistry.refuse(exchange, 412, "PRECONDITION_FAILED");
                }
                exchange.getResponseHeaders().set("ETag", "W/\"" + weak.incrementAndGet() + "\"");
                return false;
            });
            publisher(registry).sign(subject, format, Map.of());
            publisher(registry).sign(subject, format, Map.of());
            assertThat(entries(registry, image, format)).isEqualTo(2);
            assertThat(weak).hasPositiveValue();
        }
    }

    /** That a tag does not change is not laid to other writers. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void a_tag_that_stays_what_it_was_is_said_not_to_take_what_is_written(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            String tag = "sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
            publisher(registry).sign(subject, format, Map.of());
            registry.trouble(exchange -> {
                boolean write = exchange.getRequestMethod().equals("PUT")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (write) {
                    exchange.getRequestBody().readAllBytes();
                    TestRegistry.answer(exchange, 202, null, new byte[0]);
                }
                return write;
            });
            assertThatThrownBy(() -> hurried(registry).sign(subject, format, Map.of()))
                    .isInstanceOf(Failure.class)
                    .hasMessage("registry " + registry.host() + " accepted the tag " + tag
                            + " and shows what it named before");
        }
    }

    @Test
    void a_signature_that_is_put_back_is_the_same_signature() throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            String tag = "sha256-" + image.hex() + ".sig";
            AtomicInteger reads = new AtomicInteger();
            registry.trouble(exchange -> {
                boolean read = exchange.getRequestMethod().equals("GET")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (read && reads.getAndIncrement() == 2) {
                    TestRegistry.answer(exchange, 404, null, new byte[0]);
                    return true;
                }
                return false;
            });
            publisher(registry).sign(registry.described("team/app", image), Format.COSIGN, Map.of());
            assertThat(entries(registry, image, Format.COSIGN)).isEqualTo(1);
        }
    }

    @Test
    void who_loses_again_and_again_says_so() throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            String tag = "sha256-" + image.hex();
            AtomicInteger reads = new AtomicInteger();
            registry.trouble(exchange -> {
                boolean read = exchange.getRequestMethod().equals("GET")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (read) {
                    String others = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX
                            + "\",\"manifests\":[],\"annotations\":{\"n\":\"" + reads.incrementAndGet() + "\"}}";
                    TestRegistry.answer(exchange, 200, MediaType.OCI_INDEX, others.getBytes(StandardCharsets.UTF_8));
                }
                return read;
            });
            assertThatThrownBy(() ->
                            hurried(registry).sign(registry.described("team/app", image), Format.BUNDLE, Map.of()))
                    .isInstanceOf(Failure.class)
                    .hasMessage("the evidence is stored, but other writers kept replacing the tag " + tag
                            + " that it is found by");
        }
    }

    @Test
    void with_the_referrers_api_nobody_waits_for_anybody() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            Digest image = registry.image("team/app", "v1");
            allAtOnce(registry, image, Format.BUNDLE);
            assertThat(registry.manifest("team/app/sha256-" + image.hex())).isEmpty();
            assertThat(referrers(registry, image)).isEqualTo(SIGNERS);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void without_it_whoever_signs_at_once_is_found_in_the_end(Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            allAtOnce(registry, image, format);
            assertThat(entries(registry, image, format)).isEqualTo(SIGNERS);
        }
    }

    private void allAtOnce(TestRegistry registry, Digest image, Format format) throws Exception {
        Descriptor subject = registry.described("team/app", image);
        CyclicBarrier start = new CyclicBarrier(SIGNERS);
        ExecutorService threads = Executors.newFixedThreadPool(SIGNERS);
        try {
            List<Callable<Stored>> signers = new ArrayList<>();
            for (int i = 0; i < SIGNERS; i++) {
                EvidencePublisher publisher = publisher(registry);
                signers.add(() -> {
                    start.await();
                    return publisher.sign(subject, format, Map.of());
                });
            }
            for (Future<Stored> signed : threads.invokeAll(signers)) {
                assertThat(signed.get().added()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int entries(TestRegistry registry, Digest image, Format format) {
        String tag = "team/app/sha256-" + image.hex() + (format == Format.COSIGN ? ".sig" : "");
        Manifest manifest = registry.manifest(tag).orElseThrow();
        return manifest instanceof Manifest.Index index
                ? index.manifests().size()
                : ((Manifest.Image) manifest).layers().size();
    }

    private static long referrers(TestRegistry registry, Digest image) {
        return registry.log().stream()
                .filter(line -> line.startsWith("PUT /v2/team/app/manifests/sha256:"))
                .map(line -> line.substring("PUT /v2/".length()).replace("manifests/", ""))
                .distinct()
                .filter(name ->
                        registry.manifest(name).flatMap(Manifest::subject).equals(Optional.of(image)))
                .count();
    }

    private SigstoreSigner signer() throws Exception {
        return SigstoreSigner.withKey(KeySigner.of(keys.generateKeyPair()));
    }

    /** Each with a key and connections of its own, as another process would have. */
    private EvidencePublisher publisher(TestRegistry registry) throws Exception {
        Repository repository = new Repository(registry.host(), "team/app");
        RemoteRepository target = new RemoteRepository(client(), repository, Duration.ofMinutes(2), CLOCK).writable();
        return new EvidencePublisher(target, signer(), CLOCK);
    }

    /** The same by a clock that runs ahead, so that the bound is near. */
    private EvidencePublisher hurried(TestRegistry registry) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        InstantSource fast = () -> CLOCK.instant().plusSeconds(4L * calls.incrementAndGet());
        Repository repository = new Repository(registry.host(), "team/app");
        RemoteRepository target = new RemoteRepository(client(), repository, Duration.ofMinutes(2), fast).writable();
        return new EvidencePublisher(target, signer(), fast);
    }

    private RegistryClient client() {
        return new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of(), home),
                CLOCK);
    }
}
