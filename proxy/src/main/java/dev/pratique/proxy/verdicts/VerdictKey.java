package dev.pratique.proxy.verdicts;

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
        String text = repository + "\n" + digest + "\n" + requirements + "\n" + revision + "\n" + verifier;
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
