package dev.pratique.signer.sigstore;

import dev.pratique.attestations.key.EcdsaPrivateKey;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.signer.Failure;
import dev.pratique.signer.sigstore.SigstoreSigner.Witnesses;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A key that is made in memory, certified for ten minutes and forgotten. All that is signed while the certificate lasts is
 * signed with it; then there is another key, another certificate and, where the old one ended, another token. Thread safe.
 */
final class CertifiedIdentity implements Credentials {
    /** A certificate with less left is not begun with: the log or the authority may take their time. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final IdentityTokens tokens;
    private final Fulcio fulcio;
    private final InstantSource clock;
    private final String shownBy;
    private final Consumer<String> tell;
    private @Nullable IdentityToken first;
    private @Nullable Credential current;
    private Instant end = Instant.MIN;

    /**
     * @param witnesses who will see what is signed; by their root the authority is judged
     * @param tell is told, for each certificate, whom it will name, before anybody else is, and whom it names
     * @throws Failure where there is no token now: nothing else need be begun
     */
    CertifiedIdentity(IdentityTokens tokens, Fulcio fulcio, Witnesses witnesses, Consumer<String> tell) throws Failure {
        this.tokens = tokens;
        this.fulcio = fulcio;
        this.clock = witnesses.clock();
        this.shownBy = shownBy(witnesses);
        this.tell = tell;
        this.first = tokens.find();
    }

    private static String shownBy(Witnesses witnesses) {
        if (witnesses.logs().needed() > 0) {
            return "; the transparency log shows that to everybody";
        }
        return witnesses.root().certificateLogs().isEmpty()
                ? "; a certificate log may show that to everybody"
                : "; the certificate log shows that to everybody";
    }

    @Override
    public synchronized Credential now() throws Failure {
        Credential known = current;
        if (known != null && clock.instant().plus(MARGIN).isBefore(end)) {
            return known;
        }
        IdentityToken token = token();
        KeySigner key = ephemeral();
        // Before it is asked for: the authority has it in its log when it answers.
        tell.accept("will sign as " + token + shownBy);
        Fulcio.Certified certified = fulcio.certify(token, key);
        tell.accept("signing as " + certified.proved().identity());
        Credential fresh = new Credential(key, SigningMaterial.ofCertificate(certified.chain()), true);
        end = certified.proved().window().until().orElse(Instant.MAX);
        current = fresh;
        return fresh;
    }

    private IdentityToken token() throws Failure {
        IdentityToken found = first;
        first = null;
        return found != null && clock.instant().isBefore(found.end()) ? found : tokens.find();
    }

    static KeySigner ephemeral() {
        return KeySigner.of(EcdsaPrivateKey.generateP256(new SecureRandom()));
    }

    @Override
    public Optional<VerificationKey> key() {
        return Optional.empty();
    }
}
