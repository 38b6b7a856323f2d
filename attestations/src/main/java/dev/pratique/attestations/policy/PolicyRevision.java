package dev.pratique.attestations.policy;

/**
 * Names one state of trust, policy and catalog together: verdicts under another are not used.
 *
 * @param value short hexadecimal text
 */
public record PolicyRevision(String value) {
    @Override
    public String toString() {
        return value;
    }
}
