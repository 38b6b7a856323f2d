package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.remote.RemoteKey;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;

/** A private key on a token. The hash is made here, for every token signs one, and few hash. */
final class TokenKey implements RemoteKey {
    /** Some want a finger on them first. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long CKM_RSA_PKCS = 1;
    private static final long CKM_ECDSA = 0x1041;
    private static final long CKM_EDDSA = 0x1057;

    private final ModuleThread thread;
    private final TokenSession session;
    private final TokenSession.Entry entry;
    private final VerificationKey publicKey;
    private final PinAgain again;

    /** Says the PIN before a signature, where the key wants that. */
    @FunctionalInterface
    interface PinAgain {
        /** Empty where the key does not want it; holds nothing where it is typed at the token. */
        Optional<Optional<TokenPin.Given>> pin() throws Failure;
    }

    TokenKey(
            ModuleThread thread,
            TokenSession session,
            TokenSession.Entry entry,
            VerificationKey publicKey,
            PinAgain again) {
        this.thread = thread;
        this.session = session;
        this.entry = entry;
        this.publicKey = publicKey;
        this.again = again;
    }

    @Override
    public VerificationKey publicKey() {
        return publicKey;
    }

    @Override
    public String name() {
        return "the key " + entry.name() + " of the token " + session.token().name();
    }

    @Override
    public byte[] sign(byte[] message) throws Failure {
        var algorithm = publicKey.defaultAlgorithm();
        return switch (algorithm.scheme()) {
            case ECDSA -> der(sign(CKM_ECDSA, algorithm.hash().of(message)));
            case RSA_PKCS1 -> sign(CKM_RSA_PKCS, digestInfo(algorithm.hash().of(message)));
            case ED25519 -> sign(CKM_EDDSA, message);
            case RSA_PSS, ED25519_PH ->
                throw Failure.of(
                        Kind.FAILED,
                        "keys on tokens do not sign with " + algorithm + " here",
                        "make one of a kind that they do: pratique keys generate --type p256 --key pkcs11:...");
        };
    }

    private byte[] sign(long mechanism, byte[] data) throws Failure {
        Optional<Optional<TokenPin.Given>> pin = again.pin();
        try {
            return thread.call(PATIENCE, () -> session.sign(entry, mechanism, data, pin));
        } finally {
            pin.flatMap(one -> one).ifPresent(TokenPin.Given::close);
        }
    }

    // RFC 8017 section 9.2; the default algorithm of RSA keys has SHA-256.
    private static byte[] digestInfo(byte[] hash) throws Failure {
        AlgorithmIdentifier sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
        try {
            return new DigestInfo(sha256, hash).getEncoded("DER");
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the hash cannot be written",
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }

    // PKCS #11 2.40 mechanisms, section 2.3.1: r and s, one behind the other; a bundle has them as DER.
    private byte[] der(byte[] both) throws Failure {
        int half = both.length / 2;
        if (both.length == 0 || both.length % 2 != 0) {
            throw Failure.of(
                    Kind.FAILED,
                    name() + " gave something that is no signature",
                    "update the token's software; pkcs11-tool --test shows whether others can sign with it");
        }
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(both, 0, half))));
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(both, half, both.length))));
        try {
            return new DERSequence(numbers).getEncoded("DER");
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the signature cannot be written",
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }
}
