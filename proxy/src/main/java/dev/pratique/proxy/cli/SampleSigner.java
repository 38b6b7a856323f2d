package dev.pratique.proxy.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.CosignLayers;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.sign.Statements;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.statement.Statement;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** A key pair made for the demonstration, and what it can sign. The private key never leaves memory. */
final class SampleSigner {
    static final String SBOM = "https://spdx.dev/Document";

    private static final int MAX_PREDICATE = 1 << 16;

    private final KeySigner signer;
    private final Instant now;

    /** @param now when it says it signs */
    SampleSigner(Instant now) throws SigningException {
        this.signer = KeySigner.of(newPair());
        this.now = now;
    }

    private static KeyPair newPair() throws SigningException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new SigningException("this Java runtime cannot make a P-256 key", e);
        }
    }

    /** The public key (RFC 7468 section 13). */
    String publicPem() {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(signer.publicKey());
        return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
    }

    /** A signature as cosign v3 makes it, attached to an image; it may say another digest than that of the image. */
    EvidenceArtifact signature(Descriptor attachedTo, Digest signed) throws SigningException {
        byte[] bundle = bundle(Statements.cosignSign(signed, Map.of()));
        return BundleReferrer.of(attachedTo, bundle, Statement.COSIGN_SIGN, now);
    }

    /** A signature as older cosign makes it, under the image's {@code .sig} tag. */
    EvidenceArtifact olderSignature(Repository repository, Digest image) throws SigningException {
        byte[] payload = Statements.simpleSigning(repository, image, Map.of());
        return CosignLayers.signature(
                image, Optional.empty(), payload, signer.sign(payload), SigningMaterial.ofKey(signer));
    }

    /** A list of contents: a true statement about the image, and no signature. */
    EvidenceArtifact sbom(Repository repository, Descriptor image) throws SigningException {
        return statement(repository, image, SBOM, Map.of("spdxVersion", "SPDX-2.3", "name", "app"));
    }

    /** SLSA provenance v1: built from this source by this builder. */
    EvidenceArtifact provenance(Repository repository, Descriptor image, String source, String builder)
            throws SigningException {
        Map<String, Object> predicate = Map.of(
                "buildDefinition",
                Map.of(
                        "buildType",
                        "https://ci.example/build/v1",
                        "externalParameters",
                        Map.of("source", Map.of("uri", source))),
                "runDetails",
                Map.of("builder", Map.of("id", builder)));
        return statement(repository, image, Provenance.V1, predicate);
    }

    private EvidenceArtifact statement(
            Repository repository, Descriptor image, String type, Map<String, Object> predicate)
            throws SigningException {
        JsonObject json;
        try {
            json = StrictJson.parseObject(JsonWriter.bytes(predicate), "predicate", MAX_PREDICATE);
        } catch (MalformedEvidenceException e) {
            throw new SigningException("the sample predicate is not JSON", e);
        }
        byte[] statement = Statements.about(repository, image.digest(), type, json);
        return BundleReferrer.of(image, bundle(statement), type, now);
    }

    private byte[] bundle(byte[] statement) throws SigningException {
        return SignedEnvelope.sign(statement, signer).bundle(SigningMaterial.ofKey(signer));
    }
}
