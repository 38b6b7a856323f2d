package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.publish.EvidencePublisher.Stored;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.io.IOException;
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
                                                + tag + ", and nobody else has written that tag meanwhile");
                        assertThat(failure.hint()).startsWith("is the tag immutable there?");
                    });
            assertThat(writes).hasValue(1);
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
            registry.trouble(exchange -> {
                boolean read = exchange.getRequestMethod().equals("GET")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (read) {
                    TestRegistry.answer(exchange, 404, null, new byte[0]);
                }
                return read;
            });
            // A clock that runs ahead, so that the bound is near.
            AtomicInteger calls = new AtomicInteger();
            InstantSource fast = () -> CLOCK.instant().plusSeconds(4L * calls.incrementAndGet());
            RemoteRepository target = new RemoteRepository(
                            client(), new Repository(registry.host(), "team/app"), Duration.ofMinutes(2), fast)
                    .writable();
            assertThatThrownBy(() -> new EvidencePublisher(target, signer(), fast)
                            .sign(registry.described("team/app", image), Format.BUNDLE, Map.of()))
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

    private RegistryClient client() {
        return new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of(), home),
                CLOCK);
    }
}
