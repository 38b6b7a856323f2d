package dev.pratique.attestations.sign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What cosign 3.1.3 wrote is written here byte for byte, given its key's signature and its time. */
class CosignShapesTest {
    private static final byte[] SPKI = Base64.getDecoder()
            .decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEH3n+7G+GH7BvDyLdClFKSFGlkMEPmofXczY7O6CB2okMo0WVKzr4HgmuB"
                    + "k+OnpIFpuIcE75qfigWHlSar+gSdQ==");
    private static final SigningMaterial KEY_ALONE = SigningMaterial.ofKey(fixed(new byte[0]));
    private static final Digest IMAGE = sha256("b1191b10d7f8eb0e7386f3a356458bff3f3f89fc442936f3874906c24c8d0981");

    @Test
    void theHintIsTheBase64OfTheKeysSha256() {
        assertThat(KeyHint.of(SPKI)).isEqualTo("2dfxz+goScDoxY8DhorRMm35B/228j8/rLFzFSLuwoQ=");
    }

    @Test
    void paeIsThatOfTheDsseSpecification() {
        byte[] pae = DsseEnvelope.pae("http://example.com/HelloWorld", utf8("hello world"));
        assertThat(pae)
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assertThat(DsseEnvelope.pae("é", utf8("ü")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("DSSEv1 2 é 2 ü");
    }

    @Test
    void signStatementAndBundle() throws Exception {
        byte[] statement = Statements.cosignSign(IMAGE, Map.of());
        assertThat(statement)
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\""
                        + IMAGE.hex()
                        + "\"},\"annotations\":{}}],\"predicateType\":\"https://sigstore.dev/cosign/sign/v1\","
                        + "\"predicate\":{}}");
        byte[] signature = Base64.getDecoder()
                .decode("MEQCICmx1chwTErpahVM3cfhCp1LCIv41AbS3OCFhqfIiwb6AiBMkZUtmMAU2PTKhzNnxilDE4jJQkrZ8lD6ASzF26y"
                        + "4Yg==");
        byte[] bundle = SignedEnvelope.sign(statement, fixed(signature)).bundle(KEY_ALONE);
        assertThat(Digest.sha256(bundle))
                .isEqualTo(sha256("a3336e1bdc585c4168e078eb3c6d7ccec2e7ac309e4902cd8bc70a50b2049031"));

        Descriptor subject = new Descriptor(MediaType.OCI_MANIFEST, IMAGE, 401, List.of(), Map.of(), null, null);
        EvidenceArtifact referrer =
                BundleReferrer.of(subject, bundle, Statement.COSIGN_SIGN, Instant.parse("2026-11-21T09:10:55.987Z"));
        assertThat(referrer.digest())
                .isEqualTo(sha256("ece22a2ffe9d06f82239b2e228399ed6ab4dd3e947d80fc24120e2d231c67b16"));
        assertThat(referrer.tag()).isEmpty();
        assertThat(referrer.listing().artifactType()).isEqualTo(MediaType.BUNDLE_V03);
        assertThat(referrer.blobs()).hasSize(2);
    }

    @Test
    void simpleSigningAndItsTag() throws Exception {
        Digest image = sha256("993252e936ecc3379dd883232fe70f59714d4c73e5fb3d1c608dfb67b168b429");
        Repository repository = Repository.parse("127.0.0.1:18500", "samples/k-legacy-notlog-p256");
        byte[] payload = Statements.simpleSigning(repository, image, Map.of());
        byte[] signature = Base64.getDecoder()
                .decode("MEYCIQDhyhvjS61qnN8vsXksYbR/Woo5Cv3myVIJ8w7ZbCbiPgIhANJPzCfW4gFSHSI2j/+GCel2AlMraU3624y/"
                        + "njbDSGOR");
        EvidenceArtifact sig = CosignLayers.signature(image, Optional.empty(), payload, signature, KEY_ALONE);
        assertThat(sig.digest()).isEqualTo(sha256("c88d5b5efb3e4810675cec0b26f31a8f4fb6e12e53f1afab876d1bfe94407e9a"));
        assertThat(sig.tag()).contains(new Reference.Tag("sha256-" + image.hex() + ".sig"));
    }

    @Test
    void annotationsAreSortedAsGoDoes() throws Exception {
        Repository repository = Repository.parse("127.0.0.1:18500", "samples/k-legacy-annotations");
        Digest image = sha256("eabe07435f54dab5bf2bd5e69e96ddf911d66e6996a8cfd2e5a9f0d1086ca0ff");
        byte[] payload = Statements.simpleSigning(repository, image, Map.of("team", "x", "env", "prod"));
        assertThat(Digest.sha256(payload))
                .isEqualTo(sha256("0c4f026e56f08dbdf59793e7f9affec12791518c95f1fe4179185d5a53b46ed1"));
    }

    @Test
    void aSecondSignatureKeepsTheFirst() throws Exception {
        Repository repository = Repository.parse("127.0.0.1:18500", "samples/k-legacy-multisig");
        Digest image = sha256("9f6d081292d2936171a38a8bc53356dd05b6af143fc1eca85e9f0a819aa3ea44");
        byte[] payload = Statements.simpleSigning(repository, image, Map.of());
        EvidenceArtifact first = CosignLayers.signature(image, Optional.empty(), payload, new byte[] {1}, KEY_ALONE);
        Manifest.Image existing = (Manifest.Image) Manifest.parse(first.manifest(), null);
        EvidenceArtifact second =
                CosignLayers.signature(image, Optional.of(existing), payload, new byte[] {2}, KEY_ALONE);
        Manifest.Image both = (Manifest.Image) Manifest.parse(second.manifest(), null);
        assertThat(both.layers())
                .extracting(layer -> layer.annotations().get(CosignLayers.SIGNATURE))
                .containsExactly("AQ==", "Ag==");
        // The configuration of cosign's own manifest with two signatures of this payload.
        assertThat(both.config().digest())
                .isEqualTo(sha256("8740bac8ac2ccacdcf0f952921689e379ad9cba1011128e8dac19da3fec9d91a"));
    }

    @Test
    void anAttestationNamesItsPredicateTypeForReaders() throws Exception {
        SignedEnvelope envelope = SignedEnvelope.sign(utf8("{}"), fixed(new byte[] {1}));
        EvidenceArtifact att =
                CosignLayers.attestation(IMAGE, Optional.empty(), envelope, "https://acme.example/t", KEY_ALONE);
        Manifest.Image manifest = (Manifest.Image) Manifest.parse(att.manifest(), null);
        assertThat(manifest.layers().get(0).mediaType()).isEqualTo(MediaType.DSSE_ENVELOPE);
        assertThat(manifest.layers().get(0).annotations())
                .isEqualTo(Map.of(CosignLayers.SIGNATURE, "", "predicateType", "https://acme.example/t"));
        assertThat(DsseEnvelope.parse(envelope.bytes()).payload()).isEqualTo(utf8("{}"));
    }

    static Signer fixed(byte[] signature) {
        return new Signer() {
            @Override
            public byte[] publicKey() {
                return SPKI;
            }

            @Override
            public SignatureAlgorithm algorithm() {
                return TestKey.A.trusted().defaultAlgorithm();
            }

            @Override
            public byte[] sign(byte[] message) {
                return signature;
            }
        };
    }

    private static Digest sha256(String hex) {
        return new Digest(Digest.Algorithm.SHA256, hex);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
