package dev.pratique.attestations.corpus;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.trust.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What cosign's flags say about whom to trust, as the verifier wants it. */
final class SampleTrust {
    /** The only signer's name. */
    static final String SIGNER = "signer";

    private static final String ROOT = "root";
    /** For cosign any statement attests. */
    private static final Set<Counts> COUNTS = Set.of(Counts.SIGN, Counts.ANY_STATEMENT);

    private final Path samples;
    private final List<String> words;

    private SampleTrust(Path samples, String command) {
        this.samples = samples;
        this.words = List.of(command.split(" "));
    }

    static TrustRoots of(Path samples, String command) throws MalformedEvidenceException {
        return new SampleTrust(samples, command).read();
    }

    private TrustRoots read() throws MalformedEvidenceException {
        Optional<String> key = flag("--key");
        return new TrustRoots(List.of(key.isPresent() ? byKey(key.get()) : byIdentity()), List.of(root()));
    }

    private NamedSigner byKey(String file) throws MalformedEvidenceException {
        String pem = new String(Shared.bytes(samples.resolve(file)), StandardCharsets.UTF_8);
        VerificationKey key = VerificationKey.parsePem(pem);
        SigningKey alone = new SigningKey(key, Set.of(key.defaultAlgorithm()), Validity.ALWAYS);
        return new NamedSigner(SIGNER, List.of(asks() ? alone.witnessedBy(Set.of(ROOT)) : alone), List.of(), COUNTS);
    }

    private NamedSigner byIdentity() {
        IdentityRule rule = new IdentityRule(
                flag("--certificate-oidc-issuer").map(TextPattern.Exact::new),
                flag("--certificate-identity").map(TextPattern.Exact::new),
                Map.of());
        return new NamedSigner(SIGNER, List.of(), List.of(new TrustedIdentity(rule, Set.of(ROOT))), COUNTS);
    }

    private Root root() throws MalformedEvidenceException {
        byte[] json = Shared.bytes(samples.resolve(flag("--trusted-root").orElseThrow()));
        return new Root(
                ROOT,
                TrustedRoot.parse(json),
                List.of(),
                logs(),
                timestamps(),
                words.contains("--insecure-ignore-sct") ? 0 : 1,
                Optional.empty());
    }

    /** cosign asks for a log of keys too, unless it is told not to. */
    private boolean asks() {
        return logs() + timestamps() > 0;
    }

    private int logs() {
        return words.contains("--insecure-ignore-tlog") ? 0 : 1;
    }

    private int timestamps() {
        return words.contains("--use-signed-timestamps") ? 1 : 0;
    }

    private Optional<String> flag(String name) {
        int at = words.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(words.get(at + 1));
    }
}
