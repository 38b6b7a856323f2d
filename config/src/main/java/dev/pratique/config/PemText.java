package dev.pratique.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** Certificates and private keys in PEM (RFC 7468). Stateless. */
final class PemText {
    private static final String BLOCKS = "it is a PEM block PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY";

    private PemText() {}

    /** A key that is not as it must be; the message is one clause for the operator and holds nothing of the key. */
    static final class KeyProblem extends Exception {
        private static final long serialVersionUID = 1;

        private final String hint;

        KeyProblem(String what, String hint) {
            super(what);
            this.hint = hint;
        }

        String hint() {
            return hint;
        }
    }

    /** The certificates in their order; empty where there are none or one cannot be read. */
    static List<X509Certificate> certificates(byte[] pem) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate one : factory.generateCertificates(new ByteArrayInputStream(pem))) {
                certificates.add((X509Certificate) one);
            }
            return certificates;
        } catch (CertificateException e) {
            return List.of();
        }
    }

    /**
     * The first private key: PKCS #8, PKCS #1 or SEC 1, encrypted or not.
     *
     * @param password for an encrypted one
     */
    static PrivateKey privateKey(byte[] pem, Optional<String> password) throws KeyProblem {
        try (PEMParser parser = new PEMParser(new StringReader(new String(pem, StandardCharsets.US_ASCII)))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                Optional<PrivateKeyInfo> key = keyIn(block, password);
                if (key.isPresent()) {
                    return usable(key.get());
                }
            }
        } catch (IOException | RuntimeException e) {
            // The parser throws both for bytes that are no key; what they say is about ASN.1.
            throw new KeyProblem("is not a private key in PEM", BLOCKS);
        }
        throw new KeyProblem("holds no private key", BLOCKS);
    }

    private static Optional<PrivateKeyInfo> keyIn(Object block, Optional<String> password) throws KeyProblem {
        if (block instanceof PrivateKeyInfo plain) {
            return Optional.of(plain);
        }
        if (block instanceof PEMKeyPair pair) {
            return Optional.of(pair.getPrivateKeyInfo());
        }
        boolean encrypted = block instanceof PKCS8EncryptedPrivateKeyInfo || block instanceof PEMEncryptedKeyPair;
        if (encrypted && password.isEmpty()) {
            throw new KeyProblem("is encrypted", "say password: {file: PATH} beside it");
        }
        try {
            if (block instanceof PKCS8EncryptedPrivateKeyInfo pkcs8) {
                return Optional.of(pkcs8.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                        .setProvider(new BouncyCastleProvider())
                        .build(password.orElseThrow().toCharArray())));
            }
            if (block instanceof PEMEncryptedKeyPair pair) {
                var decryptor = new JcePEMDecryptorProviderBuilder()
                        .setProvider(new BouncyCastleProvider())
                        .build(password.orElseThrow().toCharArray());
                return Optional.of(pair.decryptKeyPair(decryptor).getPrivateKeyInfo());
            }
        } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
            throw new KeyProblem("cannot be decrypted with this password", "say the one that it was encrypted with");
        }
        return Optional.empty();
    }

    private static PrivateKey usable(PrivateKeyInfo info) throws KeyProblem {
        var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        boolean elliptic = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey);
        if (!elliptic && !algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            throw new KeyProblem("is of a kind that is not served", "use ECDSA P-256 or P-384, or RSA");
        }
        try {
            return KeyFactory.getInstance(elliptic ? "EC" : "RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (IOException | GeneralSecurityException e) {
            throw new KeyProblem("is not a private key in PEM", BLOCKS);
        }
    }
}
