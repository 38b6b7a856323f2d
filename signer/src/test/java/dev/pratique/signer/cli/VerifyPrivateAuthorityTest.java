package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Certificates of a private authority, without a Sigstore. */
class VerifyPrivateAuthorityTest extends FilesToVerify {
    private List<String> byCertificate(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--signature", signature, "--certificate", certificate, "--private-infrastructure"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private String authorities() throws Exception {
        return write("roots.pem", root.pem());
    }

    private String intermediates() throws Exception {
        return write("between.pem", between.pem());
    }

    @Test
    void aCertificateBesideABareSignatureLeadsToAPrivateAuthority() throws Exception {
        String[] trusting = {"--ca-roots", authorities(), "--ca-intermediates", intermediates(), "--insecure-ignore-sct"
        };
        assertVerified(verify(byCertificate(trusting), artifact));
        assertThat(terminal.out())
                .contains(
                        "asks for:  by a certificate of the key "
                                + Digest.sha256(pair.getPublic().getEncoded()) + "\n",
                        "proof:     a signature by " + WHO + " [signature]\n",
                        "  identity: subject: " + WHO + " (email)\n",
                        "  vouched:  by the authority " + home.resolve("roots.pem") + "\n");
        assertVerified(verify(byCertificate(trusting), "--certificate-identity", WHO, artifact));
        assertRefused(
                "IDENTITY_UNKNOWN",
                verify(byCertificate(trusting), "--certificate-identity", "x@acme.example", artifact));
        assertThat(terminal.out())
                .contains(
                        "identity: failed, its certificate names no signer that is trusted here, but " + WHO,
                        "identity: failed, its certificate says subject: " + WHO + " (email)")
                .doesNotContain("trust.yaml");
        assertRefused("SIGNATURE_INVALID", verify(byCertificate(trusting), write("other.tar", "x")));
    }

    @Test
    void theCertificateMayBeWrittenAsCosignWritesIt() throws Exception {
        certificate = write("ci.pem.b64", base64(TestAuthority.pem(leaf).getBytes(StandardCharsets.UTF_8)));
        assertVerified(verify(
                byCertificate("--certificate-chain", write("chain.pem", between.pem() + root.pem())),
                "--insecure-ignore-sct",
                artifact));
        certificate = write("no.pem", "nobody");
        assertThat(verify(
                        byCertificate(
                                "--certificate-chain", home.resolve("chain.pem").toString()),
                        artifact))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("no.pem cannot be used for certificates: no PEM block of type CERTIFICATE");
    }

    @Test
    void aChainThatLeadsElsewhereOrIsNotWholeProvesNothing() throws Exception {
        TestAuthority stranger = TestAuthority.root("stranger");
        List<String> good = List.of(between.pem() + root.pem());
        List<String> bad = List.of(
                root.pem(), stranger.pem(), stranger.below("acme signing").pem() + stranger.pem());
        for (String chain : good) {
            assertVerified(verify(chain(chain), artifact));
        }
        for (String chain : bad) {
            assertRefused("CERTIFICATE_UNTRUSTED", verify(chain(chain), artifact));
            assertThat(terminal.out()).contains("remedy:    say the root");
        }
        // What the signer sends of the path counts for a private authority, wherever it stands.
        certificate = write("ci-and-between.pem", TestAuthority.pem(leaf) + between.pem());
        assertVerified(verify(chain(root.pem()), artifact));
        // … and for the public instance it does not.
        assertRefused("CERTIFICATE_UNTRUSTED", verify(byCertificate("--insecure-ignore-sct"), artifact));
    }

    private List<String> chain(String pem) throws Exception {
        return byCertificate("--insecure-ignore-sct", "--certificate-chain", write("chain.pem", pem));
    }

    @Test
    void aPrivateAuthoritysCertificateCountsWhileItIsValid() throws Exception {
        List<String> arguments = chain(between.pem() + root.pem());
        terminal.at(TestAuthority.NOW.plus(Duration.ofDays(366)));
        assertRefused("CERTIFICATE_TIME", verify(arguments, artifact));
        assertThat(terminal.out()).contains("remedy:    have it signed again");
    }

    @Test
    void aPromiseToLogTheCertificateMayBeHandedOver() throws Exception {
        KeyPair log = TestAuthority.pair();
        List<String> arguments = byCertificate(
                "--ca-roots",
                authorities(),
                "--ca-intermediates",
                intermediates(),
                "--trusted-root",
                write("root.json", TestAuthority.trustedRoot(log)));
        assertRefused("CERTIFICATE_NOT_LOGGED", verify(arguments, artifact));
        assertThat(terminal.out())
                .contains(
                        "its certificate has no signed certificate timestamp",
                        "remedy:    say the log's promise with --sct");
        String promise = TestAuthority.promise(log, leaf);
        assertVerified(verify(arguments, "--sct", write("sct.json", promise), artifact));
        String ofOther = TestAuthority.promise(log, between.issue(pair.getPublic(), WHO));
        assertRefused("CERTIFICATE_NOT_LOGGED", verify(arguments, "--sct", write("sct.json", ofOther), artifact));
        String ofStranger = TestAuthority.promise(TestAuthority.pair(), leaf);
        assertRefused("CERTIFICATE_NOT_LOGGED", verify(arguments, "--sct", write("sct.json", ofStranger), artifact));
        assertRefused("MALFORMED", verify(arguments, "--sct", write("sct.json", "{}"), artifact));
    }

    // ---- images of a private authority

    @Test
    void anImagesSignerMayBeOfAPrivateAuthority() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            terminal.at(THEN);
            Samples.push("byo-bundle-leaf-rekor2", registry);
            String image = registry.host() + "/byo-bundle-leaf-rekor2:v1";
            String[] rest = {"--insecure-ignore-sct", "--trusted-root", Samples.file("trusted_root.json"), image};
            List<String> who = List.of("--certificate-identity", "release@acme.test");
            String acme = Samples.file("pki/byo-ca.crt");
            String signing = Samples.file("pki/byo-int.crt");
            assertVerified(verify(with(who, "--ca-roots", acme, "--ca-intermediates", signing), rest));
            assertThat(terminal.out()).contains("  logged:   entry ", "https://rekor2.sstack.test");
            String chain = Files.readString(Path.of(signing)) + Files.readString(Path.of(acme));
            assertVerified(verify(with(who, "--certificate-chain", write("chain.pem", chain)), rest));
            assertRefused("CERTIFICATE_UNTRUSTED", verify(with(who, "--ca-roots", acme), rest));
            assertRefused(
                    "CERTIFICATE_UNTRUSTED",
                    verify(with(who, "--ca-roots", Samples.file("pki/fulcio-root.pem")), rest));
            assertRefused(
                    "IDENTITY_UNKNOWN",
                    verify(
                            with(
                                    List.of("--certificate-identity", "x@acme.test"),
                                    "--certificate-chain",
                                    home.resolve("chain.pem").toString()),
                            rest));
        }
    }

    @Test
    void anImagesSignerMaySendThePathAlong() throws Exception {
        try (TestRegistry registry = new TestRegistry(true)) {
            terminal.at(THEN);
            Samples.push("byo-legacy-chain", registry);
            String image = registry.host() + "/byo-legacy-chain:v1";
            List<String> who = List.of(
                    "--certificate-identity",
                    "release@acme.test",
                    "--private-infrastructure",
                    "--insecure-ignore-sct",
                    "--ca-roots");
            assertVerified(verify(who, Samples.file("pki/byo-ca.crt"), image));
            assertRefused("CERTIFICATE_UNTRUSTED", verify(who, Samples.file("pki/fulcio-root.pem"), image));
        }
    }
}
