package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.List;
import java.util.Optional;

/** A key of the signer's own, with a certificate of the signer's own where there is one. */
final class LastingKey implements Credentials {
    private final Credential credential;

    /** @param chain the key's certificate first; empty where verifiers have the key */
    LastingKey(Signer signer, List<Certificate> chain) {
        SigningMaterial material =
                chain.isEmpty() ? SigningMaterial.ofKey(signer) : SigningMaterial.ofCertificate(chain);
        this.credential = new Credential(signer, material, false);
    }

    @Override
    public Credential now() {
        return credential;
    }

    @Override
    public Optional<VerificationKey> key() throws Failure {
        try {
            return Optional.of(VerificationKey.parseSpki(credential.signer().publicKey()));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "this key cannot sign: " + e.getMessage(),
                            "use a key of a kind that docs/keys.md names")
                    .because(e);
        }
    }
}
