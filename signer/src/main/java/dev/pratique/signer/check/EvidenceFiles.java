package dev.pratique.signer.check;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads the files of a command line that hold evidence, as cosign and others write them. */
public final class EvidenceFiles {
    /** Of a signature, a promise of a log, a timestamp: a few KiB at most. */
    private static final int MAX_BYTES = 1 << 17;

    /** A bundle, as it is. */
    public byte[] bundle(Path file) throws Failure {
        return LocalFile.read(file, EvidenceLimits.MAX_ENVELOPE_BYTES);
    }

    /** A signature: in base64, as {@code cosign sign-blob} writes it, or as it is. */
    public byte[] signature(Path file) throws Failure {
        byte[] bytes = LocalFile.read(file, MAX_BYTES);
        if (bytes.length == 0) {
            throw Failure.of(
                    Kind.FAILED,
                    file + " has no signature in it",
                    "it is what cosign sign-blob --output-signature writes: one line of base64");
        }
        return fromBase64(bytes);
    }

    /** What a log promised about a certificate (RFC 6962), read where it is judged. */
    public byte[] certificateTimestamp(Path file) throws Failure {
        return LocalFile.read(file, MAX_BYTES);
    }

    /** A timestamp: what an authority answered or its token, or cosign's JSON around it. */
    public TimestampToken timestamp(Path file) throws Failure {
        byte[] bytes = LocalFile.read(file, MAX_BYTES);
        try {
            boolean json = bytes.length > 0 && bytes[0] == '{';
            return TimestampToken.parse(json ? ofCosign(bytes) : bytes);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            file + " is no timestamp (RFC 3161): " + e.getMessage(),
                            "it is what cosign sign-blob --rfc3161-timestamp writes, or the answer of a timestamp authority")
                    .because(e);
        }
    }

    private static byte[] ofCosign(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "it", MAX_BYTES);
        return StrictBase64.decode(json.getString("SignedRFC3161Timestamp"), "SignedRFC3161Timestamp");
    }

    /** cosign reads either, too; no signature and no PEM is base64 by chance. */
    static byte[] fromBase64(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        try {
            byte[] decoded = StrictBase64.decode(text.replace("\n", ""), "it");
            return decoded.length == 0 ? bytes : decoded;
        } catch (MalformedEvidenceException asItIs) {
            return bytes;
        }
    }
}
