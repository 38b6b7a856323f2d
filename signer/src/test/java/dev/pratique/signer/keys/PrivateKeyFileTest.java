package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.signer.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
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
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeyFileTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] SALT = new byte[16];

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void whatIsWrittenCanBeRead(KeyType type) throws Exception {
        NewKeyFiles.Written written = generate(type, "correct horse");
        PrivateKeyFile.Opened opened =
                file("correct horse").open(written.privateKey().toString());
        assertThat(opened.signer().publicKey()).isEqualTo(written.spki());
        assertThat(opened.warning()).isEmpty();
        assertThat(Files.readString(written.publicKey())).isEqualTo(Pem.publicKey(written.spki()));
    }

    @Test
    void theFilesAreTheOwnersAndEncrypted() throws Exception {
        NewKeyFiles.Written written = generate(KeyType.P256, "pw");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written.privateKey())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(written.privateKey())).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {".key", ".pub"})
    void nothingIsOverwritten(String suffix) throws Exception {
        Path existing = directory.resolve("k" + suffix);
        Files.writeString(existing, "precious");
        assertThatThrownBy(() -> generate(KeyType.P256, "pw")).hasMessageContaining("exists already");
        assertThat(Files.readString(existing)).isEqualTo("precious");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void aDanglingLinkIsNotFollowed() throws Exception {
        Files.createSymbolicLink(directory.resolve("k.key"), directory.resolve("elsewhere"));
        assertThatThrownBy(() -> generate(KeyType.P256, "pw")).hasMessageContaining("exists already");
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    /** Two writers that both saw no file: the second still finds the first one's. */
    @Test
    void theLastMomentIsLookedAtToo() throws Exception {
        NewKeyFiles.Names names = NewKeyFiles.Names.of(directory.resolve("k").toString());
        Files.writeString(names.publicKey(), "precious");
        assertThatThrownBy(() -> new NewKeyFiles(RANDOM).write(names, KeyType.P256, password("pw")))
                .hasMessageContaining("exists already");
        assertThat(names.privateKey()).doesNotExist();
    }

    @Test
    void aWrongPasswordIsSaidAndNotShown() throws Exception {
        NewKeyFiles.Written written = generate(KeyType.P256, "right");
        for (int i = 0; i < 3; i++) {
            String wrong = "wrong-secret-" + i;
            assertThatThrownBy(() -> file(wrong).open(written.privateKey().toString()))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.what() + failure.hint())
                                    .contains("wrong password")
                                    .doesNotContain("wrong-secret"));
        }
    }

    @Test
    void plainAndOlderFormsAreRead() throws Exception {
        KeyPair pair = KeyPairs.generate(KeyType.P256, RANDOM);
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        byte[] sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256,
                        ((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS(),
                        info.getPrivateKeyAlgorithm().getParameters())
                .getEncoded("DER");
        assertSame(pair, Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()));
        assertSame(pair, Pem.write("EC PARAMETERS", new byte[] {5, 0}) + Pem.write("EC PRIVATE KEY", sec1));
        KeyPair rsa = KeyPairs.generate(KeyType.RSA3072, RANDOM);
        byte[] pkcs1 = PrivateKeyInfo.getInstance(rsa.getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded("DER");
        assertSame(rsa, Pem.write("RSA PRIVATE KEY", pkcs1));
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void everyTypeIsReadFromPlainPkcs8(KeyType type) throws Exception {
        KeyPair pair = KeyPairs.generate(type, RANDOM);
        assertSame(pair, Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    /** RFC 5958: version 2 carries the public key; what it says of it is not believed. */
    @Test
    void anEd25519KeyWithAPublicKeyBesideItIsRead() throws Exception {
        KeyPair pair = KeyPairs.generate(KeyType.ED25519, RANDOM);
        KeyPair other = KeyPairs.generate(KeyType.ED25519, RANDOM);
        PrivateKeyInfo plain = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        byte[] foreign = SubjectPublicKeyInfo.getInstance(other.getPublic().getEncoded())
                .getPublicKeyData()
                .getOctets();
        PrivateKeyInfo both =
                new PrivateKeyInfo(plain.getPrivateKeyAlgorithm(), plain.parsePrivateKey(), null, foreign);
        assertSame(pair, Pem.write("PRIVATE KEY", both.getEncoded("DER")));
    }

    @Test
    void sec1KeysOfTheLargerCurvesAreRead() throws Exception {
        for (KeyType type : new KeyType[] {KeyType.P384, KeyType.P521}) {
            KeyPair pair = KeyPairs.generate(type, RANDOM);
            var secret = (java.security.interfaces.ECPrivateKey) pair.getPrivate();
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(secret.getEncoded());
            byte[] sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(
                            secret.getParams().getOrder().bitLength(),
                            secret.getS(),
                            info.getPrivateKeyAlgorithm().getParameters())
                    .getEncoded("DER");
            assertSame(pair, Pem.write("EC PRIVATE KEY", sec1));
        }
    }

    /** What cosign import-key-pair makes of each type; the password is in the corpus' README. */
    @ParameterizedTest
    @CsvSource({"ecdsa, ECDSA_P256", "ed25519, ED25519", "rsa, RSA"})
    void cosignsFormatIsReadForEveryType(String name, VerificationKey.Type type) throws Exception {
        Path keys = Path.of(System.getProperty("pratique.shared", "../shared"), "corpus/sigstore-rs/keys");
        Assumptions.assumeTrue(Files.isDirectory(keys) || "true".equals(System.getenv("CI")));
        KeySigner plain =
                file("").open(keys.resolve(name + "_private.key").toString()).signer();
        KeySigner encrypted = file("123")
                .open(keys.resolve(name + "_encrypted_private.key").toString())
                .signer();
        assertThat(plain.type()).isEqualTo(type);
        assertThat(encrypted.type()).isEqualTo(type);
        VerificationKey key = VerificationKey.parseSpki(encrypted.publicKey());
        assertThat(key.verify(SALT, encrypted.sign(SALT))).isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
    }

    @Test
    void aKeyMayBeInTheEnvironment() throws Exception {
        KeyPair pair = KeyPairs.generate(KeyType.P256, RANDOM);
        String pem = Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded());
        Map<String, String> environment = Map.of("CI_KEY", pem);
        PrivateKeyFile files =
                new PrivateKeyFile(environment, new Passwords(environment, question -> Optional.empty()));
        assertThat(files.open("env://CI_KEY").signer().publicKey())
                .isEqualTo(pair.getPublic().getEncoded());
        assertThatThrownBy(() -> files.open("env://NONE")).hasMessageContaining("NONE is not set");
    }

    @Test
    void cosignsOwnFormatIsRead() throws Exception {
        Path key = directory.resolve("cosign.key");
        Files.write(key, resource("cosign.key"));
        KeySigner signer = file("pw2").open(key.toString()).signer();
        assertThat(Pem.publicKey(signer.publicKey()))
                .isEqualTo(new String(resource("cosign.pub"), StandardCharsets.UTF_8));
        assertThatThrownBy(() -> file("other").open(key.toString())).hasMessageContaining("wrong password");
    }

    /** CLI-05. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"N\":1073741824,\"r\":8,\"p\":1}",
                "{\"N\":65536,\"r\":8,\"p\":1000000}",
                "{\"N\":65536,\"r\":4194304,\"p\":1}",
                "{\"N\":9223372036854775807,\"r\":8,\"p\":1}"
            })
    void aKdfBombInCosignsFormatIsNotComputed(String params) throws Exception {
        assertThatThrownBy(() -> open(cosign(params, 24))).hasMessageContaining("which is not computed");
    }

    /** CLI-05. */
    @Test
    void damagedNumbersAreSaidToBeDamage() {
        assertThatThrownBy(() -> open(cosign("{\"N\":65536,\"r\":8,\"p\":1}", 12)))
                .hasMessageContaining("nonce");
        assertThatThrownBy(() -> open(cosign("{\"N\":65535,\"r\":8,\"p\":1}", 24)))
                .hasMessageContaining("no power of two");
        assertThatThrownBy(() -> open(cosign("{\"N\":-1,\"r\":8,\"p\":1}", 24))).hasMessageContaining("damaged");
    }

    /** CLI-05. */
    @Test
    void aKdfBombInPkcs8IsNotComputed() throws Exception {
        AlgorithmIdentifier prf = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        ASN1Encodable pbkdf2 = new PBKDF2Params(SALT, Integer.MAX_VALUE, 32, prf);
        assertThatThrownBy(() -> open(pkcs8(PKCSObjectIdentifiers.id_PBKDF2, pbkdf2)))
                .hasMessageContaining("which is not computed");
        ASN1Encodable scrypt = new ScryptParams(
                SALT, BigInteger.ONE.shiftLeft(62), BigInteger.valueOf(8), BigInteger.ONE, BigInteger.valueOf(32));
        assertThatThrownBy(() -> open(pkcs8(MiscObjectIdentifiers.id_scrypt, scrypt)))
                .hasMessageContaining("which is not computed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\ne30=\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\n"
            })
    void whatIsNoKeyIsRefusedInOurOwnWords(String content) {
        assertThatThrownBy(() -> open(content))
                .isInstanceOf(Failure.class)
                .message()
                .containsAnyOf("no private key in it", "damaged", "keys of this kind are not supported")
                .doesNotContain("Exception");
    }

    /** CLI-06. */
    @Test
    void aKeyThatOthersCanReadIsPointedOut() throws Exception {
        NewKeyFiles.Written written = generate(KeyType.P256, "pw");
        Files.setPosixFilePermissions(written.privateKey(), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(file("pw").open(written.privateKey().toString()).warning().orElse(""))
                .contains("others can read")
                .contains("chmod 600");
    }

    private void assertSame(KeyPair pair, String pem) throws Exception {
        Path key = directory.resolve("given.key");
        Files.writeString(key, pem);
        assertThat(file("").open(key.toString()).signer().publicKey())
                .isEqualTo(pair.getPublic().getEncoded());
    }

    private void open(String content) throws Exception {
        Path key = directory.resolve("bad.key");
        Files.writeString(key, content);
        file("pw").open(key.toString());
    }

    private static String cosign(String params, int nonceBytes) {
        String json = "{\"kdf\":{\"name\":\"scrypt\",\"params\":" + params + ",\"salt\":\"" + base64(32)
                + "\"},\"cipher\":{\"name\":\"nacl/secretbox\",\"nonce\":\"" + base64(nonceBytes)
                + "\"},\"ciphertext\":\"" + base64(64) + "\"}";
        return Pem.write("ENCRYPTED SIGSTORE PRIVATE KEY", json.getBytes(StandardCharsets.UTF_8));
    }

    private static String pkcs8(org.bouncycastle.asn1.ASN1ObjectIdentifier kdf, ASN1Encodable params)
            throws IOException {
        PBES2Parameters parameters = new PBES2Parameters(
                new KeyDerivationFunc(kdf, params),
                new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(SALT)));
        AlgorithmIdentifier scheme = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters);
        return Pem.write("ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(scheme, new byte[32]).getEncoded("DER"));
    }

    private static String base64(int bytes) {
        return Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    private NewKeyFiles.Written generate(KeyType type, String password) throws Failure {
        NewKeyFiles.Names names = NewKeyFiles.Names.of(directory.resolve("k").toString());
        return new NewKeyFiles(RANDOM).write(names, type, password(password));
    }

    private static Password password(String text) {
        return Password.of(text.toCharArray());
    }

    private static PrivateKeyFile file(String password) {
        Map<String, String> environment = Map.of("PRATIQUE_PASSWORD", password);
        return new PrivateKeyFile(environment, new Passwords(environment, question -> Optional.empty()));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = PrivateKeyFileTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
