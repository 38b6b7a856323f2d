package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Arrays;

/** Values in the presentation language of TLS (RFC 5246 section 4), taken one after the other. */
final class TlsReader {
    private final byte[] bytes;
    private final String what;
    private int at;

    TlsReader(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    boolean hasNext() {
        return at < bytes.length;
    }

    /** Of so many bytes, up to eight; eight may come out negative. */
    long number(int count) throws MalformedEvidenceException {
        long number = 0;
        for (byte one : bytes(count)) {
            number = number << 8 | one & 0xff;
        }
        return number;
    }

    byte[] bytes(int count) throws MalformedEvidenceException {
        if (count > bytes.length - at) {
            throw new MalformedEvidenceException(what + " ends too early");
        }
        at += count;
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    /** Bytes behind their count, which takes up to three bytes. */
    byte[] vector(int lengthBytes) throws MalformedEvidenceException {
        return bytes((int) number(lengthBytes));
    }

    void end() throws MalformedEvidenceException {
        if (hasNext()) {
            throw new MalformedEvidenceException(what + " has more in it than its type has");
        }
    }
}
