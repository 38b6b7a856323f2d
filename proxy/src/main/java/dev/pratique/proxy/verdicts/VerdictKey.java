package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.PolicyRevision;
import java.nio.charset.StandardCharsets;

/**
 * What a verdict is about. Two of these are equal only where nothing that the verdict depends on differs.
 *
 * @param requirements {@code Requirements.id}: the environment counts through them
 * @param verifier revision of the program that judged
 */
public record VerdictKey(
        Repository repository, Digest digest, String requirements, PolicyRevision revision, String verifier) {

    byte[] bytes() {
        String text = subject() + "\n" + revision + "\n" + verifier;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Its beginning, the same under every revision: repository, digest and requirements, a line each. */
    String subject() {
        return repository + "\n" + digest + "\n" + requirements;
    }

    /** @throws MalformedEvidenceException where a key of another form was written */
    static VerdictKey read(byte[] bytes) throws MalformedEvidenceException {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        int slash = lines[0].indexOf('/');
        if (lines.length != 5 || slash < 0) {
            throw new MalformedEvidenceException("not the key of a verdict");
        }
        return new VerdictKey(
                Repository.parse(lines[0].substring(0, slash), lines[0].substring(slash + 1)),
                Digest.parse(lines[1]),
                lines[2],
                new PolicyRevision(lines[3]),
                lines[4]);
    }
}
