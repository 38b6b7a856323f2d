package dev.pratique.signer.predicate;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a JSON value must be. */
@FunctionalInterface
interface Shape {
    /** What is wrong with it. */
    void check(JsonValue value, String place, Complaints complaints);

    /** Everything that is wrong, with its place; not more than a person reads. */
    final class Complaints {
        private static final int MOST = 10;

        private final List<String> lines = new ArrayList<>();

        void add(String place, String what) {
            if (lines.size() < MOST) {
                lines.add((place.isEmpty() ? "the predicate" : place) + " " + what);
            }
        }

        List<String> lines() {
            return List.copyOf(lines);
        }
    }

    Shape ANY = (value, place, complaints) -> {};

    Shape TEXT = of("a string", value -> value instanceof JsonValue.JsonString);

    Shape NOT_EMPTY = of(
            "a string that is not empty",
            value -> text(value).filter(s -> !s.isBlank()).isPresent());

    Shape BOOLEAN = of("true or false", value -> value instanceof JsonValue.JsonBoolean);

    Shape OBJECT = of("an object", value -> value instanceof JsonObject);

    /** RFC 3986 with a scheme. */
    Shape URI_TEXT = of("a URI", value -> text(value).filter(Shape::isUri).isPresent());

    /** RFC 3339. */
    Shape TIMESTAMP = of(
            "a time as 2026-01-31T12:00:00Z",
            value -> text(value).filter(Shape::isTimestamp).isPresent());

    Shape COUNT = of(
            "a whole number, 1 or more",
            value -> value instanceof JsonValue.JsonNumber number
                    && number.text().matches("[1-9][0-9]{0,17}"));

    /** A digest set of in-toto: algorithm to lower-case hexadecimal, or what that algorithm writes. */
    Shape DIGESTS = (value, place, complaints) -> {
        if (!(value instanceof JsonObject object) || object.members().isEmpty()) {
            complaints.add(place, "is not an object of digests, as {\"sha256\": \"...\"}");
            return;
        }
        object.members().forEach((algorithm, digest) -> {
            boolean sha256 = algorithm.equals("sha256");
            boolean fits = text(digest)
                    .filter(hex -> sha256 ? hex.matches("[0-9a-f]{64}") : !hex.isBlank())
                    .isPresent();
            if (!fits) {
                complaints.add(
                        inside(place, algorithm),
                        sha256 ? "is not 64 hexadecimal digits in lower case" : "is no digest");
            }
        });
    };

    private static Shape of(String what, java.util.function.Predicate<JsonValue> holds) {
        return (value, place, complaints) -> {
            if (!holds.test(value)) {
                complaints.add(place, "is not " + what);
            }
        };
    }

    /** A string in which this pattern is found whole. */
    static Shape matching(String regex, String what) {
        Pattern pattern = Pattern.compile(regex);
        return of(
                what,
                value -> text(value).filter(s -> pattern.matcher(s).matches()).isPresent());
    }

    /** One of these strings. */
    static Shape oneOf(String... values) {
        Set<String> allowed = Set.of(values);
        return of(
                "one of " + String.join(", ", Arrays.stream(values).sorted().toList()),
                value -> text(value).filter(allowed::contains).isPresent());
    }

    static Shape arrayOf(Shape element) {
        return arrayOf(0, element);
    }

    /** @param least so many elements at least */
    static Shape arrayOf(int least, Shape element) {
        return (value, place, complaints) -> {
            if (!(value instanceof JsonValue.JsonArray array)) {
                complaints.add(place, "is not an array");
                return;
            }
            if (array.values().size() < least) {
                complaints.add(place, least == 1 ? "is empty" : "has fewer than " + least + " entries");
            }
            for (int i = 0; i < array.values().size(); i++) {
                element.check(array.values().get(i), place + "[" + i + "]", complaints);
            }
        };
    }

    /** An object whose every member is of this shape. */
    static Shape mapOf(Shape member) {
        return (value, place, complaints) -> {
            OBJECT.check(value, place, complaints);
            if (value instanceof JsonObject object) {
                object.members().forEach((name, of) -> member.check(of, inside(place, name), complaints));
            }
        };
    }

    static Members object() {
        return new Members(Map.of(), Set.of(), List.of());
    }

    /** Both. */
    default Shape and(Shape other) {
        return (value, place, complaints) -> {
            check(value, place, complaints);
            other.check(value, place, complaints);
        };
    }

    /** An object with members by name. What is not named may be there: the types allow extensions. */
    record Members(Map<String, Shape> shapes, Set<String> required, List<String> oneOfThem) implements Shape {
        Members required(String name, Shape shape) {
            Set<String> wanted = new java.util.LinkedHashSet<>(required);
            wanted.add(name);
            return new Members(with(name, shape), wanted, oneOfThem);
        }

        Members optional(String name, Shape shape) {
            return new Members(with(name, shape), required, oneOfThem);
        }

        /** At least one of these must be there. */
        Members atLeastOneOf(String... names) {
            return new Members(shapes, required, List.of(names));
        }

        private Map<String, Shape> with(String name, Shape shape) {
            Map<String, Shape> more = new LinkedHashMap<>(shapes);
            more.put(name, shape);
            return more;
        }

        @Override
        public void check(JsonValue value, String place, Complaints complaints) {
            OBJECT.check(value, place, complaints);
            if (!(value instanceof JsonObject object)) {
                return;
            }
            Map<String, JsonValue> present = object.members();
            for (String name : required) {
                if (!present.containsKey(name)) {
                    complaints.add(inside(place, name), "is missing" + nearly(name, present.keySet()));
                }
            }
            if (!oneOfThem.isEmpty() && oneOfThem.stream().noneMatch(present::containsKey)) {
                complaints.add(place, "has none of " + String.join(", ", oneOfThem));
            }
            shapes.forEach((name, shape) -> {
                JsonValue member = present.get(name);
                if (member != null) {
                    shape.check(member, inside(place, name), complaints);
                }
            });
        }

        private static String nearly(String name, Set<String> present) {
            return present.stream()
                    .filter(other -> other.equalsIgnoreCase(name))
                    .findFirst()
                    .map(other -> "; there is '" + Printable.line(other) + "'")
                    .orElse("");
        }
    }

    static String inside(String place, String name) {
        String shown = Printable.line(name);
        return place.isEmpty() ? shown : place + "." + shown;
    }

    static Optional<String> text(JsonValue value) {
        return value instanceof JsonValue.JsonString string ? Optional.of(string.value()) : Optional.empty();
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).isAbsolute() && text.length() > text.indexOf(':') + 1;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isTimestamp(String text) {
        try {
            return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).getYear() > 0;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
