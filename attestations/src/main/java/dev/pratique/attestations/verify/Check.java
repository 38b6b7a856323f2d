package dev.pratique.attestations.verify;

import static dev.pratique.attestations.verify.Finding.Outcome.FAILED;
import static dev.pratique.attestations.verify.Finding.Outcome.NOT_REQUIRED;
import static dev.pratique.attestations.verify.Finding.Outcome.PASSED;
import static dev.pratique.attestations.verify.Finding.Outcome.UNKNOWN;

import dev.pratique.attestations.verify.Finding.Outcome;
import java.util.Set;

/**
 * The questions that a verdict answers, in the order in which they are asked and shown; each with the answers that it can
 * have.
 */
public enum Check {
    /** Was evidence found, and could every place be asked? */
    EVIDENCE("evidence", PASSED, FAILED, UNKNOWN, NOT_REQUIRED),
    /** Are these the bytes that were signed, in a form that has one reading? */
    INTEGRITY("integrity", PASSED, FAILED),
    /** Who signed? */
    IDENTITY("identity", PASSED, FAILED),
    /** Is the evidence about this image? */
    SUBJECT("subject", PASSED, FAILED),
    /** Did the certificate hold when it was signed, and does it lead to an authority that is trusted? */
    VALIDITY("validity", PASSED, FAILED, UNKNOWN),
    /** When was it signed, and who vouches for that? */
    SIGNED_TIME("signed time", PASSED, FAILED, UNKNOWN),
    /** Is the signature in a transparency log? */
    LOG_INCLUSION("log inclusion", PASSED, FAILED, UNKNOWN),
    /** Who built it, from what? */
    PROVENANCE("provenance", PASSED, FAILED),
    /** Does all of it come through the proxy, and can all of it be read? */
    COMPOSITION("composition", FAILED, UNKNOWN, NOT_REQUIRED),
    /** What base image does it stand on? */
    BASE("base", PASSED, FAILED, UNKNOWN, NOT_REQUIRED);

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // what Set.of makes is
    private final Set<Outcome> outcomes;

    Check(String label, Outcome... outcomes) {
        this.label = label;
        this.outcomes = Set.of(outcomes);
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** How it can be answered: there is no {@link Finding} of any other answer. */
    public Set<Outcome> outcomes() {
        return outcomes;
    }
}
