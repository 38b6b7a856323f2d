package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * A public key that an operator trusts: ECDSA on P-256, P-384 or P-521, RSA of 2048 to 8192 bits, or Ed25519. Thread safe.
 */
public final class VerificationKey {
    private static final Pattern PEM =
            Pattern.compile("\\s*-----BEGIN PUBLIC KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");
    private static final int MAX_PEM = 16 << 10;

    private final PublicKeyMaterial key;
    private final Digest id;

    /** The kinds of keys. */
    public enum Type {
        ECDSA_P256("ECDSA P-256"),
        ECDSA_P384("ECDSA P-384"),
        ECDSA_P521("ECDSA P-521"),
        RSA("RSA"),
        ED25519("Ed25519");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    private VerificationKey(PublicKeyMaterial key) {
        this.key = key;
        this.id = Digest.sha256(key.spki());
    }

    /**
     * Reads one {@code PUBLIC KEY} block (RFC 7468 section 13).
     *
     * @throws MalformedEvidenceException where it is none, or of a kind that is not verified
     */
    public static VerificationKey parsePem(String pem) throws MalformedEvidenceException {
        Matcher block = PEM.matcher(pem);
        if (pem.length() > MAX_PEM || !block.matches()) {
            throw new MalformedEvidenceException("not one PEM block of type PUBLIC KEY");
        }
        try {
            return parseSpki(Base64.getDecoder().decode(block.group(1).replaceAll("\\s", "")));
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidenceException("the PEM block is not base64", e);
        }
    }

    /** @param spki DER of a SubjectPublicKeyInfo (RFC 5280 section 4.1) */
    public static VerificationKey parseSpki(byte[] spki) throws MalformedEvidenceException {
        return parseSpki(spki, EcdsaArithmetic.ofThisProcess());
    }

    static VerificationKey parseSpki(byte[] spki, EcdsaArithmetic arithmetic) throws MalformedEvidenceException {
        SubjectPublicKeyInfo info = read(spki);
        return new VerificationKey(
                switch (info.getAlgorithm().getAlgorithm().getId()) {
                    case "1.2.840.10045.2.1" -> EcdsaKey.of(info, spki.clone(), arithmetic);
                    case "1.2.840.113549.1.1.1" -> RsaKey.of(info);
                    case "1.3.101.112" -> Ed25519Key.of(info, spki.clone());
                    default ->
                        throw new MalformedEvidenceException(
                                "keys of this kind are not verified (ECDSA on P-256, P-384 and P-521, RSA and Ed25519"
                                        + " are)");
                });
    }

    // One key, one spelling, or it could be counted twice: strict DER, nothing before it and nothing behind it.
    private static SubjectPublicKeyInfo read(byte[] spki) throws MalformedEvidenceException {
        try {
            ASN1Primitive parsed = ASN1Primitive.fromByteArray(spki);
            if (parsed == null || !Arrays.equals(parsed.getEncoded("DER"), spki)) {
                throw new MalformedEvidenceException("the key is not strict DER");
            }
            SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(parsed);
            // RFC 5280 section 4.1 has keys of any number of bits; those that are verified are all bytes.
            if (info.getPublicKeyData().getPadBits() != 0) {
                throw new MalformedEvidenceException("the key is not a whole number of bytes");
            }
            return info;
        } catch (IOException | IllegalArgumentException | IllegalStateException | ArrayIndexOutOfBoundsException e) {
            throw new MalformedEvidenceException("not a SubjectPublicKeyInfo", e);
        }
    }

    /**
     * What this process computes ECDSA with, for people. Whichever comes first, this call or the first signature, loads a
     * native library, if the program brings a {@link SignatureProvider}.
     */
    public static String computedBy() {
        return EcdsaArithmetic.ofThisProcess().name();
    }

    /** SHA-256 over the SubjectPublicKeyInfo in its one spelling: two names for one key are one key. */
    public Digest id() {
        return id;
    }

    public Type type() {
        return key.type();
    }

    /** Of the modulus, or of the field that the curve is over. */
    public int bits() {
        return key.bits();
    }

    /** How many times as long as on P-256 the look at one signature takes, about. */
    public int cost() {
        return key.cost();
    }

    /**
     * Whether the signature is of the form and length of those that keys like this make. For any other, {@link #verify} and
     * {@link #verifyDigest} take no time: neither is the message hashed nor anything computed.
     */
    public boolean couldHaveMade(byte[] signature) {
        return key.couldHaveMade(signature);
    }

    /** DER of the SubjectPublicKeyInfo. */
    public byte[] spki() {
        return key.spki();
    }

    /** What cosign signs with when it is given such a key and nothing else is said; for Ed25519 what it verifies with. */
    public SignatureAlgorithm defaultAlgorithm() {
        return key.algorithms().get(0);
    }

    /** All that a key like this can sign with, the default first. */
    public List<SignatureAlgorithm> algorithms() {
        return key.algorithms();
    }

    /** The algorithm of this name, if a key like this can sign with it. */
    public Optional<SignatureAlgorithm> algorithm(String name) {
        return algorithms().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /** As {@link #verify(SignatureAlgorithm, byte[], byte[])}, with the default algorithm. */
    public Verified verify(byte[] message, byte[] signature) throws MalformedEvidenceException {
        return verify(defaultAlgorithm(), message, signature);
    }

    /**
     * Whether this key signed exactly these bytes in this way.
     *
     * @throws MalformedEvidenceException where the signature is not even one of this key's form
     * @throws IllegalArgumentException for an algorithm of another kind of key
     */
    public Verified verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature)
            throws MalformedEvidenceException {
        if (!algorithms().contains(algorithm)) {
            throw new IllegalArgumentException(algorithm + " is not for keys like this");
        }
        return key.verify(algorithm, message, signature) ? Verified.BY_THIS_KEY : Verified.NOT_BY_THIS_KEY;
    }

    /**
     * As {@link #verify(SignatureAlgorithm, byte[], byte[])}, where only the message's hash is known.
     *
     * @param digest of the algorithm's hash
     * @throws MalformedEvidenceException for a digest of another length, and for pure Ed25519, which signs no digest
     */
    public Verified verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature)
            throws MalformedEvidenceException {
        if (!algorithms().contains(algorithm)) {
            throw new IllegalArgumentException(algorithm + " is not for keys like this");
        }
        if (algorithm.scheme() == SignatureAlgorithm.Scheme.ED25519) {
            throw new MalformedEvidenceException("an Ed25519 signature cannot be checked by digest");
        }
        if (digest.length != algorithm.hash().bytes()) {
            throw new MalformedEvidenceException("the digest is not as long as those of " + algorithm);
        }
        return key.verifyDigest(algorithm, digest, signature) ? Verified.BY_THIS_KEY : Verified.NOT_BY_THIS_KEY;
    }

    /** Whether a key made a signature. */
    public enum Verified {
        BY_THIS_KEY,
        NOT_BY_THIS_KEY
    }
}
