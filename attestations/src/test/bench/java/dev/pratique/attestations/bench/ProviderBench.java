package dev.pratique.attestations.bench;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.conscrypt.Conscrypt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The bare arithmetic of those who could do it: one verification by a key that is known, one hash. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProviderBench {
    @Param({"JDK", "BouncyCastle", "Conscrypt", "Corretto"})
    public String by;

    @Param({"P-256", "P-384", "P-521", "Ed25519", "RSA-2048", "RSA-4096", "SHA-256"})
    public String what;

    private Work work = () -> false;

    private interface Work {
        boolean done() throws Exception;
    }

    @Setup
    public void prepare() throws Exception {
        work = what.startsWith("SHA") ? hash() : signature();
        if (!work.done()) {
            throw new IllegalStateException(by + " does not verify " + what);
        }
    }

    @Benchmark
    public boolean once() throws Exception {
        return work.done();
    }

    private Provider provider(String service, String algorithm) throws GeneralSecurityException {
        return switch (by) {
            case "Conscrypt" -> Conscrypt.newProvider();
            case "Corretto" -> AmazonCorrettoCryptoProvider.INSTANCE;
            default ->
                java.util.Arrays.stream(Security.getProviders())
                        .filter(one -> one.getService(service, algorithm) != null)
                        .findFirst()
                        .orElseThrow();
        };
    }

    /** Of 16 KiB, about what an attestation has. */
    private Work hash() throws GeneralSecurityException {
        byte[] message = new byte[16 << 10];
        if (by.equals("BouncyCastle")) {
            return () -> {
                var digest = org.bouncycastle.crypto.digests.SHA256Digest.newInstance();
                digest.update(message, 0, message.length);
                return digest.doFinal(new byte[32], 0) == 32;
            };
        }
        MessageDigest digest = MessageDigest.getInstance("SHA-256", provider("MessageDigest", "SHA-256"));
        return () -> digest.digest(message).length == 32;
    }

    private Work signature() throws GeneralSecurityException, java.io.IOException {
        String family = what.startsWith("P-") ? "EC" : what.startsWith("RSA") ? "RSA" : "Ed25519";
        String algorithm = family.equals("EC") ? "NONEwithECDSA" : family.equals("RSA") ? "SHA256withRSA" : "Ed25519";
        KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
        if (family.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp" + what.substring(2) + "r1"));
        } else if (family.equals("RSA")) {
            generator.initialize(Integer.parseInt(what.substring(4)));
        }
        KeyPair pair = generator.generateKeyPair();
        byte[] message = new byte[32];
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(pair.getPrivate());
        signer.update(message);
        byte[] signature = signer.sign();
        if (by.equals("BouncyCastle")) {
            return bouncyCastle(pair.getPublic(), message, signature);
        }
        Provider provider = provider("Signature", algorithm);
        PublicKey key = by.equals("JDK")
                ? pair.getPublic()
                : KeyFactory.getInstance(family, provider)
                        .generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded()));
        return () -> {
            Signature verifier = Signature.getInstance(algorithm, provider);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        };
    }

    private static Work bouncyCastle(PublicKey key, byte[] message, byte[] signature) throws java.io.IOException {
        AsymmetricKeyParameter read = PublicKeyFactory.createKey(key.getEncoded());
        if (read instanceof RSAKeyParameters rsa) { // RsaKey does without its signers
            return () -> new BigInteger(1, signature)
                            .modPow(rsa.getExponent(), rsa.getModulus())
                            .signum()
                    > 0;
        }
        if (key.getAlgorithm().equals("EC")) {
            return () -> {
                ASN1Sequence numbers = ASN1Sequence.getInstance(signature);
                ECDSASigner verifier = new ECDSASigner();
                verifier.init(false, read);
                return verifier.verifySignature(
                        message,
                        ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue(),
                        ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue());
            };
        }
        return () -> {
            Ed25519Signer verifier = new Ed25519Signer();
            verifier.init(false, read);
            verifier.update(message, 0, message.length);
            return verifier.verifySignature(signature);
        };
    }
}
