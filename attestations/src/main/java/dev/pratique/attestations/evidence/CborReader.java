package dev.pratique.attestations.evidence;

import dev.pratique.attestations.MalformedEvidenceException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads CBOR (RFC 8949) of a stranger in one way only: definite lengths, shortest heads (section 4.2.1), no floating point,
 * no duplicate keys, bounded depth and number of items. Not thread safe.
 */
final class CborReader {
    /** Headers of COSE are three deep; this is far from the stack's end. */
    private static final int MAX_DEPTH = 16;
    /** A Notary signature has about forty items. */
    private static final int MAX_ITEMS = 4096;

    private final byte[] bytes;
    private int at;
    private int left = MAX_ITEMS;

    CborReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The kinds of items (RFC 8949 section 3.1), in the order of their numbers. */
    enum Major {
        UNSIGNED,
        NEGATIVE,
        BYTES,
        TEXT,
        ARRAY,
        MAP,
        TAG,
        SIMPLE
    }

    private record Head(Major major, long value) {}

    /** The value of an item's head that must be of this kind: a tag's number, the length of an array or map. */
    long expect(Major major) throws MalformedEvidenceException {
        Head head = head();
        if (head.major() != major) {
            throw malformed("an item is of another kind than its place wants");
        }
        return head.value();
    }

    /** A byte string. */
    byte[] byteString() throws MalformedEvidenceException {
        return take(expect(Major.BYTES));
    }

    /** Walks over a map and says which keys it has, each in its encoded form. */
    Set<String> mapKeys() throws MalformedEvidenceException {
        return mapKeys(expect(Major.MAP), 0);
    }

    /** @throws MalformedEvidenceException where bytes are left */
    void end() throws MalformedEvidenceException {
        if (at != bytes.length) {
            throw malformed("bytes follow its end");
        }
    }

    private Set<String> mapKeys(long pairs, int depth) throws MalformedEvidenceException {
        Set<String> keys = new HashSet<>();
        for (long i = 0; i < pairs; i++) {
            int start = at;
            Head key = head();
            // RFC 9052 section 1.5: "label = int / tstr".
            switch (key.major()) {
                case UNSIGNED, NEGATIVE -> {}
                case TEXT -> text(key.value());
                default -> throw malformed("a key is neither a number nor a text");
            }
            if (!keys.add(new String(bytes, start, at - start, StandardCharsets.ISO_8859_1))) {
                throw malformed("a key appears twice");
            }
            skip(depth + 1);
        }
        return keys;
    }

    private void skip(int depth) throws MalformedEvidenceException {
        if (depth > MAX_DEPTH) {
            throw malformed("it is nested too deeply");
        }
        Head head = head();
        switch (head.major()) {
            case UNSIGNED, NEGATIVE -> {}
            case BYTES -> take(head.value());
            case TEXT -> text(head.value());
            case ARRAY -> {
                for (long i = 0; i < head.value(); i++) {
                    skip(depth + 1);
                }
            }
            case MAP -> mapKeys(head.value(), depth);
            case TAG -> skip(depth + 1);
            case SIMPLE -> simple(head.value());
        }
    }

    /** false, true, null. */
    private static void simple(long value) throws MalformedEvidenceException {
        if (value < 20 || value > 22) {
            throw malformed("it holds a simple value or number that no signature has");
        }
    }

    private Head head() throws MalformedEvidenceException {
        if (--left < 0) {
            throw malformed("it has more items than are read");
        }
        int initial = next();
        Major major = Major.values()[initial >> 5];
        int info = initial & 0x1f;
        if (info < 24) {
            return new Head(major, info);
        }
        if (info > 27) {
            throw malformed("a length is indefinite or reserved");
        }
        // Simple values in two bytes, and floating point.
        if (major == Major.SIMPLE) {
            throw malformed("it holds a simple value or number that no signature has");
        }
        int size = 1 << info - 24;
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | next();
        }
        long smallest = size == 1 ? 24 : 1L << 4 * size;
        if (value < smallest) {
            // Below zero: 2^63 or more, which is the length of nothing.
            throw malformed("a number is not in its shortest form, or too large");
        }
        return new Head(major, value);
    }

    private int next() throws MalformedEvidenceException {
        if (at >= bytes.length) {
            throw malformed("it ends too early");
        }
        return bytes[at++] & 0xff;
    }

    private byte[] take(long length) throws MalformedEvidenceException {
        if (length > bytes.length - at) {
            throw malformed("it ends too early");
        }
        byte[] taken = Arrays.copyOfRange(bytes, at, at + (int) length);
        at += (int) length;
        return taken;
    }

    private void text(long length) throws MalformedEvidenceException {
        try {
            var unused = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(take(length)));
        } catch (CharacterCodingException e) {
            throw new MalformedEvidenceException("the COSE signature is malformed: a text is not UTF-8", e);
        }
    }

    private static MalformedEvidenceException malformed(String what) {
        return new MalformedEvidenceException("the COSE signature is malformed: " + what);
    }
}
