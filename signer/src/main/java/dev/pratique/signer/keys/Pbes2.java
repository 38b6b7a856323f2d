package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** Encrypted PKCS#8 (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2): PBKDF2 or scrypt, and AES in CBC mode. */
final class Pbes2 {
    /** OWASP's recommendation for PBKDF2-HMAC-SHA256; about half a second here. OpenSSL and the JDK read it. */
    private static final int ITERATIONS = 600_000;

    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int IV_BYTES = 16;

    private static final Map<ASN1ObjectIdentifier, Integer> AES_CBC = Map.of(
            NISTObjectIdentifiers.id_aes128_CBC, 16,
            NISTObjectIdentifiers.id_aes192_CBC, 24,
            NISTObjectIdentifiers.id_aes256_CBC, 32);

    private Pbes2() {}

    /** DER of an EncryptedPrivateKeyInfo: PBKDF2-HMAC-SHA256 and AES-256-CBC. */
    static byte[] encrypt(byte[] pkcs8, Password password, SecureRandom random) throws Failure {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        byte[] key = KeyDerivation.pbkdf2(
                password, salt, BigInteger.valueOf(ITERATIONS), SHA256Digest.newInstance(), KEY_BYTES);
        AlgorithmIdentifier prf = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        PBES2Parameters parameters = new PBES2Parameters(
                new KeyDerivationFunc(
                        PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, ITERATIONS, KEY_BYTES, prf)),
                new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
        try {
            byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key, iv).doFinal(pkcs8);
            AlgorithmIdentifier scheme = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters);
            return new EncryptedPrivateKeyInfo(scheme, encrypted).getEncoded("DER");
        } catch (GeneralSecurityException | IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the private key could not be encrypted",
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** DER of the PrivateKeyInfo inside. */
    static byte[] decrypt(byte[] encrypted, Password password) throws Failure {
        try {
            EncryptedPrivateKeyInfo info = EncryptedPrivateKeyInfo.getInstance(encrypted);
            AlgorithmIdentifier scheme = info.getEncryptionAlgorithm();
            if (!scheme.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
                throw oldEncryption();
            }
            PBES2Parameters parameters = PBES2Parameters.getInstance(scheme.getParameters());
            EncryptionScheme encryption = parameters.getEncryptionScheme();
            Integer keyBytes = AES_CBC.get(encryption.getAlgorithm());
            if (keyBytes == null) {
                throw oldEncryption();
            }
            byte[] iv = ASN1OctetString.getInstance(encryption.getParameters()).getOctets();
            if (iv.length != IV_BYTES) {
                throw DamagedKeyFile.because("its initialisation vector has another length");
            }
            byte[] key = derive(parameters.getKeyDerivationFunc(), password, keyBytes);
            return open(key, iv, info.getEncryptedData());
        } catch (RuntimeException e) {
            // BouncyCastle throws whatever it stumbles over in bytes that are not what they should be.
            throw DamagedKeyFile.because("its encryption cannot be read").because(e);
        }
    }

    private static byte[] open(byte[] key, byte[] iv, byte[] data) throws Failure {
        try {
            return cipher(Cipher.DECRYPT_MODE, key, iv).doFinal(data);
        } catch (GeneralSecurityException e) {
            throw wrongPassword().because(e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] derive(KeyDerivationFunc function, Password password, int keyBytes) throws Failure {
        if (function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            PBKDF2Params params = PBKDF2Params.getInstance(function.getParameters());
            Digest hash = hash(params.getPrf().getAlgorithm());
            return KeyDerivation.pbkdf2(password, params.getSalt(), params.getIterationCount(), hash, keyBytes);
        }
        if (function.getAlgorithm().equals(MiscObjectIdentifiers.id_scrypt)) {
            ScryptParams params = ScryptParams.getInstance(function.getParameters());
            return KeyDerivation.scrypt(
                    password,
                    params.getSalt(),
                    params.getCostParameter(),
                    params.getBlockSize(),
                    params.getParallelizationParameter(),
                    keyBytes);
        }
        throw oldEncryption();
    }

    private static Digest hash(ASN1ObjectIdentifier prf) throws Failure {
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
            return SHA256Digest.newInstance();
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA1)) {
            return new SHA1Digest();
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA384)) {
            return new SHA384Digest();
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA512)) {
            return new SHA512Digest();
        }
        throw oldEncryption();
    }

    private static Cipher cipher(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return cipher;
    }

    static Failure wrongPassword() {
        return Failure.of(
                Kind.FAILED,
                "the private key cannot be opened: wrong password, or the file is damaged",
                "the password comes from PRATIQUE_PASSWORD, COSIGN_PASSWORD or the terminal, in this order");
    }

    static Failure oldEncryption() {
        return Failure.of(
                Kind.FAILED,
                "the private key is encrypted in a way that is not supported",
                "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in OLD.key -out NEW.key");
    }
}
