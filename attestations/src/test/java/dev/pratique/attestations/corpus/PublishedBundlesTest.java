package dev.pratique.attestations.corpus;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.trust.TrustRoots;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bundles that the other clients test themselves with; whose they are is asked of none. */
class PublishedBundlesTest {
    private static final Digest ANOTHER = Digest.sha256(new byte[] {1});

    private static Path corpus(String file) {
        return Shared.path("corpus/" + file);
    }

    private static TrustRoots publicGood() throws Exception {
        return Answers.anybody(corpus("sigstore-trust-roots/public-good/targets/trusted_root.json"));
    }

    private static TrustRoots staging() throws Exception {
        return Answers.anybody(corpus("sigstore-trust-roots/staging/targets/trusted_root.json"));
    }

    private static Digest sha512(String hex) throws Exception {
        return Digest.parse("sha512:" + hex);
    }

    @Test
    void bundles_of_sigstore_java() throws Exception {
        String folder = "sigstore-java/bundles/";
        byte[] artifact = Shared.bytes(corpus(folder + "artifact.txt"));
        Map<String, String> expected = Map.of(
                "PKIX_ECDSA_P256_SHA_256.sigstore.json", Answers.VERIFIED,
                "PKIX_RSA_PKCS1V15_2048_SHA256.sigstore.json", Answers.VERIFIED,
                "bundle-with-bad-checkpoint-signature.sigstore", "LOG_ENTRY_UNPROVEN",
                "bundle.dsse.bad-signature.sigstore", "SIGNATURE_INVALID",
                "bundle.dsse.sigstore", Answers.VERIFIED,
                "bundle.sigstore", Answers.VERIFIED,
                "bundle.v1.sigstore", Answers.VERIFIED,
                "bundle.v2.sigstore", Answers.VERIFIED,
                "bundle.v3.no.inclusion.sigstore", "MALFORMED",
                "bundle.v3.sigstore", Answers.VERIFIED);
        Answers answers = new Answers();
        for (String name : expected.keySet()) {
            answers.add(name, Answers.of(corpus(folder + name), artifact, publicGood()));
        }
        answers.areExactly("sigstore-java", expected);
    }

    @Test
    void bundles_of_sigstore_go() throws Exception {
        TrustRoots roots = Answers.anybody(corpus("sigstore-go/trusted-roots/public-good.json"));
        TrustRoots examples = Answers.anybody(corpus("sigstore-go/examples/trusted-root-public-good.json"));
        TrustRoots npm = Answers.key(
                corpus("sigstore-go/examples/publish_key.pub"),
                corpus("sigstore-go/examples/trusted-root-public-good.json"));
        Path provenance = corpus("sigstore-go/bundles/dsse.sigstore.json");
        Path sigstoreJs = corpus("sigstore-go/bundles/sigstore.js@2.0.0-provenance.sigstore.json");
        Path example = corpus("sigstore-go/examples/bundle-provenance.json");
        Path published = corpus("sigstore-go/examples/bundle-publish.json");
        Digest tarball = sha512("76176ffa33808b54602c7c35de5c6e9a4deb96066dba6533f50ac234f4f1f4c6"
                + "b3527515dc17c06fbe2860030f410eee69ea20079bd3a2c6f3dcf3b329b10751");
        Answers answers = new Answers();
        answers.add(
                "dsse",
                Answers.of(
                        provenance,
                        sha512("bbfd372fc9beeb777fe35d05bb10c0c70a9733d366a75fed7dd18866c7391de3"
                                + "ee7e88ba74dd47abf3e15c845e547fcf0e5c3da80854c751554224d3a6d4e55f"),
                        roots));
        answers.add("dsse of another", Answers.of(provenance, ANOTHER, roots));
        answers.add(
                "sigstore.js@2.0.0",
                Answers.of(
                        sigstoreJs,
                        sha512("46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1"
                                + "e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c"),
                        roots));
        answers.add("bundle-provenance", Answers.of(example, tarball, examples));
        answers.add("bundle-publish", Answers.of(published, tarball, npm));
        answers.add("bundle-publish without the key", Answers.of(published, tarball, examples));
        answers.areExactly(
                "sigstore-go",
                Map.of(
                        "dsse", Answers.VERIFIED,
                        "dsse of another", "OTHER_SUBJECT",
                        "sigstore.js@2.0.0", Answers.VERIFIED,
                        "bundle-provenance", Answers.VERIFIED,
                        "bundle-publish", Answers.VERIFIED,
                        "bundle-publish without the key", "NO_TRUSTED_KEY"));
    }

    @Test
    void bundles_of_sigstore_python() throws Exception {
        String folder = "sigstore-python/";
        byte[] artifact = Shared.bytes(corpus("sigstore-conformance/bundle-verify/a.txt"));
        Path dsse = corpus(folder + "a.dsse.staging-rekor-v2.txt.sigstore.json");
        Answers answers = new Answers();
        answers.add("a.dsse.staging-rekor-v2", Answers.of(dsse, artifact, staging()));
        answers.add("a.dsse.staging-rekor-v2 of another", Answers.of(dsse, ANOTHER, staging()));
        for (String name : new String[] {"bundle.txt", "bundle_invalid_version.txt"}) {
            byte[] own = Shared.bytes(corpus(folder + name));
            answers.add(name, Answers.of(corpus(folder + name + ".sigstore"), own, staging()));
        }
        answers.areExactly(
                "sigstore-python",
                Map.of(
                        "a.dsse.staging-rekor-v2",
                        Answers.VERIFIED,
                        "a.dsse.staging-rekor-v2 of another",
                        "OTHER_SUBJECT",
                        "bundle.txt",
                        Answers.VERIFIED,
                        "bundle_invalid_version.txt",
                        "MALFORMED"));
    }

    @Test
    void an_attestation_of_npm_and_github() throws Exception {
        Path bundle = corpus("gh-attestation/sigstore-js-2.1.0-bundle.json");
        byte[] tarball = Shared.bytes(corpus("gh-attestation/sigstore-js-2.1.0.tgz"));
        Answers answers = new Answers();
        answers.add("sigstore-js-2.1.0", Answers.of(bundle, tarball, publicGood()));
        answers.add("another file", Answers.of(bundle, new byte[] {1}, publicGood()));
        // Its subject is a SHA-512: that a file has this SHA-256 says nothing about it.
        answers.add("only the SHA-256", Answers.of(bundle, Digest.sha256(tarball), publicGood()));
        answers.areExactly(
                "gh-attestation",
                Map.of(
                        "sigstore-js-2.1.0", Answers.VERIFIED,
                        "another file", "OTHER_SUBJECT",
                        "only the SHA-256", "OTHER_SUBJECT"));
    }
}
