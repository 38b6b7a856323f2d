package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Values of one DER encoding (X.690 section 10), taken one after the other. It makes no objects of what nobody asks for, hands
 * out exact bytes, goes no deeper than its caller and throws nothing but {@link MalformedEvidenceException}. Timestamps, which
 * are not all of them DER, have a reader of their own.
 */
final class Der {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int UTF8_STRING = 0x0c;
    static final int UTC_TIME = 0x17;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private static final int TRUE = 0xff;
    private static final int LONG_TAG = 0x1f;
    private static final int LONG_LENGTH = 0x80;
    /** Three bytes of length are 16 MiB, and nothing that is read is longer than 64 KiB. */
    private static final int MAX_LENGTH_BYTES = 3;

    private final byte[] bytes;
    private final int end;
    private final String what;
    private int at;

    /** @param what is read, for people */
    Der(byte[] bytes, String what) {
        this(bytes, 0, bytes.length, what);
    }

    private Der(byte[] bytes, int from, int end, String what) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.what = what;
    }

    boolean hasNext() {
        return at < end;
    }

    boolean nextIs(int tag) {
        return at < end && (bytes[at] & 0xff) == tag;
    }

    /** Tag of the next value, whose number is below 31. */
    int tag() throws MalformedEvidenceException {
        if (at >= end) {
            throw malformed("ends too early");
        }
        int tag = bytes[at] & 0xff;
        if ((tag & LONG_TAG) == LONG_TAG) {
            throw malformed("has a tag that nothing in it has");
        }
        return tag;
    }

    /** The values within the next one. */
    Der enter(int tag) throws MalformedEvidenceException {
        int to = open(tag);
        Der inner = new Der(bytes, at, to, what);
        at = to;
        return inner;
    }

    /** The next value whole, tag and length included, whatever it is. */
    byte[] element() throws MalformedEvidenceException {
        return element(tag());
    }

    /** The next value whole, tag and length included. */
    byte[] element(int tag) throws MalformedEvidenceException {
        int from = at;
        at = open(tag);
        return Arrays.copyOfRange(bytes, from, at);
    }

    /** The content of the next value. */
    byte[] content(int tag) throws MalformedEvidenceException {
        int to = open(tag);
        byte[] content = Arrays.copyOfRange(bytes, at, to);
        at = to;
        return content;
    }

    /** That nothing follows. */
    void end() throws MalformedEvidenceException {
        if (at < end) {
            throw malformed("has more in it than its type has");
        }
    }

    /** Steps into the next value; where it ends. */
    private int open(int tag) throws MalformedEvidenceException {
        if (tag() != tag) {
            throw malformed("has something else in the place of a value");
        }
        at++;
        int length = length();
        if (length > end - at) {
            throw malformed("ends too early");
        }
        return at + length;
    }

    // X.690 section 10.1: "The definite form of length encoding shall be used, encoded in the minimum number of
    // octets."
    private int length() throws MalformedEvidenceException {
        if (at >= end) {
            throw malformed("ends too early");
        }
        int first = bytes[at++] & 0xff;
        if (first < LONG_LENGTH) {
            return first;
        }
        int count = first - LONG_LENGTH;
        if (count == 0 || count > MAX_LENGTH_BYTES || count > end - at) {
            throw malformed("has a length that is not definite, or longer than it");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | bytes[at++] & 0xff;
        }
        if (length < LONG_LENGTH || length >>> 8 * (count - 1) == 0) {
            throw malformed("has a length in more bytes than it takes");
        }
        return length;
    }

    /** A BOOLEAN that is FALSE by default: it is there only to be TRUE (X.690 sections 11.1 and 11.5). */
    boolean flag() throws MalformedEvidenceException {
        if (!nextIs(BOOLEAN)) {
            return false;
        }
        byte[] value = content(BOOLEAN);
        if (value.length != 1 || (value[0] & 0xff) != TRUE) {
            throw malformed("has a flag that is not TRUE in DER");
        }
        return true;
    }

    /** An INTEGER of this tag, in its one spelling (X.690 section 8.3.2). */
    BigInteger integer(int tag) throws MalformedEvidenceException {
        byte[] value = content(tag);
        if (value.length == 0
                || value.length > 1 && (value[0] == 0 && value[1] >= 0 || value[0] == -1 && value[1] < 0)) {
            throw malformed("has a number in more bytes than it takes");
        }
        return new BigInteger(value);
    }

    /** The bytes of a BIT STRING all of whose bits are used. */
    byte[] wholeBits() throws MalformedEvidenceException {
        byte[] value = content(BIT_STRING);
        if (value.length == 0 || value[0] != 0) {
            throw malformed("has bits that are no bytes");
        }
        return Arrays.copyOfRange(value, 1, value.length);
    }

    /** The next value, an object identifier, in dots. */
    String identifier() throws MalformedEvidenceException {
        return dotted(content(OBJECT_IDENTIFIER));
    }

    /** An object identifier's content (X.690 section 8.19) in dots. */
    String dotted(byte[] content) throws MalformedEvidenceException {
        if (content.length == 0
                || content.length > CertificateLimits.MAX_IDENTIFIER_BYTES
                || content[content.length - 1] < 0) {
            throw malformed("has an object identifier that is none");
        }
        StringBuilder dotted = new StringBuilder();
        BigInteger large = BigInteger.ZERO;
        long arc = 0;
        int septets = 0;
        for (byte one : content) {
            // X.690 section 8.19.2: "the leading octet of the subidentifier shall not have the value 0x80".
            if (septets == 0 && (one & 0xff) == LONG_LENGTH) {
                throw malformed("has an object identifier in more bytes than it takes");
            }
            septets++;
            // Nine septets fit a long; identifiers made of UUIDs have arcs of nineteen.
            if (septets == 10) {
                large = BigInteger.valueOf(arc);
            }
            if (septets >= 10) {
                large = large.shiftLeft(7).or(BigInteger.valueOf(one & 0x7f));
            } else {
                arc = arc << 7 | one & 0x7f;
            }
            if (one >= 0) {
                append(dotted, septets >= 10 ? large : BigInteger.valueOf(arc));
                arc = 0;
                septets = 0;
            }
        }
        return dotted.toString();
    }

    // X.690 section 8.19.4: the first two arcs are one number, X * 40 + Y.
    private static void append(StringBuilder dotted, BigInteger arc) {
        if (dotted.length() > 0) {
            dotted.append('.').append(arc);
            return;
        }
        int first = arc.min(BigInteger.valueOf(80)).intValueExact() / 40;
        dotted.append(first).append('.').append(arc.subtract(BigInteger.valueOf(40L * first)));
    }

    /** UTF-8 that is nothing else, without control characters; at most {@link CertificateLimits#MAX_TEXT_BYTES}. */
    static String text(byte[] utf8, String what) throws MalformedEvidenceException {
        if (utf8.length > CertificateLimits.MAX_TEXT_BYTES) {
            throw new MalformedEvidenceException(
                    what + " has " + utf8.length + " bytes; up to " + CertificateLimits.MAX_TEXT_BYTES + " are read");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedEvidenceException(what + " is not UTF-8", e);
        }
        if (text.chars().anyMatch(Der::breaksLines)) {
            throw new MalformedEvidenceException(what + " has control characters in it");
        }
        return text;
    }

    private static boolean breaksLines(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
    }

    MalformedEvidenceException malformed(String how) {
        return new MalformedEvidenceException(what + " " + how);
    }
}
