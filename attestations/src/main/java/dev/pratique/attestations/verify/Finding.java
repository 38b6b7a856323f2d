package dev.pratique.attestations.verify;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one question.
 *
 * @param saw what was seen, one line fit for an operator
 * @param where the piece of evidence or the part of the image, for people; empty where it is about the image as a whole
 */
public record Finding(Check check, Outcome outcome, String saw, String where) {

    /** How a question was answered. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** It could not be answered, which is never a pass. */
        UNKNOWN,
        NOT_REQUIRED
    }

    /** @throws IllegalArgumentException for an answer that the question cannot have: {@link Check#outcomes} has them all */
    public Finding {
        if (!check.outcomes().contains(outcome)) {
            throw new IllegalArgumentException(check + " cannot be answered with " + outcome);
        }
    }

    public static Finding passed(Check check, String saw, String where) {
        return new Finding(check, Outcome.PASSED, saw, where);
    }

    public static Finding failed(Check check, String saw, String where) {
        return new Finding(check, Outcome.FAILED, saw, where);
    }

    public static Finding unknown(Check check, String saw, String where) {
        return new Finding(check, Outcome.UNKNOWN, saw, where);
    }

    public static Finding notRequired(Check check, String saw, String where) {
        return new Finding(check, Outcome.NOT_REQUIRED, saw, where);
    }

    // Written out, as is hashCode(): what the JVM makes of a record at the first use of either takes 8 ms of a command.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Finding finding
                && check == finding.check
                && outcome == finding.outcome
                && saw.equals(finding.saw)
                && where.equals(finding.where);
    }

    @Override
    public int hashCode() {
        return Objects.hash(check, outcome, saw, where);
    }

    @Override
    public String toString() {
        return check.label() + ": " + outcome.name().toLowerCase(java.util.Locale.ROOT) + ", " + saw
                + (where.isEmpty() ? "" : " [" + where + "]");
    }
}
