package dev.pratique.attestations.json;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Base64;

/** Base64 with padding, without line breaks and with zero trailing bits (RFC 4648 section 3.5): one text for given bytes. */
public final class StrictBase64 {
    private StrictBase64() {}

    /** The standard alphabet (RFC 4648 section 4). */
    public static byte[] decode(String text, String what) throws MalformedEvidenceException {
        return decode(text, what, Base64.getDecoder(), Base64.getEncoder());
    }

    /** Standard or URL-safe, as DSSE allows (DSSE envelope.md: "either standard or URL-safe encoding"); never mixed. */
    public static byte[] decodeEither(String text, String what) throws MalformedEvidenceException {
        boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
        return urlSafe ? decode(text, what, Base64.getUrlDecoder(), Base64.getUrlEncoder()) : decode(text, what);
    }

    private static byte[] decode(String text, String what, Base64.Decoder decoder, Base64.Encoder encoder)
            throws MalformedEvidenceException {
        byte[] bytes;
        try {
            bytes = decoder.decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidenceException(what + " is not base64", e);
        }
        if (!encoder.encodeToString(bytes).equals(text)) {
            throw new MalformedEvidenceException(what + " is not canonical base64");
        }
        return bytes;
    }
}
