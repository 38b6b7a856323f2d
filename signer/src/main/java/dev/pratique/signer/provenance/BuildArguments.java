package dev.pratique.signer.provenance;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables that a FROM may have: what is declared before the first, with what {@code --build-arg} says instead. */
final class BuildArguments {
    private static final Pattern DECLARATION =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?:=(\"[^\"]*\"|'[^']*'|\\S*))?(?:\\s+|$)");
    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?)([-+])([^{}$]*))?\\})");

    /** BuildKit sets these itself, otherwise for each platform. */
    private static final Set<String> OF_PLATFORMS = Set.of(
            "TARGETPLATFORM",
            "TARGETOS",
            "TARGETARCH",
            "TARGETVARIANT",
            "BUILDPLATFORM",
            "BUILDOS",
            "BUILDARCH",
            "BUILDVARIANT");

    private final Map<String, String> given;
    private final Map<String, String> values = new HashMap<>();

    BuildArguments(Map<String, String> given) {
        this.given = Map.copyOf(given);
    }

    /** {@code NAME}, {@code NAME=VALUE}, several of them. What has no value anywhere stays unknown. */
    void declare(String declarations) {
        Matcher one = DECLARATION.matcher(declarations);
        while (one.lookingAt()) {
            String name = one.group(1);
            String written = one.group(2);
            Optional<String> value = Optional.ofNullable(given.get(name));
            if (value.isEmpty() && written != null) {
                boolean literal = written.startsWith("'");
                String bare = written.replaceAll("^[\"']|[\"']$", "");
                value = literal ? Optional.of(bare) : expand(bare);
            }
            value.ifPresentOrElse(known -> values.put(name, known), () -> values.remove(name));
            one.region(one.end(), declarations.length());
        }
    }

    /** The text with all variables put in; absent where one of them, or how it is written, is not known. */
    Optional<String> expand(String text) {
        Matcher variable = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        int copied = 0;
        while (variable.find()) {
            Optional<String> value = value(variable);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            expanded.append(text.substring(copied, variable.start())).append(value.get());
            copied = variable.end();
        }
        String rest = text.substring(copied);
        boolean known = rest.indexOf('$') < 0 && text.indexOf('\\') < 0 && text.indexOf('"') < 0;
        return known ? Optional.of(expanded.append(rest).toString()) : Optional.empty();
    }

    // "${variable:-word}" is word where the variable is not set or empty, "${variable:+word}" word where it is set.
    private Optional<String> value(Matcher variable) {
        String name = variable.group(1) != null ? variable.group(1) : variable.group(2);
        Optional<String> value = Optional.ofNullable(values.get(name));
        if (variable.group(4) == null || value.isEmpty() && OF_PLATFORMS.contains(name)) {
            return value;
        }
        Optional<String> counts = variable.group(3).isEmpty() ? value : value.filter(text -> !text.isEmpty());
        String word = variable.group(5);
        return variable.group(4).equals("-")
                ? Optional.of(counts.orElse(word))
                : Optional.of(counts.isPresent() ? word : "");
    }
}
