package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.CborReader.Major;
import java.util.Collections;
import java.util.Set;

/**
 * A COSE_Sign1 message (RFC 9052 section 4.2), tagged and with its payload in it, as Notary writes one: whole, and nothing
 * else. What it says is not judged here.
 *
 * @param protectedHeader as encoded: it is signed in these very bytes
 * @param payload what is signed
 * @param signature over both (section 4.4)
 */
public record CoseSign1(byte[] protectedHeader, byte[] payload, byte[] signature) {
    /** RFC 9052 section 2, table 1. */
    private static final int TAG = 18;
    /** Protected header, unprotected header, payload, signature. */
    private static final int PARTS = 4;

    public static CoseSign1 parse(byte[] bytes) throws MalformedEvidenceException {
        if (bytes.length > EvidenceLimits.MAX_COSE_BYTES) {
            throw new MalformedEvidenceException("the COSE signature is too large");
        }
        CborReader in = new CborReader(bytes);
        if (in.expect(Major.TAG) != TAG || in.expect(Major.ARRAY) != PARTS) {
            throw new MalformedEvidenceException("this is no COSE_Sign1 message");
        }
        byte[] protectedHeader = in.byteString();
        Set<String> signed = keysOf(protectedHeader);
        Set<String> unsigned = in.mapKeys();
        // RFC 9052 section 3: the same label MUST NOT occur in both maps.
        if (!Collections.disjoint(signed, unsigned)) {
            throw new MalformedEvidenceException("a header of the COSE signature is both protected and not");
        }
        byte[] payload = in.byteString();
        byte[] signature = in.byteString();
        in.end();
        if (payload.length == 0 || signature.length == 0) {
            throw new MalformedEvidenceException("the COSE signature signs nothing, or is none");
        }
        return new CoseSign1(protectedHeader, payload, signature);
    }

    // RFC 9052 section 3: "empty_or_serialized_map".
    private static Set<String> keysOf(byte[] header) throws MalformedEvidenceException {
        if (header.length == 0) {
            return Set.of();
        }
        CborReader in = new CborReader(header);
        Set<String> keys = in.mapKeys();
        in.end();
        return keys;
    }
}
