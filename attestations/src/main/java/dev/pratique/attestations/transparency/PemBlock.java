package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.StrictBase64;
import java.nio.charset.StandardCharsets;

/** The key or certificate in an entry of Rekor v1 (RFC 7468), as bytes to compare; it is never used as one. */
final class PemBlock {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PUBLIC KEY";

    private PemBlock() {}

    /**
     * The DER of the first block: Rekor writes a chain with the certificate first that the signature is verified with, and
     * keys alone.
     */
    static byte[] first(byte[] pem) throws MalformedEvidenceException {
        String text = new String(pem, StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
        String label = text.startsWith(begin(CERTIFICATE)) ? CERTIFICATE : KEY;
        int end = text.indexOf(end(label));
        if (!text.startsWith(begin(label)) || end < 0) {
            throw malformed("is no PEM block of a certificate or public key");
        }
        String rest = text.substring(end + end(label).length()).strip();
        if (!rest.isEmpty() && !(label.equals(CERTIFICATE) && rest.startsWith(begin(CERTIFICATE)))) {
            throw malformed("is followed by something else");
        }
        String body = text.substring(begin(label).length(), end).replace("\n", "");
        return StrictBase64.decode(body, "the log entry's key or certificate");
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----\n";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }

    private static MalformedEvidenceException malformed(String what) {
        return new MalformedEvidenceException("the log entry's key or certificate " + what);
    }
}
