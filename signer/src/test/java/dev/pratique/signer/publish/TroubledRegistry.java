package dev.pratique.signer.publish;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A registry that misbehaves, and who signs in it. */
abstract class TroubledRegistry {
    static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    Path home;

    TestRegistry registry;
    Descriptor subject;
    RegistryClient client;
    SigstoreSigner signer;

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

    static boolean isUpload(HttpExchange exchange, String method) throws IOException {
        return exchange.getRequestMethod().equals(method)
                && exchange.getRequestURI().getPath().contains("/blobs/uploads/");
    }

    long count(String start) {
        return registry.log().stream().filter(line -> line.startsWith(start)).count();
    }

    void sign() throws Failure {
        publisher("team/app").sign(subject, Format.BUNDLE, Map.of());
    }

    EvidencePublisher publisher(String name) {
        Repository repository = new Repository(registry.host(), name);
        RemoteRepository target = new RemoteRepository(client, repository, Duration.ofSeconds(20), CLOCK).writable();
        return new EvidencePublisher(target, signer, CLOCK);
    }
}
