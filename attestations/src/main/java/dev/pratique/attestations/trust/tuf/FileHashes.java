package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What one file says of another: its length and hashes.
 *
 * @param length empty where it says none
 * @param digests all of the kinds that are known here; empty where it says none
 */
record FileHashes(OptionalLong length, List<Digest> digests) {

    FileHashes {
        digests = List.copyOf(digests);
    }

    /** Of a metadata file, where both may be absent (section 4.4). */
    static FileHashes of(JsonObject json) throws MalformedEvidenceException {
        OptionalLong length = json.find("length").isPresent()
                ? OptionalLong.of(json.get("length").asSize("'length'"))
                : OptionalLong.empty();
        Map<String, String> hashes = json.stringsOrEmpty("hashes", 16);
        List<Digest> digests = new ArrayList<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            String hex = hashes.get(algorithm.prefix());
            if (hex != null) {
                digests.add(Digest.parse(algorithm.prefix() + ":" + hex));
            }
        }
        // "hashes" of kinds that nobody here computes would be a check that checks nothing.
        if (digests.isEmpty() && json.find("hashes").isPresent()) {
            throw new MalformedEvidenceException("'hashes' has neither sha256 nor sha512");
        }
        return new FileHashes(length, digests);
    }

    /** Of a target, where both must be there (section 4.5). */
    static FileHashes ofTarget(JsonObject json) throws MalformedEvidenceException {
        FileHashes hashes = of(json);
        if (hashes.length.isEmpty() || hashes.digests.isEmpty()) {
            throw new MalformedEvidenceException("a target has no length or no hashes");
        }
        return hashes;
    }

    /** How many bytes are read at most. */
    int limit(int max) {
        return (int) Math.min(length.orElse(max), max);
    }

    boolean match(byte[] bytes) {
        return (length.isEmpty() || length.getAsLong() == bytes.length)
                && digests.stream().allMatch(digest -> digest.matches(bytes));
    }

    /** @throws TufException MISMATCH */
    void check(byte[] bytes, String what) throws TufException {
        if (!match(bytes)) {
            throw new TufException(
                    Reason.MISMATCH, what + " is not the file that was announced: length or hash differ");
        }
    }
}
