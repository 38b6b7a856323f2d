package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.Ed25519phSigner;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 (RFC 8032) with one answer where implementations have several: a key is a point of the prime order subgroup,
 * other than the neutral one; so is a signature's point R; both have their one encoding; S is below the order. Every honest
 * signature is like that, whichever equation a verifier uses.
 */
final class Ed25519Key implements PublicKeyMaterial {
    private static final SignatureAlgorithm PURE = new SignatureAlgorithm("ed25519", Scheme.ED25519, Hash.SHA_512);
    private static final SignatureAlgorithm PREHASHED =
            new SignatureAlgorithm("ed25519-ph", Scheme.ED25519_PH, Hash.SHA_512);
    private static final byte[] NO_CONTEXT = {};
    private static final int BITS = 255;

    private final Ed25519PublicKeyParameters key;
    private final byte[] spki;

    private Ed25519Key(Ed25519PublicKeyParameters key, byte[] spki) {
        this.key = key;
        this.spki = spki;
    }

    static Ed25519Key of(SubjectPublicKeyInfo info, byte[] spki) throws MalformedEvidenceException {
        byte[] point = info.getPublicKeyData().getOctets();
        // RFC 8410 section 3: "the parameters MUST be absent"; section 4: the point is the whole bit string.
        if (info.getAlgorithm().getParameters() != null
                || info.getPublicKeyData().getPadBits() != 0
                || point.length != Ed25519.PUBLIC_KEY_SIZE) {
            throw new MalformedEvidenceException("the Ed25519 key is not 32 bytes without parameters");
        }
        if (!Ed25519.validatePublicKeyFull(point, 0)) {
            throw new MalformedEvidenceException("the Ed25519 key is not a point of the prime order subgroup");
        }
        return new Ed25519Key(new Ed25519PublicKeyParameters(point), spki);
    }

    @Override
    public VerificationKey.Type type() {
        return VerificationKey.Type.ED25519;
    }

    @Override
    public int bits() {
        return BITS;
    }

    @Override
    public int cost() {
        return 1;
    }

    @Override
    public byte[] spki() {
        return spki.clone();
    }

    @Override
    public List<SignatureAlgorithm> algorithms() {
        return List.of(PURE, PREHASHED);
    }

    @Override
    public boolean couldHaveMade(byte[] signature) {
        return signature.length == Ed25519.SIGNATURE_SIZE;
    }

    @Override
    public boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature) {
        if (!couldHaveMade(signature)) {
            return false;
        }
        Signer verifier =
                algorithm.scheme() == Scheme.ED25519_PH ? new Ed25519phSigner(NO_CONTEXT) : new Ed25519Signer();
        verifier.init(false, key);
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(signature) && isOneAnswer(signature);
    }

    @Override
    public boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature) {
        return couldHaveMade(signature)
                && Ed25519.verifyPrehash(signature, 0, key.getEncoded(), 0, NO_CONTEXT, digest, 0)
                && isOneAnswer(signature);
    }

    // RFC 8032 section 5.1.7 allows the equation times 8, which BouncyCastle takes, and the one without, which others
    // take. For an R of the prime order subgroup they are one. The first 32 bytes are R.
    private static boolean isOneAnswer(byte[] signature) {
        return Ed25519.validatePublicKeyFull(signature, 0);
    }
}
