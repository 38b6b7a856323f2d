package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.Statements;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.sigstore.IdentityTokens.Surroundings;
import dev.pratique.signer.sigstore.IdentityTokens.Wish;
import dev.pratique.signer.sigstore.SigstoreSigner.Witnesses;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A signer with a Sigstore's services. */
abstract class WithSigstore {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final Digest IMAGE = Digest.sha256("an image".getBytes(StandardCharsets.UTF_8));
    static final byte[] STATEMENT = Statements.cosignSign(IMAGE, Map.of());

    FakeSigstore sigstore;
    Instant clock = NOW;
    Map<String, Object> claims = TestTokens.person(NOW);
    final List<String> told = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        sigstore = new FakeSigstore(NOW);
    }

    @AfterEach
    void stop() {
        sigstore.close();
    }

    ServiceClient client() {
        return new ServiceClient(new Http(Optional.empty(), "test"), () -> clock, Duration.ofSeconds(2));
    }

    SigstoreSigner keyless(String... services) throws Exception {
        ServiceChoice choice = choice(services);
        InstantSource now = () -> clock;
        Witnesses witnesses = choice.witnesses(client(), sigstore.root(), now, false);
        IdentityTokens tokens = new IdentityTokens(
                new Surroundings(Map.of(), new ByteArrayInputStream(new byte[0]), Path.of("/none"), Path.of("/none")),
                new Wish(Optional.of(TestTokens.of(claims)), Optional.empty(), "sigstore"),
                client(),
                client(),
                now);
        return SigstoreSigner.keyless(tokens, choice.fulcio(client(), sigstore.root(), now), witnesses, told::add);
    }

    ServiceChoice choice(String... services) throws Exception {
        SigningConfig config =
                SigningConfig.parse(sigstore.signingConfig(services).getBytes(StandardCharsets.UTF_8));
        return new ServiceChoice(Optional.of(config), Optional.empty(), Optional.empty(), 1, Optional.empty(), true);
    }

    SigstoreSigner keyed(KeySigner key, String... services) throws Exception {
        Witnesses witnesses = choice(services).witnesses(client(), sigstore.root(), () -> clock, false);
        return SigstoreSigner.withKey(key, List.of(), Optional.of(witnesses));
    }

    interface Attempt {
        void run() throws Exception;
    }

    static void assertFails(Attempt attempt, Kind kind, String what, String hint) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains(what);
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.hint()).contains(hint);
        });
    }
}
