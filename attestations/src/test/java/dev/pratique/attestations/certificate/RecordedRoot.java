package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The authorities and certificate logs of a recorded trusted_root.json, for tests that stand below the reader of those. */
record RecordedRoot(List<CertificateAuthority> authorities, List<TransparencyLog> logs) {

    static RecordedRoot of(String file) {
        return of(Shared.path(file));
    }

    static RecordedRoot of(Path file) {
        try {
            return read(Shared.object(file));
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(file.toString(), e);
        }
    }

    private static RecordedRoot read(JsonObject root) throws MalformedEvidenceException {
        List<CertificateAuthority> authorities = new ArrayList<>();
        for (JsonValue one : root.arrayOrEmpty("certificateAuthorities", 100)) {
            JsonObject authority = one.asObject("authority");
            List<Certificate> chain = new ArrayList<>();
            for (JsonValue certificate : authority.getObject("certChain").arrayOrEmpty("certificates", 10)) {
                chain.add(Certificate.parse(
                        Base64.getDecoder().decode(certificate.asObject("one").getString("rawBytes"))));
            }
            authorities.add(new CertificateAuthority(
                    authority.getString("uri"), chain, validity(authority.getObject("validFor")), false));
        }
        List<TransparencyLog> logs = new ArrayList<>();
        for (JsonValue one : root.arrayOrEmpty("ctlogs", 100)) {
            JsonObject log = one.asObject("log");
            JsonObject key = log.getObject("publicKey");
            VerificationKey read = VerificationKey.parseSpki(spki(key));
            logs.add(new TransparencyLog(
                    log.getString("baseUrl"),
                    Base64.getDecoder().decode(log.getObject("logId").getString("keyId")),
                    read,
                    Set.of(read.defaultAlgorithm()),
                    Optional.empty(),
                    validity(key.getObject("validFor"))));
        }
        return new RecordedRoot(authorities, logs);
    }

    // sigstore_common.proto, PKCS1_RSA_PKCS1V5: a bare RSAPublicKey (RFC 8017 appendix A.1.1).
    private static byte[] spki(JsonObject key) throws MalformedEvidenceException {
        byte[] raw = Base64.getDecoder().decode(key.getString("rawBytes"));
        if (!key.getString("keyDetails").startsWith("PKCS1_")) {
            return raw;
        }
        try {
            return new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            ASN1Primitive.fromByteArray(raw))
                    .getEncoded();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Validity validity(JsonObject window) throws MalformedEvidenceException {
        return new Validity(
                window.findString("start").map(Instant::parse),
                window.findString("end").map(end -> Instant.parse(end).plusNanos(1)));
    }

    /** The leaf of a recorded bundle, if it has one. */
    static Optional<Certificate> leaf(JsonObject bundle) throws MalformedEvidenceException {
        JsonObject material = bundle.getObject("verificationMaterial");
        Optional<JsonObject> one = material.findObject("certificate");
        Optional<JsonObject> chain = material.findObject("x509CertificateChain");
        if (one.isEmpty() && chain.isEmpty()) {
            return Optional.empty();
        }
        List<JsonValue> certificates =
                chain.isPresent() ? chain.get().arrayOrEmpty("certificates", 10) : List.<JsonValue>of(one.get());
        if (certificates.isEmpty()) {
            return Optional.empty();
        }
        String raw = certificates.get(0).asObject("certificate").getString("rawBytes");
        return Optional.of(Certificate.parse(Base64.getDecoder().decode(raw)));
    }
}
