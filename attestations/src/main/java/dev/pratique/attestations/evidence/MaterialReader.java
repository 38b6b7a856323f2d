package dev.pratique.attestations.evidence;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.transparency.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The verification material of a bundle, by the rules of its version (sigstore_bundle.proto, VerificationMaterial). */
final class MaterialReader {
    private static final Set<String> MEMBERS =
            Set.of("publicKey", "x509CertificateChain", "certificate", "tlogEntries", "timestampVerificationData");

    private MaterialReader() {}

    static VerificationMaterial read(JsonObject json, BundleVersion version) throws MalformedEvidenceException {
        json.requireOnly(MEMBERS, "verificationMaterial");
        Optional<JsonObject> key = json.findObject("publicKey");
        Optional<JsonObject> leaf = json.findObject("certificate");
        Optional<JsonObject> chain = json.findObject("x509CertificateChain");
        // protobuf: content is a oneof.
        if (count(key) + count(leaf) + count(chain) != 1) {
            throw new MalformedEvidenceException(
                    "verificationMaterial must hold one of publicKey, certificate and x509CertificateChain");
        }
        // All counts are taken before the first of the elements is read.
        List<JsonValue> chained = chain.isPresent() ? chained(chain.get()) : List.of();
        List<JsonValue> entries = json.arrayOrEmpty("tlogEntries", VerificationMaterial.MAX_ENTRIES);
        List<JsonValue> timestamps = timestamps(json);
        return new VerificationMaterial(
                key.isPresent() ? hint(key.get()) : Optional.empty(),
                leaf.isPresent() ? List.of(only(leaf.get(), version)) : certificates(chained, version),
                logEntries(entries, version),
                tokens(timestamps),
                Optional.empty());
    }

    private static int count(Optional<JsonObject> member) {
        return member.isPresent() ? 1 : 0;
    }

    private static Optional<String> hint(JsonObject key) throws MalformedEvidenceException {
        key.requireOnly(Set.of("hint"), "publicKey");
        // ProtoJSON: an empty string is the same as none.
        return key.findString("hint").filter(hint -> !hint.isEmpty());
    }

    // sigstore_bundle.proto: a single certificate came with 0.3; "when used in a 0.3 bundle [...] form (3) MUST be
    // used", "in a 0.1 or 0.2 bundle [...] form (2) MUST be used".
    private static Certificate only(JsonObject leaf, BundleVersion version) throws MalformedEvidenceException {
        if (version != BundleVersion.V0_3) {
            throw new MalformedEvidenceException(
                    "a bundle of version " + version + " must hold x509CertificateChain, not certificate");
        }
        return certificate(leaf, "certificate");
    }

    private static List<JsonValue> chained(JsonObject chain) throws MalformedEvidenceException {
        chain.requireOnly(Set.of("certificates"), "x509CertificateChain");
        List<JsonValue> certificates = chain.arrayOrEmpty("certificates", VerificationMaterial.MAX_CERTIFICATES);
        // sigstore_bundle.proto: "A sequence of one or more X.509 certificates".
        if (certificates.isEmpty()) {
            throw new MalformedEvidenceException("x509CertificateChain is empty");
        }
        return certificates;
    }

    private static List<Certificate> certificates(List<JsonValue> chained, BundleVersion version)
            throws MalformedEvidenceException {
        if (!chained.isEmpty() && version == BundleVersion.V0_3) {
            throw new MalformedEvidenceException(
                    "a bundle of version 0.3 must hold certificate, not x509CertificateChain");
        }
        List<Certificate> certificates = new ArrayList<>();
        for (JsonValue each : chained) {
            String where = "certificates[" + certificates.size() + "]";
            certificates.add(certificate(each.asObject(where), where));
        }
        requireNoRoot(certificates, version);
        return certificates;
    }

    /**
     * sigstore_bundle.proto: "Signers MUST NOT include root CA certificates in bundles". It says so since before there was
     * version 0.2. Of "old or non-complying bundles" it says: "Verifiers SHOULD handle" those that have "superfluous
     * intermediate and/or root CA certificates by either ignoring them or explicitly considering them untrusted". Those of
     * version 0.1 that sigstore-js wrote end in the root, in the place that the issuing order gives it, where nothing rests on
     * it: no certificate of the evidence is ever trusted. In any other place it stands between a leaf and its issuers, and no
     * signer wrote it (CRT-10).
     */
    private static void requireNoRoot(List<Certificate> certificates, BundleVersion version)
            throws MalformedEvidenceException {
        int last = certificates.size() - 1;
        for (int i = 1; i <= last; i++) {
            boolean superfluous = version == BundleVersion.V0_1 && i == last;
            if (certificates.get(i).isSelfIssued() && !superfluous) {
                throw new MalformedEvidenceException(
                        "certificates[" + i + "] is a root certificate, which a bundle must not hold");
            }
        }
    }

    private static Certificate certificate(JsonObject json, String where) throws MalformedEvidenceException {
        json.requireOnly(Set.of("rawBytes"), where);
        return Certificate.parse(StrictBase64.decodeEither(json.getString("rawBytes"), where + ".rawBytes"));
    }

    private static List<LogEntry> logEntries(List<JsonValue> values, BundleVersion version)
            throws MalformedEvidenceException {
        List<LogEntry> entries = new ArrayList<>();
        for (JsonValue each : values) {
            String where = "tlogEntries[" + entries.size() + "]";
            LogEntry entry = LogEntry.fromBundle(each.asObject(where));
            requireEvidenceOf(version, entry, where);
            entries.add(entry);
        }
        return entries;
    }

    // sigstore_rekor.proto: the promise is "required for v0.1 bundles, and MUST be verified. Optional for >= v0.2"; the
    // proof is REQUIRED since, and its checkpoint with it.
    private static void requireEvidenceOf(BundleVersion version, LogEntry entry, String where)
            throws MalformedEvidenceException {
        if (version == BundleVersion.V0_1 && !entry.hasPromise()) {
            throw new MalformedEvidenceException(where + " has no inclusion promise, which version 0.1 needs");
        }
        if (version != BundleVersion.V0_1 && !entry.hasProof()) {
            throw new MalformedEvidenceException(
                    where + " has no inclusion proof with a checkpoint, which version " + version + " needs");
        }
    }

    private static List<JsonValue> timestamps(JsonObject json) throws MalformedEvidenceException {
        Optional<JsonObject> data = json.findObject("timestampVerificationData");
        if (data.isEmpty()) {
            return List.of();
        }
        data.get().requireOnly(Set.of("rfc3161Timestamps"), "timestampVerificationData");
        return data.get().arrayOrEmpty("rfc3161Timestamps", VerificationMaterial.MAX_TIMESTAMPS);
    }

    private static List<TimestampToken> tokens(List<JsonValue> values) throws MalformedEvidenceException {
        List<TimestampToken> tokens = new ArrayList<>();
        for (JsonValue each : values) {
            String where = "rfc3161Timestamps[" + tokens.size() + "]";
            JsonObject json = each.asObject(where);
            json.requireOnly(Set.of("signedTimestamp"), where);
            String signed = json.getString("signedTimestamp");
            tokens.add(TimestampToken.offered(StrictBase64.decodeEither(signed, where + ".signedTimestamp")));
        }
        return tokens;
    }
}
