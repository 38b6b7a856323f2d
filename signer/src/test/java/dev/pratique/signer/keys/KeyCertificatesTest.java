package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.signer.Failure;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCertificatesTest {
    @TempDir
    private Path directory;

    private KeyPair key;
    private KeyPair middle;
    private KeyPair root;
    private String leafPem;
    private String middlePem;
    private String rootPem;

    @BeforeEach
    void make() throws Exception {
        key = pair();
        middle = pair();
        root = pair();
        leafPem = pem("CN=ci", key, "CN=middle", middle);
        middlePem = pem("CN=middle", middle, "CN=root", root);
        rootPem = pem("CN=root", root, "CN=root", root);
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static String pem(String subject, KeyPair holder, String issuer, KeyPair by) throws Exception {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        byte[] der = new X509v3CertificateBuilder(
                        new X500Name(issuer),
                        BigInteger.valueOf(7),
                        Date.from(now),
                        Date.from(now.plusSeconds(3600)),
                        new X500Name(subject),
                        SubjectPublicKeyInfo.getInstance(holder.getPublic().getEncoded()))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate()))
                .getEncoded();
        return Pem.write("CERTIFICATE", der);
    }

    private Path file(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }

    private List<byte[]> read(String leaf, Optional<String> chain) throws Exception {
        Optional<Path> second = chain.isEmpty() ? Optional.empty() : Optional.of(file("chain.pem", chain.get()));
        return KeyCertificates.read(
                file("leaf.pem", leaf), second, key.getPublic().getEncoded());
    }

    private String fails(String leaf, Optional<String> chain) {
        return catchThrowableOfType(Failure.class, () -> read(leaf, chain)).what();
    }

    @Test
    void theKeysOwnComesFirstAndItsIssuersFollow() throws Exception {
        assertThat(read(leafPem, Optional.empty())).hasSize(1);
        assertThat(read(leafPem, Optional.of(middlePem + rootPem))).hasSize(3);
        assertThat(read(leafPem + middlePem, Optional.of(rootPem))).hasSize(3);
    }

    @Test
    void refusesTheCertificateOfAnotherKey() {
        assertThat(fails(middlePem, Optional.empty())).contains("is another key's");
        assertThat(fails(middlePem + leafPem, Optional.empty())).contains("is not the key's");
    }

    @Test
    void refusesAChainInDisorder() {
        assertThat(fails(leafPem, Optional.of(rootPem + middlePem)))
                .isEqualTo("the chain is in disorder: certificate 2 did not issue certificate 1");
        assertThat(fails(leafPem, Optional.of(middlePem + leafPem)))
                .isEqualTo("the chain is in disorder: certificate 3 did not issue certificate 2");
    }

    @Test
    void refusesWhatIsNoCertificate() throws Exception {
        assertThat(fails("hello", Optional.empty())).contains("has no certificate that can be used");
        assertThat(fails(leafPem, Optional.of(leafPem.replace("CERTIFICATE", "PUBLIC KEY"))))
                .contains("has no certificate that can be used");
        assertThat(fails("a".repeat(2 << 20), Optional.empty())).contains("too large");
        assertThat(catchThrowableOfType(
                                Failure.class,
                                () -> KeyCertificates.read(directory.resolve("none"), Optional.empty(), new byte[0]))
                        .what())
                .contains("cannot be read");
    }
}
