package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.math.BigInteger;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Turns a password into a key. The cost is written in the file, which a stranger may have made, so it is bounded before
 * anything is computed.
 */
final class KeyDerivation {
    /** Sixteen times what a new key gets; some seconds. */
    private static final int MAX_ITERATIONS = 10_000_000;
    /** 256 MiB for 128 * N * r: cosign's strongest setting needs 128. */
    private static final long MAX_SCRYPT_MEMORY = 256L << 20;

    private static final int MAX_SCRYPT_PARALLEL = 8;
    private static final int MAX_SALT = 1024;

    private KeyDerivation() {}

    /** PBKDF2 with HMAC (RFC 8018 section 5.2). */
    static byte[] pbkdf2(Password password, byte[] salt, BigInteger iterations, Digest hash, int bytes) throws Failure {
        checkSalt(salt);
        if (iterations.signum() <= 0 || iterations.compareTo(BigInteger.valueOf(MAX_ITERATIONS)) > 0) {
            throw tooExpensive("PBKDF2 with more than " + MAX_ITERATIONS + " iterations");
        }
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(hash);
        generator.init(password.utf8(), salt, iterations.intValueExact());
        return ((KeyParameter) generator.generateDerivedMacParameters(bytes * 8)).getKey();
    }

    /** scrypt (RFC 7914). */
    static byte[] scrypt(Password password, byte[] salt, BigInteger n, BigInteger r, BigInteger p, int bytes)
            throws Failure {
        checkSalt(salt);
        boolean numbers = n.bitLength() < 32 && r.bitLength() < 32 && p.bitLength() < 32;
        if (!numbers || n.signum() <= 0 || r.signum() <= 0 || p.signum() <= 0) {
            throw tooExpensive("scrypt with numbers out of range");
        }
        if (128L * n.longValue() > MAX_SCRYPT_MEMORY / r.longValue() || p.longValue() > MAX_SCRYPT_PARALLEL) {
            throw tooExpensive(
                    "scrypt with more than " + (MAX_SCRYPT_MEMORY >> 20) + " MiB or p above " + MAX_SCRYPT_PARALLEL);
        }
        if (n.longValue() < 2 || n.bitCount() != 1) {
            throw DamagedKeyFile.because("scrypt's N is no power of two");
        }
        return SCrypt.generate(password.utf8(), salt, n.intValue(), r.intValue(), p.intValue(), bytes);
    }

    private static void checkSalt(byte[] salt) throws Failure {
        if (salt.length == 0 || salt.length > MAX_SALT) {
            throw DamagedKeyFile.because("its salt has " + salt.length + " bytes");
        }
    }

    private static Failure tooExpensive(String what) {
        return Failure.of(
                Kind.FAILED,
                "the key file asks for " + what + ", which is not computed",
                "write it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in OLD.key -out NEW.key");
    }
}
