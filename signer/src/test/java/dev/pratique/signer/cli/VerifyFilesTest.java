package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SignedMessage;
import dev.pratique.attestations.sign.SigningMaterial;
import java.nio.file.Files;
import java.security.KeyPair;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is brought along to verify a file. */
class VerifyFilesTest extends FilesToVerify {
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

    // ---- by digest alone

    @ParameterizedTest
    @CsvSource({
        "EC, secp256r1, SHA256withECDSA, '', SHA-256",
        "RSA, 2048, SHA256withRSA, '', SHA-256",
        "EC, secp384r1, SHA384withECDSA, SHA-384 of the file, SHA-256",
        "EC, secp384r1, SHA384withECDSA, SHA-384 of the file, SHA-512",
        "EC, secp521r1, SHA512withECDSA, SHA-512 of the file, SHA-256",
        "EC, secp521r1, SHA512withECDSA, '', SHA-512",
        "Ed25519, '', Ed25519, the file itself, SHA-256",
    })
    void whatSignsMoreThanTheDigestThatIsNamedIsNotJudged(
            String algorithm, String parameter, String signing, String needed, String named) throws Exception {
        KeyPair pair = TestKeys.pair(algorithm, parameter);
        byte[] made = signed(signing, pair);
        String key = write("ci.pub", TestKeys.pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        String digest = named.equals("SHA-512")
                ? Digest.of(Digest.Algorithm.SHA512, CONTENT).toString()
                : Digest.sha256(CONTENT).toString();
        SigningMaterial material = SigningMaterial.ofKey(KeySigner.of(pair));
        byte[] bundle = SignedMessage.sign(CONTENT, KeySigner.of(pair)).bundle(material);
        for (List<String> evidence : List.of(
                List.of("--key", key, "--signature", write("raw.sig", made)),
                List.of("--key", key, "--bundle", write("raw.sigstore.json", bundle)))) {
            assertVerified(verify(evidence, artifact));
            if (needed.isEmpty()) {
                assertVerified(verify(evidence, digest));
                continue;
            }
            assertRefused("NOT_JUDGED", verify(evidence, digest));
            assertThat(terminal.out())
                    .contains(
                            "evidence: failed, it signs " + needed + ", of which only " + named
                                    + " is known: name the file",
                            "remedy:    name the file where the findings ask for it");
        }
    }

    @Test
    void aDigestThatIsEnoughForAnotherKindOfKeyIsSaidOfACertificateToo() throws Exception {
        KeyPair pair = TestKeys.pair("EC", "secp384r1");
        List<String> arguments = List.of(
                "--signature",
                write("raw.sig", signed("SHA384withECDSA", pair)),
                "--certificate",
                write("p384.pem", TestAuthority.pem(between.issue(pair.getPublic(), WHO))),
                "--private-infrastructure",
                "--insecure-ignore-sct",
                "--certificate-chain",
                write("chain.pem", between.pem() + root.pem()));
        assertVerified(verify(arguments, artifact));
        assertRefused("NOT_JUDGED", verify(arguments, Digest.sha256(CONTENT).toString()));
        assertThat(terminal.out())
                .contains("it signs SHA-384 of the file, of which only SHA-256 is known: name the file");
        assertRefused("SIGNATURE_INVALID", verify(arguments, write("other.tar", "another release\n")));
    }

    private static byte[] signed(String algorithm, KeyPair pair) throws Exception {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(pair.getPrivate());
        signature.update(CONTENT);
        return signature.sign();
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
