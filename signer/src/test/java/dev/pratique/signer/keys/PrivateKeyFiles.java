package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.io.TempDir;

/** Key files of every form, and who opens them. */
abstract class PrivateKeyFiles {
    static final SecureRandom RANDOM = new SecureRandom();
    static final byte[] SALT = new byte[16];

    @TempDir
    Path directory;

    void assertSame(KeyPair pair, String pem) throws Exception {
        Path key = directory.resolve("given.key");
        Files.writeString(key, pem);
        assertThat(file("").open(key.toString()).signer().publicKey())
                .isEqualTo(pair.getPublic().getEncoded());
    }

    void open(String content) throws Exception {
        Path key = directory.resolve("bad.key");
        Files.writeString(key, content);
        file("pw").open(key.toString());
    }

    static String cosign(String params, int nonceBytes) {
        String json = "{\"kdf\":{\"name\":\"scrypt\",\"params\":" + params + ",\"salt\":\"" + base64(32)
                + "\"},\"cipher\":{\"name\":\"nacl/secretbox\",\"nonce\":\"" + base64(nonceBytes)
                + "\"},\"ciphertext\":\"" + base64(64) + "\"}";
        return Pem.write("ENCRYPTED SIGSTORE PRIVATE KEY", json.getBytes(StandardCharsets.UTF_8));
    }

    static String pkcs8(org.bouncycastle.asn1.ASN1ObjectIdentifier kdf, ASN1Encodable params) throws IOException {
        PBES2Parameters parameters = new PBES2Parameters(
                new KeyDerivationFunc(kdf, params),
                new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(SALT)));
        AlgorithmIdentifier scheme = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters);
        return Pem.write("ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(scheme, new byte[32]).getEncoded("DER"));
    }

    static String base64(int bytes) {
        return Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    NewKeyFiles.Written generate(KeyType type, String password) throws Failure {
        NewKeyFiles.Names names = NewKeyFiles.Names.of(directory.resolve("k").toString());
        return new NewKeyFiles(RANDOM).write(names, type, password(password));
    }

    static Password password(String text) {
        return Password.of(text.toCharArray());
    }

    static PrivateKeyFile file(String password) {
        Map<String, String> environment = Map.of("PRATIQUE_PASSWORD", password);
        return new PrivateKeyFile(environment, new Passwords(environment, question -> Optional.empty()));
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = PrivateKeyFileTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
