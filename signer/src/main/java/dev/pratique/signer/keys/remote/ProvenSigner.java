package dev.pratique.signer.keys.remote;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;

/** Gives a signature of a remote key out only when the public key that was shown at first proves it. */
public final class ProvenSigner implements Signer {
    private final RemoteKey key;

    public ProvenSigner(RemoteKey key) {
        this.key = key;
    }

    @Override
    public byte[] publicKey() {
        return key.publicKey().spki();
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return key.publicKey().defaultAlgorithm();
    }

    /** @throws SigningException with a {@link Failure} as its cause */
    @Override
    public byte[] sign(byte[] message) throws SigningException {
        try {
            byte[] made = key.sign(message);
            if (key.publicKey().verify(message, made) != Verified.BY_THIS_KEY) {
                throw failed(notItsOwn());
            }
            return made;
        } catch (MalformedEvidenceException e) {
            throw failed(notItsOwn().because(e));
        } catch (Failure e) {
            throw failed(e);
        }
    }

    private Failure notItsOwn() {
        return Failure.of(
                Kind.FAILED,
                key.name() + " gave a signature that its public key does not verify; it is thrown away",
                "the key was changed since, it signs with another algorithm than " + algorithm()
                        + ", or somebody answers in its place");
    }

    private static SigningException failed(Failure why) {
        return new SigningException(why.what(), why);
    }
}
