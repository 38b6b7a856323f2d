package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.sigstore.Credentials.Credential;
import dev.pratique.signer.sigstore.SigstoreSigner.Witnesses;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The last look at a bundle before anybody has it: this program's verifier must say of it what others are to find. */
final class OwnVerification {
    private static final String NAME = "signer";
    private static final String ROOT = "trusted root";

    private final Witnesses witnesses;

    OwnVerification(Witnesses witnesses) {
        this.witnesses = witnesses;
    }

    /** @throws Failure where it would not be accepted, with the first thing that is wrong */
    void require(Subject subject, byte[] bundle, Credential credential) throws Failure {
        TrustRoots roots = new TrustRoots(List.of(signer(credential)), List.of(root()));
        Verification verification = new Verifier(roots)
                .verifyBundle(subject, bundle, witnesses.clock().instant());
        if (verification.statements().isEmpty()) {
            String why = verification.findings().stream()
                    .filter(finding -> finding.outcome() == Finding.Outcome.FAILED)
                    .map(Finding::saw)
                    .findFirst()
                    .orElse("it proves nothing");
            throw Failure.of(
                    Kind.FAILED,
                    "what was signed does not verify: " + why,
                    "nothing was stored; does the trusted root belong to these services? see --trusted-root");
        }
    }

    private Root root() {
        return new Root(
                ROOT,
                witnesses.root(),
                List.of(),
                witnesses.logs().needed(),
                witnesses.authorities().needed(),
                witnesses.root().certificateLogs().isEmpty() ? 0 : 1,
                Optional.empty());
    }

    /** By the very certificate: whom it names was looked at when it came. */
    private static NamedSigner signer(Credential credential) throws Failure {
        Signer signer = credential.signer();
        Set<Counts> all = Set.of(Counts.values());
        try {
            if (credential.shortLived()) {
                PinnedCertificate own =
                        PinnedCertificate.of(credential.material().certificates());
                return new NamedSigner(NAME, List.of(), List.of(TrustedIdentity.of(own, Set.of(ROOT))), all);
            }
            VerificationKey key = VerificationKey.parseSpki(signer.publicKey());
            SigningKey signing = new SigningKey(key, Set.of(signer.algorithm()), Validity.ALWAYS);
            return new NamedSigner(NAME, List.of(signing), List.of(), all);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "this key cannot sign: " + e.getMessage(),
                            "use a key of a kind that docs/keys.md names")
                    .because(e);
        }
    }
}
