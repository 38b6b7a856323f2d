package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** A key as metadata names it (section 4.2.2), with the one way in which it signs. */
final class TufKey {
    private static final String PEM = "-----BEGIN ";
    /** Of P-384, uncompressed: 97. */
    private static final int MAX_POINT_BYTES = 128;

    private final VerificationKey key;
    private final SignatureAlgorithm algorithm;

    private TufKey(VerificationKey key, SignatureAlgorithm algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    /** The schemes, with the key types they go with and what they are called elsewhere. */
    private enum Scheme {
        ECDSA_P256("ecdsa-sha2-nistp256", "ecdsa-sha2-256-nistp256", "ecdsa"),
        ECDSA_P384("ecdsa-sha2-nistp384", "ecdsa-sha2-384-nistp384", "ecdsa"),
        ED25519("ed25519", "ed25519", "ed25519"),
        RSA_PSS("rsassa-pss-sha256", "rsa-sign-pss-", "rsa");

        private final String written;
        private final String algorithm;
        private final String keytype;

        Scheme(String written, String algorithm, String keytype) {
            this.written = written;
            this.algorithm = algorithm;
            this.keytype = keytype;
        }

        /** Sigstore's first roots write the scheme where the type of the key belongs. */
        boolean is(String keytype, String scheme) {
            return written.equals(scheme)
                    && (this.keytype.equals(keytype) || this != RSA_PSS && written.equals(keytype));
        }
    }

    /**
     * The key of a metadata file. Empty for one of a kind or form that is not known here: it signs nothing, and where too
     * few others do, the threshold says so.
     *
     * @throws MalformedEvidenceException where it is no key object at all
     */
    static Optional<TufKey> of(JsonObject json) throws MalformedEvidenceException {
        String keytype = json.getString("keytype");
        String scheme = json.getString("scheme");
        String written = json.getObject("keyval").getString("public");
        return Arrays.stream(Scheme.values())
                .filter(known -> known.is(keytype, scheme))
                .findFirst()
                .flatMap(known -> read(known, written));
    }

    private static Optional<TufKey> read(Scheme scheme, String written) {
        try {
            VerificationKey key = written.startsWith(PEM)
                    ? VerificationKey.parsePem(written)
                    : VerificationKey.parseSpki(spki(scheme, written));
            return key.algorithms().stream()
                    .filter(algorithm -> fits(scheme, algorithm))
                    .findFirst()
                    .map(algorithm -> new TufKey(key, algorithm));
        } catch (MalformedEvidenceException unusable) {
            return Optional.empty();
        }
    }

    private static boolean fits(Scheme scheme, SignatureAlgorithm algorithm) {
        return scheme == Scheme.RSA_PSS
                ? algorithm.name().startsWith(scheme.algorithm)
                        && algorithm.name().endsWith("-sha256")
                : algorithm.name().equals(scheme.algorithm);
    }

    // Section 4.2.2: Ed25519 in hex. ECDSA in PEM; Sigstore's first roots have the point in hex.
    private static byte[] spki(Scheme scheme, String hex) throws MalformedEvidenceException {
        byte[] point = HexText.decode(hex, MAX_POINT_BYTES)
                .orElseThrow(() -> new MalformedEvidenceException("the key is neither PEM nor hex"));
        AlgorithmIdentifier algorithm = switch (scheme) {
            case ECDSA_P256 -> elliptic(SECObjectIdentifiers.secp256r1);
            case ECDSA_P384 -> elliptic(SECObjectIdentifiers.secp384r1);
            case ED25519 -> new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
            case RSA_PSS -> throw new MalformedEvidenceException("RSA keys are in PEM");
        };
        try {
            return new SubjectPublicKeyInfo(algorithm, point).getEncoded("DER");
        } catch (IOException e) {
            throw new MalformedEvidenceException("the key cannot be written as DER", e);
        }
    }

    private static AlgorithmIdentifier elliptic(ASN1ObjectIdentifier curve) {
        return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
    }

    /** What it is, whatever it is called: two keyids for one key are one key. */
    Digest id() {
        return key.id();
    }

    /** Whether it signed these bytes; a signature that cannot be one of its is none. */
    boolean signed(byte[] message, byte[] signature) {
        try {
            return key.verify(algorithm, message, signature) == VerificationKey.Verified.BY_THIS_KEY;
        } catch (MalformedEvidenceException notASignature) {
            return false;
        }
    }
}
