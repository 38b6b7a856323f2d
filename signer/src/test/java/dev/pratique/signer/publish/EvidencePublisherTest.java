package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidencePublisherTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path home;

    private KeySigner signer;

    @BeforeEach
    void makeKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        signer = KeySigner.of(generator.generateKeyPair());
    }

    @ParameterizedTest
    @CsvSource({"true,BUNDLE", "true,COSIGN", "false,BUNDLE", "false,COSIGN"})
    void whatIsSignedHereVerifiesHere(boolean referrersApi, Format format) throws Exception {
        try (TestRegistry registry = new TestRegistry(referrersApi)) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            publisher(registry).sign(subject, format, Map.of());
            publisher(registry).attest(subject, format, "https://acme.example/t", JsonObject.empty());
            Verification verified = verify(registry, image);
            assertThat(verified.statements()).hasSize(2);
            assertThat(verified.statements())
                    .filteredOn(statement -> statement.signature())
                    .hasSize(1);
            assertThat(verified.unread()).isEmpty();
            boolean fallback =
                    registry.manifest("team/app/sha256-" + image.hex()).isPresent();
            assertThat(fallback).isEqualTo(!referrersApi && format == Format.BUNDLE);
        }
    }

    @Test
    void theReferrersTagKeepsWhatWasThere() throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            for (int i = 1; i <= 3; i++) {
                publisher(registry).sign(subject, Format.BUNDLE, Map.of("n", "" + i));
                Manifest.Index index = (Manifest.Index)
                        registry.manifest("team/app/sha256-" + image.hex()).orElseThrow();
                assertThat(index.manifests()).hasSize(i);
                assertThat(index.manifests().get(i - 1).artifactType()).isEqualTo(MediaType.BUNDLE_V03);
            }
        }
    }

    @Test
    void aLostRaceForTheReferrersTagIsRunAgain() throws Exception {
        try (TestRegistry registry = new TestRegistry(false)) {
            Digest image = registry.image("team/app", "v1");
            String tag = "sha256-" + image.hex();
            AtomicInteger writes = new AtomicInteger();
            registry.trouble(exchange -> {
                boolean write = exchange.getRequestMethod().equals("PUT")
                        && exchange.getRequestURI().getPath().endsWith(tag);
                if (write && writes.getAndIncrement() == 0) {
                    // Another writer's index replaces ours at once.
                    exchange.getRequestBody().readAllBytes();
                    registry.index("team/app", tag, registry.image("team/app", "other"));
                    TestRegistry.answer(exchange, 201, null, new byte[0]);
                    return true;
                }
                return false;
            });
            publisher(registry).sign(registry.described("team/app", image), Format.BUNDLE, Map.of());
            Manifest.Index index =
                    (Manifest.Index) registry.manifest("team/app/" + tag).orElseThrow();
            assertThat(index.manifests()).hasSize(2);
            assertThat(writes).hasValue(2);
        }
    }

    @Test
    void theSameKeySaysTheSameOnce() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            assertThat(publisher(registry)
                            .sign(subject, Format.COSIGN, Map.of())
                            .added())
                    .isTrue();
            assertThat(publisher(registry)
                            .sign(subject, Format.COSIGN, Map.of())
                            .added())
                    .isFalse();
            makeKey();
            assertThat(publisher(registry)
                            .sign(subject, Format.COSIGN, Map.of())
                            .added())
                    .isTrue();
            Manifest.Image sig = (Manifest.Image)
                    registry.manifest("team/app/sha256-" + image.hex() + ".sig").orElseThrow();
            assertThat(sig.layers()).hasSize(2);
        }
    }

    @Test
    void theSameKeyStatesTheSameOnce() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            Digest image = registry.image("team/app", "v1");
            Descriptor subject = registry.described("team/app", image);
            assertThat(states(registry, subject, "https://acme.example/t")).isTrue();
            assertThat(states(registry, subject, "https://acme.example/t")).isFalse();
            assertThat(states(registry, subject, "https://acme.example/u")).isTrue();
            assertThat(states(registry, subject, "https://acme.example/t")).isFalse();
            makeKey();
            assertThat(states(registry, subject, "https://acme.example/t")).isTrue();
            assertThat(states(registry, subject, "https://acme.example/t")).isFalse();
            Manifest.Image att = (Manifest.Image)
                    registry.manifest("team/app/sha256-" + image.hex() + ".att").orElseThrow();
            assertThat(att.layers()).hasSize(3);
            assertThat(verify(registry, image).unread()).isEmpty();
        }
    }

    @Test
    void aStatementWhoseLayerIsGoneIsMadeAgain() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            Descriptor subject = registry.described("team/app", registry.image("team/app", "v1"));
            assertThat(states(registry, subject, "https://acme.example/t")).isTrue();
            AtomicInteger sent = new AtomicInteger();
            registry.trouble(exchange -> {
                if (exchange.getRequestMethod().equals("PUT")) {
                    sent.incrementAndGet();
                }
                boolean gone = exchange.getRequestMethod().matches("GET|HEAD")
                        && exchange.getRequestURI().getPath().contains("/blobs/")
                        && sent.get() == 0;
                if (gone) {
                    TestRegistry.answer(exchange, 404, null, new byte[0]);
                }
                return gone;
            });
            assertThat(states(registry, subject, "https://acme.example/t")).isTrue();
        }
    }

    private boolean states(TestRegistry registry, Descriptor subject, String predicateType) throws Failure {
        return publisher(registry)
                .attest(subject, Format.COSIGN, predicateType, JsonObject.empty())
                .added();
    }

    @Test
    void aBusyRegistryIsAskedAgainAndABrokenUploadStartsOver() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            Digest image = registry.image("team/app", "v1");
            AtomicInteger puts = new AtomicInteger();
            AtomicInteger heads = new AtomicInteger();
            registry.trouble(exchange -> {
                String method = exchange.getRequestMethod();
                boolean fails = method.equals("HEAD") && heads.getAndIncrement() == 0
                        || method.equals("PUT") && puts.getAndIncrement() == 0;
                if (fails) {
                    exchange.getRequestBody().readAllBytes();
                    TestRegistry.answer(exchange, method.equals("HEAD") ? 429 : 502, null, new byte[0]);
                }
                return fails;
            });
            publisher(registry).sign(registry.described("team/app", image), Format.BUNDLE, Map.of());
            assertThat(verify(registry, image).statements()).hasSize(1);
            assertThat(registry.log().stream().filter(line -> line.startsWith("POST")))
                    .hasSize(3);
        }
    }

    @Test
    void aRegistryThatDoesNotLetUsSaysSo() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            Digest image = registry.image("team/app", "v1");
            registry.trouble(exchange -> {
                boolean write = exchange.getRequestMethod().equals("POST");
                if (write) {
                    TestRegistry.answer(exchange, 403, null, new byte[0]);
                }
                return write;
            });
            assertThatThrownBy(() ->
                            publisher(registry).sign(registry.described("team/app", image), Format.BUNDLE, Map.of()))
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.kind()).isEqualTo(Failure.Kind.NOT_AUTHORISED);
                        assertThat(failure.what()).contains("does not let us write team/app");
                        assertThat(failure.hint()).contains("docker login");
                    });
        }
    }

    private EvidencePublisher publisher(TestRegistry registry) {
        Repository repository = new Repository(registry.host(), "team/app");
        return new EvidencePublisher(
                new RemoteRepository(client(), repository, Duration.ofSeconds(20), CLOCK).writable(),
                SigstoreSigner.withKey(signer),
                CLOCK);
    }

    private RegistryClient client() {
        return new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of(), home),
                CLOCK);
    }

    private Verification verify(TestRegistry registry, Digest image) throws Exception {
        Instant now = CLOCK.instant();
        Repository repository = new Repository(registry.host(), "team/app");
        FoundEvidence found = new EvidenceFinder(new HttpRegistryReader(client(), Runnable::run, any -> Set.of()))
                .find(repository, image, Deadline.after(now, Duration.ofSeconds(20)), now);
        TrustRoots roots = new TrustRoots(List.of(NamedSigner.of("ci", VerificationKey.parseSpki(signer.publicKey()))));
        return new Verifier(roots).verify(repository, Subject.of(image), found, now);
    }
}
