package dev.pratique.config.yaml;

import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mapping that {@link ShapeCheck} accepted, read by its keys. What is missing or wrong is complained about and replaced
 * by something harmless, so that the rest is still looked at; with a complaint nothing of it is used.
 */
public final class Section {
    private static final Pattern DURATION = Pattern.compile("(0)|([1-9][0-9]{0,8})([smhd])");
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9-]*");

    private final Node.Mapping mapping;
    private final Place place;
    private final String path;
    private final Complaints complaints;

    public Section(Node.Mapping mapping, String path, Complaints complaints) {
        this(mapping, mapping.place(), path, complaints);
    }

    private Section(Node.Mapping mapping, Place place, String path, Complaints complaints) {
        this.mapping = mapping;
        this.place = place;
        this.path = path;
        this.complaints = complaints;
    }

    /** The path of a key below another. */
    public static String join(String path, String key) {
        if (!IDENTIFIER.matcher(key).matches()) {
            return path + "[" + Quoted.of(key) + "]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Whether the key is there, usable or not. */
    public boolean has(String key) {
        return mapping.find(key).isPresent();
    }

    /** Where the mapping stands: at the key that it is the value of. */
    public Place place() {
        return place;
    }

    public String path() {
        return path;
    }

    /** Complains about the mapping. */
    public void refuse(String what, String hint) {
        complaints.add(place, path, what, hint);
    }

    /** Complains about a key, or about the mapping where it lacks the key. */
    public void refuse(String key, String what, String hint) {
        Place at = mapping.find(key).map(Section::named).orElse(place);
        complaints.add(at, join(path, key), what, hint);
    }

    public Optional<Value> find(String key) {
        return mapping.find(key)
                .map(Node.Member::value)
                .filter(Node.Scalar.class::isInstance)
                .map(Node.Scalar.class::cast)
                .map(scalar -> new Value(scalar.text(), scalar.place(), join(path, key), complaints));
    }

    /** The value, which must be there and not be empty. */
    public Optional<Value> require(String key) {
        Optional<Value> value = find(key);
        if (!has(key)) {
            refuse(key, (path.isEmpty() ? "" : path + " ") + "lacks " + key, "add it: " + key + ": …");
        }
        value.filter(one -> one.text().isBlank())
                .ifPresent(one -> one.refuse(one.path() + " is blank", "write what it is"));
        return value.filter(one -> !one.text().isBlank());
    }

    /** One of some words, exactly as they are spelt. */
    public Optional<String> oneOf(String key, List<String> words) {
        Optional<Value> value = find(key);
        value.filter(one -> !words.contains(one.text()))
                .ifPresent(one -> one.refuse(
                        one.path() + " is " + one.quoted() + ", not " + String.join(" or ", words),
                        NearestName.find(one.text(), words)
                                .map(nearest -> "did you mean " + nearest + "?")
                                .orElse("write " + String.join(" or ", words))));
        return value.map(Value::text).filter(words::contains);
    }

    public boolean flag(String key) {
        return oneOf(key, List.of("true", "false")).map(Boolean::parseBoolean).orElse(false);
    }

    /** A whole number in this range. */
    public int number(String key, int min, int max, int fallback) {
        return find(key).map(value -> number(value, min, max, fallback)).orElse(fallback);
    }

    /** As {@link #number(String, int, int, int)}, for an item of a list. */
    public static int number(Value value, int min, int max, int fallback) {
        if (value.text().matches("0|[1-9][0-9]{0,9}")) {
            long number = Long.parseLong(value.text());
            if (number >= min && number <= max) {
                return (int) number;
            }
        }
        value.refuse(
                value.path() + " is " + value.quoted() + ", not a whole number from " + min + " to " + max,
                "write a number of that range, without a unit");
        return fallback;
    }

    /** {@code 30s}, {@code 5m}, {@code 24h}, {@code 7d} or {@code 0}; at least {@code min}. */
    public Duration duration(String key, Duration min, Duration fallback) {
        return find(key).map(value -> duration(value, min, fallback)).orElse(fallback);
    }

    /**
     * {@code 10GiB}, {@code 500MB} or {@code 0}, in bytes.
     *
     * @param min smallest that makes sense beside 0, whole MiB
     */
    public long size(String key, long min, long fallback) {
        return find(key).map(value -> ByteSize.read(value, min, fallback)).orElse(fallback);
    }

    private static Duration duration(Value value, Duration min, Duration fallback) {
        Matcher matcher = DURATION.matcher(value.text());
        if (!matcher.matches()) {
            String hint = value.text().matches("[0-9]+")
                    ? "write a unit: " + value.text() + "s, " + value.text() + "m or " + value.text() + "h"
                    : "write it as 30s, 5m, 24h, 7d or 0";
            value.refuse(value.path() + " is " + value.quoted() + ", not a duration", hint);
            return fallback;
        }
        Duration duration = matcher.group(1) != null
                ? Duration.ZERO
                : Duration.ofSeconds(Long.parseLong(matcher.group(2)) * seconds(matcher.group(3)));
        if (duration.compareTo(min) < 0) {
            value.refuse(
                    value.path() + " is " + value.quoted() + ", which is too short",
                    "write at least " + min.toSeconds() + "s");
            return fallback;
        }
        return duration;
    }

    private static long seconds(String unit) {
        return switch (unit) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 86_400;
        };
    }

    /** A day, as in 2027-06-30. */
    public Optional<LocalDate> date(String key) {
        return find(key).flatMap(value -> {
            try {
                return Optional.of(LocalDate.parse(value.text()));
            } catch (DateTimeParseException e) {
                value.refuse(
                        value.path() + " is " + value.quoted() + ", not a date", "write year-month-day, as 2027-06-30");
                return Optional.empty();
            }
        });
    }

    /** The items of a list of single values. */
    public List<Value> values(String key) {
        List<Value> values = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Node.Scalar scalar) {
                values.add(new Value(scalar.text(), scalar.place(), item(key, i), complaints));
            }
        }
        return values;
    }

    /** The items of a list of mappings. */
    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Node.Mapping one) {
                sections.add(new Section(one, one.place(), item(key, i), complaints));
            }
        }
        return sections;
    }

    private String item(String key, int index) {
        return join(path, key) + "[" + index + "]";
    }

    private List<Node> items(String key) {
        return mapping.find(key)
                .map(member -> member.value() instanceof Node.Sequence list ? list.items() : List.<Node>of())
                .orElse(List.of());
    }

    public Optional<Section> section(String key) {
        return mapping.find(key).flatMap(this::below);
    }

    /** The mappings under keys that the operator chose. */
    public Map<String, Section> named() {
        Map<String, Section> named = new LinkedHashMap<>();
        mapping.members().forEach(member -> below(member).ifPresent(one -> named.put(member.key(), one)));
        return named;
    }

    /** The single values under keys that the operator chose. */
    public Map<String, Value> namedValues() {
        Map<String, Value> named = new LinkedHashMap<>();
        mapping.members().forEach(member -> find(member.key()).ifPresent(value -> named.put(member.key(), value)));
        return named;
    }

    private Optional<Section> below(Node.Member member) {
        return member.value() instanceof Node.Mapping inner
                ? Optional.of(new Section(inner, named(member), join(path, member.key()), complaints))
                : Optional.empty();
    }

    private static Place named(Node.Member member) {
        Place value = member.value().place();
        return value.variable().isEmpty() ? member.place() : value;
    }
}
