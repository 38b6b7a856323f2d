package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.VerificationKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a certificate transparency log promised (RFC 6962 section 3.2), unverified.
 *
 * @param time in milliseconds since the epoch
 * @param extensions of the log's own; with tiled logs the entry's index. Signed, and not looked at
 * @param hash as TLS numbers it, as is the algorithm
 */
record SignedCertificateTimestamp(
        byte[] logId, long time, byte[] extensions, int hash, int algorithm, byte[] signature) {
    private static final String WHAT = "a signed certificate timestamp";
    private static final int V1 = 0;
    private static final int LOG_ID_BYTES = 32;
    private static final int CERTIFICATE_TIMESTAMP = 0;
    private static final int X509_ENTRY = 0;
    private static final int PRECERT_ENTRY = 1;
    private static final int SHA256 = 4;
    private static final int RSA = 1;
    private static final int ECDSA = 3;
    private static final int INTRINSIC = 8;
    private static final int ED25519 = 7;

    /**
     * The TLS structure in its whole length.
     *
     * @return empty for other versions, of which RFC 6962 section 3.3 says that a list may have some
     */
    static Optional<SignedCertificateTimestamp> parse(byte[] bytes) throws MalformedEvidenceException {
        TlsReader reader = new TlsReader(bytes, WHAT);
        if (reader.number(1) != V1) {
            return Optional.empty();
        }
        byte[] logId = reader.bytes(LOG_ID_BYTES);
        long time = reader.number(8);
        byte[] extensions = reader.vector(2);
        return Optional.of(signed(logId, time, extensions, reader));
    }

    private static SignedCertificateTimestamp signed(byte[] logId, long time, byte[] extensions, TlsReader rest)
            throws MalformedEvidenceException {
        int hash = (int) rest.number(1);
        int algorithm = (int) rest.number(1);
        byte[] signature = rest.vector(2);
        rest.end();
        return new SignedCertificateTimestamp(logId, time, extensions, hash, algorithm, signature);
    }

    /** A list (section 3.3): {@code SerializedSCT sct_list <1..2^16-1>}. */
    static List<SignedCertificateTimestamp> parseList(byte[] bytes) throws MalformedEvidenceException {
        TlsReader outer = new TlsReader(bytes, "the list of signed certificate timestamps");
        TlsReader list = new TlsReader(outer.vector(2), "the list of signed certificate timestamps");
        outer.end();
        List<SignedCertificateTimestamp> timestamps = new ArrayList<>();
        int count = 0;
        do {
            if (++count > CertificateLimits.MAX_TIMESTAMPS) {
                throw new MalformedEvidenceException(
                        "more than " + CertificateLimits.MAX_TIMESTAMPS + " signed certificate timestamps");
            }
            parse(list.vector(2)).ifPresent(timestamps::add);
        } while (list.hasNext());
        return timestamps;
    }

    /** One that does not stand in the certificate: the TLS structure, or a log's answer in JSON (section 4.1). */
    static Optional<SignedCertificateTimestamp> parseDetached(byte[] bytes) throws MalformedEvidenceException {
        boolean json = bytes.length > 0 && bytes[0] == '{';
        return json ? parseJson(bytes) : parse(bytes);
    }

    private static Optional<SignedCertificateTimestamp> parseJson(byte[] bytes) throws MalformedEvidenceException {
        JsonObject answer = StrictJson.parseObject(bytes, WHAT, CertificateLimits.MAX_TIMESTAMP_LIST_BYTES);
        if (answer.get("sct_version").asSize("'sct_version'") != V1) {
            return Optional.empty();
        }
        byte[] logId = StrictBase64.decode(answer.getString("id"), "'id'");
        if (logId.length != LOG_ID_BYTES) {
            throw new MalformedEvidenceException(WHAT + " has a log's id that is none");
        }
        byte[] extensions = StrictBase64.decode(answer.findString("extensions").orElse(""), "'extensions'");
        byte[] signature = StrictBase64.decode(answer.getString("signature"), "'signature'");
        long time = answer.get("timestamp").asSize("'timestamp'");
        return Optional.of(signed(logId, time, extensions, new TlsReader(signature, WHAT)));
    }

    /** When, if that is a time. */
    Optional<Instant> instant() {
        // TLS's is unsigned; what Java takes for negative is some 292 million years away.
        return time < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(time));
    }

    /** RFC 6962 section 2.1.4: "either deterministic ECDSA or RSA, using SHA-256"; some of Sigstore's logs have Ed25519. */
    boolean isFor(VerificationKey key) {
        return switch (key.type()) {
            case ECDSA_P256, ECDSA_P384, ECDSA_P521 -> hash == SHA256 && algorithm == ECDSA;
            case RSA -> hash == SHA256 && algorithm == RSA;
            case ED25519 -> hash == INTRINSIC && algorithm == ED25519;
        };
    }

    /** What a log signs that was given the certificate itself (section 3.2, {@code x509_entry}). */
    byte[] signedOver(byte[] certificate) {
        ByteArrayOutputStream signed = begin(X509_ENTRY);
        writeVector(signed, certificate, 3);
        writeVector(signed, extensions, 2);
        return signed.toByteArray();
    }

    /** What a log signs that was given a precertificate (section 3.2, {@code precert_entry}). */
    byte[] signedOver(byte[] issuerKeyHash, byte[] tbsCertificate) {
        ByteArrayOutputStream signed = begin(PRECERT_ENTRY);
        signed.writeBytes(issuerKeyHash);
        writeVector(signed, tbsCertificate, 3);
        writeVector(signed, extensions, 2);
        return signed.toByteArray();
    }

    private ByteArrayOutputStream begin(int entryType) {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.write(V1);
        signed.write(CERTIFICATE_TIMESTAMP);
        writeNumber(signed, time, 8);
        writeNumber(signed, entryType, 2);
        return signed;
    }

    private static void writeVector(ByteArrayOutputStream to, byte[] bytes, int lengthBytes) {
        writeNumber(to, bytes.length, lengthBytes);
        to.writeBytes(bytes);
    }

    private static void writeNumber(ByteArrayOutputStream to, long number, int count) {
        byte[] all = BigInteger.valueOf(number).toByteArray();
        for (int i = count - 1; i >= 0; i--) {
            to.write(i < all.length ? all[all.length - 1 - i] : 0);
        }
    }
}
