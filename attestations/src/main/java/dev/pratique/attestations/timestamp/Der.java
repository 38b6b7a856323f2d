package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;

/**
 * ASN.1 of a stranger, one spelling of each value. Types are looked at, never converted: a conversion of the library's throws
 * what nobody declared. The library itself goes no deeper than 64 levels.
 *
 * <p>Not the reader of {@link dev.pratique.attestations.certificate certificates}, which takes exact bytes of strict DER one
 * after the other: tokens of authorities that are in use have sets that are not sorted, so they are read as a tree that must
 * be of definite lengths, and only parts of it of DER.
 */
final class Der {
    private static final int CONTEXT = 0x80;
    private static final int CONSTRUCTED = 0x20;
    private static final int SET = 0x31;
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;

    private Der() {}

    /**
     * One value in definite lengths, each as short as it can be. Sets may stand in any order: RFC 3161 section 3.4 asks for
     * DER, and authorities that are in use do not sort the certificates.
     */
    static ASN1Primitive definite(byte[] encoded, String what) throws MalformedEvidenceException {
        return read(encoded, "DL", what);
    }

    /** One value in DER (X.690 section 10). */
    static ASN1Primitive strict(byte[] encoded, String what) throws MalformedEvidenceException {
        return read(encoded, "DER", what);
    }

    private static ASN1Primitive read(byte[] encoded, String rules, String what) throws MalformedEvidenceException {
        try {
            ASN1Primitive read = ASN1Primitive.fromByteArray(encoded);
            if (read == null || !Arrays.equals(read.getEncoded(rules), encoded)) {
                throw malformed(what, "is not DER");
            }
            return read;
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedEvidenceException(what + " is not DER", e);
        }
    }

    static byte[] encoded(ASN1Encodable value, String what) throws MalformedEvidenceException {
        try {
            return value.toASN1Primitive().getEncoded("DL");
        } catch (IOException e) {
            throw new MalformedEvidenceException(what + " cannot be read", e);
        }
    }

    /** The elements of a SEQUENCE, so many at least and at most. */
    static Elements sequence(ASN1Encodable value, int min, int max, String what) throws MalformedEvidenceException {
        if (!(value instanceof ASN1Sequence sequence)) {
            throw malformed(what, "is not a sequence");
        }
        return new Elements(elements(sequence.size(), min, max, what, sequence::getObjectAt), what);
    }

    /** The elements of a SET, in the order in which they stand. */
    static List<ASN1Encodable> set(ASN1Encodable value, int min, int max, String what)
            throws MalformedEvidenceException {
        if (!(value instanceof ASN1Set set)) {
            throw malformed(what, "is not a set");
        }
        return elements(set.size(), min, max, what, set::getObjectAt);
    }

    private static List<ASN1Encodable> elements(int size, int min, int max, String what, IntFunction<ASN1Encodable> at)
            throws MalformedEvidenceException {
        if (size < min || size > max) {
            throw malformed(what, "has " + size + " elements, which is not from " + min + " to " + max);
        }
        List<ASN1Encodable> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            elements.add(at.apply(i));
        }
        return elements;
    }

    static ASN1ObjectIdentifier oid(ASN1Encodable value, String what) throws MalformedEvidenceException {
        if (value instanceof ASN1ObjectIdentifier oid) {
            return oid;
        }
        throw malformed(what, "is not an object identifier");
    }

    static ASN1Integer integer(ASN1Encodable value, String what) throws MalformedEvidenceException {
        if (value instanceof ASN1Integer integer) {
            return integer;
        }
        throw malformed(what, "is not an integer");
    }

    static byte[] octets(ASN1Encodable value, String what) throws MalformedEvidenceException {
        if (value instanceof ASN1OctetString octets) {
            return octets.getOctets();
        }
        throw malformed(what, "is not an octet string");
    }

    static boolean isTagged(ASN1Encodable value, int tag) {
        return value instanceof ASN1TaggedObject tagged && tagged.hasContextTag(tag);
    }

    /** What stands in {@code [tag] EXPLICIT}. */
    static ASN1Encodable explicit(ASN1Encodable value, int tag, String what) throws MalformedEvidenceException {
        if (value instanceof ASN1TaggedObject tagged && tagged.hasContextTag(tag) && tagged.isExplicit()) {
            return tagged.getExplicitBaseObject();
        }
        throw malformed(what, "does not have the tag [" + tag + "]");
    }

    /** The bytes of a {@code [tag] IMPLICIT SET}, with the tag of a SET. */
    static byte[] implicitSet(ASN1Encodable value, int tag, String what) throws MalformedEvidenceException {
        return retagged(value, CONTEXT | CONSTRUCTED | tag, SET, what);
    }

    /** What stands in a {@code [tag] IMPLICIT SEQUENCE}. */
    static ASN1Primitive implicitSequence(ASN1Encodable value, int tag, String what) throws MalformedEvidenceException {
        return strict(retagged(value, CONTEXT | CONSTRUCTED | tag, SEQUENCE, what), what);
    }

    /** The octets of a {@code [tag] IMPLICIT OCTET STRING}. */
    static byte[] implicitOctets(ASN1Encodable value, int tag, String what) throws MalformedEvidenceException {
        return octets(strict(retagged(value, CONTEXT | tag, OCTET_STRING, what), what), what);
    }

    static ASN1Integer implicitInteger(ASN1Encodable value, int tag, String what) throws MalformedEvidenceException {
        return integer(strict(retagged(value, CONTEXT | tag, INTEGER, what), what), what);
    }

    // Tags below 31 take one byte (X.690 section 8.1.2.2); all that are asked for are. The library tells values under a
    // tag apart by their content, not by whether the tag says that there are any.
    private static byte[] retagged(ASN1Encodable value, int from, int to, String what)
            throws MalformedEvidenceException {
        byte[] bytes = encoded(value, what);
        if ((bytes[0] & 0xff) != from) {
            throw malformed(what, "does not have its tag");
        }
        bytes[0] = (byte) to;
        return bytes;
    }

    static MalformedEvidenceException malformed(String what, String how) {
        return new MalformedEvidenceException(what + " " + how);
    }

    /** The elements of a sequence, taken one after the other. */
    static final class Elements {
        private final List<ASN1Encodable> elements;
        private final String what;
        private int next;

        private Elements(List<ASN1Encodable> elements, String what) {
            this.elements = elements;
            this.what = what;
        }

        boolean hasNext() {
            return next < elements.size();
        }

        ASN1Encodable next() throws MalformedEvidenceException {
            if (!hasNext()) {
                throw malformed(what, "ends too early");
            }
            return elements.get(next++);
        }

        /** Whether the next one is of this type. */
        boolean nextIs(Class<? extends ASN1Encodable> type) {
            return hasNext() && type.isInstance(elements.get(next));
        }

        boolean nextIsTagged(int tag) {
            return hasNext() && isTagged(elements.get(next), tag);
        }

        void end() throws MalformedEvidenceException {
            if (hasNext()) {
                throw malformed(what, "has an element that is not known, or not at its place");
            }
        }
    }
}
