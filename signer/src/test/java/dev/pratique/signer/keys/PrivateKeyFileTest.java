package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms in which private keys are read. */
class PrivateKeyFileTest extends PrivateKeyFiles {
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

    /** CLI-06: each spelling in which jobs are given keys. */
    @Test
    void a_key_in_place_of_its_name_is_not_repeated() throws Exception {
        for (KeyType type : KeyType.values()) {
            byte[] der = KeyPairs.generate(type, RANDOM).getPrivate().getEncoded();
            String pem = Pem.write("PRIVATE KEY", der);
            String base64 = Base64.getEncoder().encodeToString(der);
            String pemInBase64 = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
            for (String key : List.of(pem, pem.replace("\n", "\\n"), pem.replace("\n", " "), base64, pemInBase64)) {
                for (String scheme : List.of("", "env://")) {
                    refused(() -> keys().open(scheme + key), base64);
                    refused(() -> keys().publicKey(scheme + key), base64);
                }
            }
            for (String scheme : List.of("pkcs11:object=", "awskms:///", "gcpkms://")) {
                refused(() -> keys().open(scheme + pem), base64);
            }
        }
    }

    private KeyReference keys() {
        return new KeyReference(Map.of(), directory, question -> Optional.empty(), InstantSource.system(), "test");
    }

    private static void refused(ThrowingCallable open, String key) {
        Failure failure = catchThrowableOfType(Failure.class, open);
        assertThat(failure.kind()).isEqualTo(Kind.USAGE);
        assertThat(failure.hint()).contains("--key env://VARIABLE");
        assertThat(failure.what() + failure.hint())
                .doesNotContain(key.substring(0, 16))
                .doesNotContain(key.substring(key.length() - 20));
    }

    @Test
    void a_file_may_have_a_name_like_a_key_and_a_long_path() throws Exception {
        Path deep = directory.resolve("a".repeat(200)).resolve("b".repeat(200)).resolve("MI" + "x".repeat(60));
        Files.createDirectories(deep.getParent());
        Files.writeString(
                deep,
                Pem.write(
                        "PRIVATE KEY",
                        KeyPairs.generate(KeyType.P256, RANDOM).getPrivate().getEncoded()));
        assertThat(keys().open(deep.toString()).signer().publicKey()).isNotEmpty();
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
}
