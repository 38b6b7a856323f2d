package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The variables of the process. Who may open a pull request chooses some of them (the names of branches, of tags), so none
 * becomes part of a statement before it was looked at.
 */
public final class Variables {
    /** The longest text that goes into a predicate; verifiers match no pattern against a longer one. */
    static final int MAX_TEXT = 4096;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");

    private final Map<String, String> environment;

    public Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * A variable; absent where it is not set or empty, which is the same to a CI system.
     *
     * @throws Failure where its value is no text for a statement
     */
    Optional<String> find(String name) throws Failure {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? Optional.empty() : Optional.of(text(name, value));
    }

    /** The value as it is, where it says {@code yes}. */
    boolean says(String name, String yes) {
        return environment.getOrDefault(name, "").equals(yes);
    }

    /** Whether it has a value, whatever it is. */
    boolean has(String name) {
        return !environment.getOrDefault(name, "").isEmpty();
    }

    /** A variable that is an identifier made of digits. */
    Optional<String> number(String name) throws Failure {
        Optional<String> value = find(name);
        if (value.isPresent() && !NUMBER.matcher(value.get()).matches()) {
            throw unfit(name, "is not a number");
        }
        return value;
    }

    /** A variable that is the address of a server or page, without a slash at its end. */
    Optional<String> url(String name) throws Failure {
        Optional<String> value = find(name);
        return value.isEmpty() ? value : Optional.of(WebAddress.of(name, value.get()));
    }

    /** A variable that is a moment. */
    Optional<Instant> moment(String name) throws Failure {
        Optional<String> value = find(name);
        return value.isEmpty() ? Optional.empty() : Optional.of(moment(name, value.get()));
    }

    /** @param where names the variable or option in messages */
    static Instant moment(String where, String text) throws Failure {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw unfit(where, "is not a time of RFC 3339, as 2026-11-21T20:00:00Z")
                    .because(e);
        }
    }

    /**
     * The text, if it may be part of a statement that people and programs read.
     *
     * @param where names the variable or option in messages
     */
    static String text(String where, String text) throws Failure {
        if (text.length() > MAX_TEXT) {
            throw unfit(where, "has more than " + MAX_TEXT + " characters");
        }
        if (text.codePoints().anyMatch(Variables::deceives)) {
            throw unfit(where, "holds a control character");
        }
        return text;
    }

    static Failure unfit(String where, String what) {
        return Failure.of(
                Kind.FAILED,
                "the value of " + where + " " + what,
                "correct it, or leave it out: what is not known is not said");
    }

    // Beside control characters: separators of lines, what turns the direction of the text around it, and half
    // characters.
    private static boolean deceives(int c) {
        return Character.isISOControl(c)
                || c == 0x2028
                || c == 0x2029
                || c >= 0x202A && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069
                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                || c == 0xFFFE
                || c == 0xFFFF;
    }
}
