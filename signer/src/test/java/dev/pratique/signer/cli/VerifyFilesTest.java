package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures, certificates, timestamps and authorities that are handed over in files. */
class VerifyFilesTest {
    private static final byte[] CONTENT = "a release\n".getBytes(StandardCharsets.UTF_8);
    private static final String WHO = "release@acme.example";
    /** While the certificates of the private authority of the samples counted. */
    private static final Instant THEN = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private KeyPair pair;
    private TestAuthority root;
    private TestAuthority between;
    private X509CertificateHolder leaf;
    private String artifact;
    private String signature;
    private String certificate;

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

    private String write(String name, String text) throws Exception {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private String write(String name, byte[] bytes) throws Exception {
        return Files.write(home.resolve(name), bytes).toString();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private int verify(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(List.of("verify"));
        all.addAll(arguments);
        all.addAll(List.of(more));
        return terminal.run(all.toArray(String[]::new));
    }

    private void assertRefused(String reason, int exit) {
        assertThat(exit).as(terminal.out() + terminal.err()).isEqualTo(3);
        assertThat(terminal.out()).contains("answer:    not verified, " + reason + "\n");
    }

    private void assertVerified(int exit) {
        assertThat(exit).as(terminal.out() + terminal.err()).isZero();
        assertThat(terminal.out()).contains("answer:    verified\n");
    }

    // ---- bare signatures

    @Test
    void aBareSignatureOfAKeyIsVerifiedInBothWritings() throws Exception {
        String key = write("ci.pub", TestKeys.pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        List<String> byKey = List.of("--key", key, "--signature");
        assertVerified(verify(byKey, signature, artifact));
        assertThat(terminal.out())
                .contains(
                        "proof:     a signature by the key ", "subject: passed, it signs these very bytes [signature]");
        String raw = write("raw.sig", TestAuthority.sign(pair, CONTENT));
        assertVerified(verify(byKey, raw, artifact));
        assertVerified(verify(byKey, raw, Digest.sha256(CONTENT).toString()));
        assertRefused("NO_TRUSTED_KEY", verify(byKey, raw, write("other.tar", "another release\n")));
        assertThat(terminal.out())
                .doesNotContain("image", "trust.yaml")
                .contains("remedy:    say the key that signed it with --key");
        assertRefused("MALFORMED", verify(byKey, write("cut.sig", "MEUCIQ=="), artifact));
        assertThat(verify(byKey, write("empty.sig", ""), artifact)).isEqualTo(1);
        assertThat(terminal.err()).contains("has no signature in it");
    }

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

    // ---- what real cosign signed

    private static JsonObject bundle(String name) throws Exception {
        byte[] bytes = Files.readAllBytes(Samples.folder().resolve("blobs").resolve(name));
        return StrictJson.parseObject(bytes, "bundle", 1 << 20);
    }

    /** Its parts in files of their own, as {@code cosign sign-blob} of version 2 leaves them. */
    private List<String> taken(JsonObject bundle) throws Exception {
        JsonObject material = bundle.getObject("verificationMaterial");
        byte[] der =
                Base64.getDecoder().decode(material.getObject("certificate").getString("rawBytes"));
        String token = material.getObject("timestampVerificationData")
                .arrayOrEmpty("rfc3161Timestamps", 9)
                .get(0)
                .asObject("timestamp")
                .getString("signedTimestamp");
        return List.of(
                "--signature",
                write("sig", bundle.getObject("messageSignature").getString("signature")),
                "--certificate",
                write("cert", TestKeys.pem("CERTIFICATE", der)),
                "--rfc3161-timestamp",
                write("time", "{\"SignedRFC3161Timestamp\":\"" + token + "\"}"),
                "--trusted-root",
                Samples.file("trusted_root.json"));
    }

    @Test
    void theSameEvidenceInPiecesIsAsGoodAsInABundle() throws Exception {
        List<String> arguments = taken(bundle("blob-keyless-rekor2.sigstore.json"));
        String blob = Samples.file("blobs/blob.txt");
        assertRefused("NOT_LOGGED", verify(arguments, blob));
        assertThat(terminal.out()).contains("remedy:    say the root").contains("--insecure-ignore-tlog");
        assertVerified(verify(arguments, "--insecure-ignore-tlog", blob));
        assertThat(terminal.out()).contains("  stamped:  2026-11-21T09:16:", "signed time: passed");
        assertRefused("SIGNATURE_INVALID", verify(arguments, "--insecure-ignore-tlog", artifact));
        // The timestamp is of another signature.
        String other = write("other.sig", base64(TestAuthority.sign(pair, CONTENT)));
        List<String> mixed = new ArrayList<>(arguments);
        mixed.set(1, other);
        assertRefused("SIGNATURE_INVALID", verify(mixed, "--insecure-ignore-tlog", blob));
        // Without the timestamp nobody says when.
        List<String> timeless = new ArrayList<>(arguments);
        timeless.subList(4, 6).clear();
        assertRefused("NO_SIGNED_TIME", verify(timeless, "--insecure-ignore-tlog", blob));
        assertThat(verify(
                        List.of("--rfc3161-timestamp", blob), "--signature", blob, "--certificate", certificate, blob))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("blob.txt is no timestamp (RFC 3161): ");
    }

    @Test
    void aCertificateThatIsHandedOverPinsItsKeyForABundleToo() throws Exception {
        String bundle = Samples.file("blobs/blob-keyless-rekor2.sigstore.json");
        List<String> whole = List.of("--bundle", bundle, "--trusted-root", Samples.file("trusted_root.json"));
        String blob = Samples.file("blobs/blob.txt");
        String own = taken(bundle("blob-keyless-rekor2.sigstore.json")).get(3);
        assertVerified(verify(whole, "--certificate", own, blob));
        assertRefused("IDENTITY_UNKNOWN", verify(whole, "--certificate", certificate, blob));
    }

    @Test
    void theOtherFileIsNotCalledAnImage() throws Exception {
        String bundle = Samples.file("blobs/blob-att-keyless-rekor2.sigstore.json");
        assertRefused(
                "OTHER_SUBJECT",
                verify(
                        List.of("--bundle", bundle, "--trusted-root", Samples.file("trusted_root.json")),
                        "--certificate-identity-regexp",
                        ".*",
                        "--certificate-oidc-issuer-regexp",
                        ".*",
                        artifact));
        assertThat(terminal.out())
                .contains("none of its subjects is this digest, not what was asked for")
                .doesNotContain("image");
    }

    /** What cosign said of each, in {@code blobs/expected.txt}; the key's without a log only where none is asked for. */
    @ParameterizedTest
    @CsvSource({
        "blob-keyless-rekor1, keyless, VERIFIED",
        "blob-keyless-rekor2, keyless, VERIFIED",
        "blob-keyless-rekor2-ecdsa-sha2-384-nistp384, keyless, VERIFIED",
        "blob-keyless-rekor2-rsa-sign-pkcs1-3072-sha256, keyless, VERIFIED",
        "blob-att-keyless-rekor2, keyless, VERIFIED",
        "blob-key-rekor2, k-p256, VERIFIED",
        "blob-key-rekor2, k-p384, NO_TRUSTED_KEY",
        "blob-key-nolog, k-p256, NOT_LOGGED",
        "blob-keyless-rekor2, k-p256, IDENTITY_UNKNOWN"
    })
    void bundlesOfFilesAreWhatCosignSaid(String name, String signer, String expected) {
        String bundle = Samples.file("blobs/" + name + ".sigstore.json");
        String trusted = Samples.file("trusted_root.json");
        List<String> who = signer.equals("keyless")
                ? List.of(
                        "--certificate-identity",
                        "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main",
                        "--certificate-oidc-issuer",
                        "http://127.0.0.1:18888/gh")
                : List.of("--key", Samples.file("keys/" + signer + ".pub"));
        int exit = verify(with(who, "--trusted-root", trusted, "--bundle", bundle), Samples.file("blobs/blob.txt"));
        if (expected.equals("VERIFIED")) {
            assertVerified(exit);
            assertThat(terminal.out()).contains("  logged:   entry ");
        } else {
            assertRefused(expected, exit);
        }
    }

    @Test
    void whatIsAskedOfAKeyIsAskedOrSaidToMakeNoSense() {
        List<String> bare = List.of(
                "--key",
                Samples.file("keys/k-p256.pub"),
                "--bundle",
                Samples.file("blobs/blob-key-nolog.sigstore.json"));
        String blob = Samples.file("blobs/blob.txt");
        String trusted = Samples.file("trusted_root.json");
        assertVerified(verify(bare, blob));
        assertRefused("NOT_LOGGED", verify(bare, "--trusted-root", trusted, blob));
        assertThat(terminal.out())
                .contains("asks for:  known to " + trusted + ": an entry in a transparency log\n")
                .contains("--insecure-ignore-tlog if it was never logged");
        assertVerified(verify(bare, "--trusted-root", trusted, "--insecure-ignore-tlog", blob));
        assertVerified(verify(bare, "--trusted-root", trusted, "--private-infrastructure", blob));
        assertRefused("NOT_STAMPED", verify(bare, "--use-signed-timestamps", blob));
        assertRefused(
                "NOT_STAMPED",
                verify(bare, "--trusted-root", trusted, "--insecure-ignore-tlog", "--use-signed-timestamps", blob));
        for (String option : List.of("--ca-roots", "--ca-intermediates", "--certificate-chain")) {
            assertThat(verify(bare, option, trusted, blob)).isEqualTo(64);
            assertThat(terminal.err())
                    .isEqualTo("pratique: " + option
                            + " is about certificates, and a key needs none\nhint: leave it out, or leave --key out\n");
        }
        assertThat(verify(bare, "--insecure-ignore-sct", blob)).isEqualTo(64);
    }

    @Test
    void whoeverComesIsWarnedOf() {
        List<String> bundle = List.of(
                "--bundle",
                Samples.file("blobs/blob-keyless-rekor2.sigstore.json"),
                "--trusted-root",
                Samples.file("trusted_root.json"),
                "--certificate-oidc-issuer-regexp",
                ".*",
                "--certificate-identity-regexp");
        assertVerified(verify(bundle, ".*", Samples.file("blobs/blob.txt")));
        assertThat(terminal.err())
                .isEqualTo(
                        "warning: any issuer's word counts: whoever has such a name anywhere is taken for the signer\n"
                                + "warning: the identity that is asked for takes any subject, so it names nobody\n");
        assertVerified(verify(bundle, "https://github.com/acme/app/.*", Samples.file("blobs/blob.txt")));
        assertThat(terminal.err())
                .startsWith("warning: any issuer's word counts")
                .doesNotContain("takes any subject");
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

    private static List<String> with(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    // ---- usage

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--key k --bundle b --signature s | --bundle and --signature are two ways to hand over a signature | say one of them",
                "--key k --signature s --type vuln | --type asks for a statement, and a bare signature makes none | leave --type out, or hand over the statement with --bundle",
                "--key k --rfc3161-timestamp t | --rfc3161-timestamp is for a bare signature: other evidence brings its own | leave it out, or say --signature FILE too",
                "--key k --signature s --sct t | --sct is about a certificate, and a key needs none | leave it out, or leave --key out",
                "--key k --certificate c | a key and an identity are two signers | say --key FILE, or --certificate-identity with --certificate-oidc-issuer"
            })
    void whatMakesNoSenseTogetherIsUsage(String line, String what, String hint) {
        assertThat(verify(List.of(line.split(" ")), "i")).isEqualTo(64);
        assertThat(terminal.err()).isEqualTo("pratique: " + what + "\nhint: " + hint + "\n");
    }
}
