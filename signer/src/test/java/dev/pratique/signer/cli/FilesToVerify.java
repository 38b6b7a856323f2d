package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file, its signature, and a private authority that certified who signed it. */
abstract class FilesToVerify {
    static final byte[] CONTENT = "a release\n".getBytes(StandardCharsets.UTF_8);
    static final String WHO = "release@acme.example";
    /** While the certificates of the private authority of the samples counted. */
    static final Instant THEN = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    Path home;

    TestTerminal terminal;
    KeyPair pair;
    TestAuthority root;
    TestAuthority between;
    X509CertificateHolder leaf;
    String artifact;
    String signature;
    String certificate;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).at(TestAuthority.NOW);
        pair = TestAuthority.pair();
        root = TestAuthority.root("acme root");
        between = root.below("acme signing");
        leaf = between.issue(pair.getPublic(), WHO);
        artifact = write("app.tar", CONTENT);
        signature = write("app.tar.sig", base64(TestAuthority.sign(pair, CONTENT)) + "\n");
        certificate = write("ci.pem", TestAuthority.pem(leaf));
    }

    String write(String name, String text) throws Exception {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    String write(String name, byte[] bytes) throws Exception {
        return Files.write(home.resolve(name), bytes).toString();
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    int verify(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(List.of("verify"));
        all.addAll(arguments);
        all.addAll(List.of(more));
        return terminal.run(all.toArray(String[]::new));
    }

    void assertRefused(String reason, int exit) {
        assertThat(exit).as(terminal.out() + terminal.err()).isEqualTo(3);
        assertThat(terminal.out()).contains("answer:    not verified, " + reason + "\n");
    }

    void assertVerified(int exit) {
        assertThat(exit).as(terminal.out() + terminal.err()).isZero();
        assertThat(terminal.out()).contains("answer:    verified\n");
    }

    static List<String> with(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}
