package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonArray;
import dev.pratique.attestations.json.JsonValue.JsonBoolean;
import dev.pratique.attestations.json.JsonValue.JsonNumber;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies of a piece of evidence, each with one thing changed: every member removed, renamed or given twice, every text and
 * number another, bits of everything that is encoded, however deep it lies in texts within texts, and everything cut off.
 * What was changed is named by its path; a step into something encoded is a {@code >}.
 */
public final class Damage {
    private static final int MAX_BYTES = 16 << 20;
    /** Up to so many bytes, a bit of each is flipped. */
    private static final int SMALL = 8;

    private static final Pattern BASE64 =
            Pattern.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----");

    private final Generator generator;
    private final int flips;

    /** @param flips bits changed in each longer value, besides those of its first and last byte */
    public Damage(Generator generator, int flips) {
        this.generator = generator;
        this.flips = flips;
    }

    /** Hands on every damaged copy with what was changed. */
    public void each(EvidenceBytes evidence, BiConsumer<String, EvidenceBytes> take) {
        BiConsumer<String, EvidenceBytes> out = (what, copy) -> {
            boolean same = Arrays.equals(copy.bytes(), evidence.bytes())
                    && copy.annotations().equals(evidence.annotations());
            if (!same) {
                take.accept(what, copy);
            }
        };
        bytes("", evidence.bytes(), (what, bytes) -> out.accept(what, with(evidence, bytes)));
        new TreeMap<>(evidence.annotations()).forEach((name, text) -> {
            out.accept("@" + name + " removed", with(evidence, without(evidence.annotations(), name)));
            text(
                    "@" + name,
                    text,
                    (what, other) -> out.accept(what, with(evidence, plus(evidence.annotations(), name, other))));
        });
    }

    /** Hands on copies of the first in which one member, at any depth, or one annotation is the second's. */
    public static void eachSwap(EvidenceBytes one, EvidenceBytes other, BiConsumer<String, EvidenceBytes> out) {
        Optional<JsonValue> from = json(other.bytes());
        Optional<JsonValue> into = json(one.bytes());
        if (from.isPresent() && into.isPresent()) {
            swaps(
                    "",
                    into.get(),
                    from.get(),
                    (what, swapped) -> out.accept(what, with(one, JsonWriter.bytes(swapped))));
        }
        new TreeMap<>(other.annotations()).forEach((name, text) -> {
            if (!text.equals(one.annotations().get(name))) {
                out.accept("@" + name + " of the other", with(one, plus(one.annotations(), name, text)));
            }
        });
    }

    private static void swaps(String where, JsonValue into, JsonValue from, BiConsumer<String, Object> out) {
        if (same(into, from)) {
            return;
        }
        out.accept(where + " of the other", from);
        if (into instanceof JsonObject object && from instanceof JsonObject other) {
            other.members().forEach((name, value) -> {
                JsonValue present = object.members().get(name);
                BiConsumer<String, Object> put =
                        (what, swapped) -> out.accept(what, plus(object.members(), name, swapped));
                if (present == null) {
                    put.accept(step(where, name) + " of the other", value);
                } else {
                    swaps(step(where, name), present, value, put);
                }
            });
        }
        if (into instanceof JsonArray array && from instanceof JsonArray other) {
            for (int i = 0; i < Math.min(array.values().size(), other.values().size()); i++) {
                int at = i;
                swaps(
                        where + "[" + i + "]",
                        array.values().get(i),
                        other.values().get(i),
                        (what, swapped) -> out.accept(what, replaced(array, at, swapped)));
            }
        }
    }

    private void bytes(String where, byte[] bytes, BiConsumer<String, byte[]> out) {
        Optional<JsonValue> json = json(bytes);
        if (json.isPresent()) {
            value(where + ">", json.get(), (what, changed) -> out.accept(what, JsonWriter.bytes(changed)));
        }
        for (int at : positions(bytes.length)) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << generator.below(8));
            out.accept(flipped(where, json, flipped, at), flipped);
        }
        for (int length : new TreeSet<>(List.of(bytes.length / 4, bytes.length / 2, Math.max(0, bytes.length - 1)))) {
            out.accept(where + " cut off after " + length + " bytes", Arrays.copyOf(bytes, length));
        }
        out.accept(where + " with a byte more", Arrays.copyOf(bytes, bytes.length + 1));
    }

    /** Names the member that is another now, where it is still JSON; one whose name changed is one that was removed. */
    private static String flipped(String where, Optional<JsonValue> before, byte[] flipped, int at) {
        Optional<JsonValue> after = before.isEmpty() ? Optional.empty() : json(flipped);
        String what =
                after.map(value -> difference(where + ">", before.get(), value)).orElse(where);
        return what.endsWith(" removed") ? what : what + " with a bit of byte " + at + " flipped";
    }

    private static String difference(String where, JsonValue before, JsonValue after) {
        if (before instanceof JsonObject object && after instanceof JsonObject other) {
            for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
                JsonValue changed = other.members().get(member.getKey());
                if (changed == null || !same(member.getValue(), changed)) {
                    String path = step(where, member.getKey());
                    return changed == null ? path + " removed" : difference(path, member.getValue(), changed);
                }
            }
        }
        if (before instanceof JsonArray array && after instanceof JsonArray other) {
            for (int i = 0; i < Math.min(array.values().size(), other.values().size()); i++) {
                if (!same(array.values().get(i), other.values().get(i))) {
                    return difference(
                            where + "[" + i + "]",
                            array.values().get(i),
                            other.values().get(i));
                }
            }
        }
        return where;
    }

    private static boolean same(JsonValue one, JsonValue other) {
        return JsonWriter.text(one).equals(JsonWriter.text(other));
    }

    private TreeSet<Integer> positions(int length) {
        TreeSet<Integer> positions = new TreeSet<>();
        if (length == 0) {
            return positions;
        }
        positions.addAll(List.of(0, length - 1));
        for (int i = 0; i < (length <= SMALL ? length : flips); i++) {
            positions.add(length <= SMALL ? i : generator.below(length));
        }
        return positions;
    }

    private void text(String where, String text, BiConsumer<String, String> out) {
        out.accept(where + " empty", "");
        out.accept(where + " with a letter more", text + "x");
        Matcher pem = PEM.matcher(text);
        if (pem.find()) {
            pem(where, text, out);
        } else if (text.startsWith("{")
                && json(text.getBytes(StandardCharsets.UTF_8)).isPresent()) {
            bytes(
                    where,
                    text.getBytes(StandardCharsets.UTF_8),
                    (what, bytes) -> out.accept(what, new String(bytes, StandardCharsets.UTF_8)));
        } else if (text.matches("[0-9]{1,18}")) {
            out.accept(where + " one more", Long.toString(Long.parseLong(text) + 1));
        } else if (text.length() >= 16 && BASE64.matcher(text).matches()) {
            bytes(
                    where,
                    Base64.getDecoder().decode(text),
                    (what, bytes) -> out.accept(what, Base64.getEncoder().encodeToString(bytes)));
        } else if (!text.isEmpty()) {
            lines(where, text, out);
        }
    }

    private void lines(String where, String text, BiConsumer<String, String> out) {
        List<String> lines = List.of(text.split("(?<=\n)"));
        for (int i = 0; i < lines.size(); i++) {
            String before = String.join("", lines.subList(0, i));
            String after = String.join("", lines.subList(i + 1, lines.size()));
            String line = lines.get(i);
            String place = where + (lines.size() == 1 ? "" : " line " + (i + 1));
            for (int at : positions(line.length())) {
                char other = line.charAt(at) == 'A' ? 'B' : 'A';
                out.accept(
                        place + " with letter " + at + " changed",
                        before + line.substring(0, at) + other + line.substring(at + 1) + after);
            }
            if (lines.size() > 1) {
                out.accept(place + " removed", before + after);
                out.accept(place + " twice", before + line + line + after);
            }
        }
    }

    private void pem(String where, String text, BiConsumer<String, String> out) {
        Matcher pem = PEM.matcher(text);
        for (int block = 0; pem.find(); block++) {
            byte[] der = Base64.getDecoder().decode(pem.group(1).replace("\n", ""));
            String before = text.substring(0, pem.start(1));
            String after = text.substring(pem.end(1));
            bytes(
                    where + "[" + block + "]",
                    der,
                    (what, bytes) -> out.accept(
                            what,
                            before
                                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                            .encodeToString(bytes) + "\n" + after));
            out.accept(where + "[" + block + "] removed", text.substring(0, pem.start()) + text.substring(pem.end()));
        }
    }

    private void value(String where, JsonValue value, BiConsumer<String, Object> out) {
        if (value instanceof JsonObject object) {
            object.members().forEach((name, member) -> {
                String path = step(where, name);
                out.accept(path + " removed", without(object.members(), name));
                out.accept(path + " named in capitals", renamed(object.members(), name));
                out.accept(path + " null", plus(object.members(), name, new JsonValue.JsonNull()));
                value(path, member, (what, changed) -> out.accept(what, plus(object.members(), name, changed)));
            });
        } else if (value instanceof JsonArray array) {
            elements(where, array, out);
        } else if (value instanceof JsonString string) {
            text(where, string.value(), (what, text) -> out.accept(what, new JsonString(text)));
        } else if (value instanceof JsonNumber number && number.text().matches("[0-9]{1,18}")) {
            out.accept(where + " one more", Long.parseLong(number.text()) + 1);
        } else if (value instanceof JsonBoolean bool) {
            out.accept(where + " the opposite", !bool.value());
        }
    }

    private void elements(String where, JsonArray array, BiConsumer<String, Object> out) {
        for (int i = 0; i < array.values().size(); i++) {
            int at = i;
            String path = where + "[" + i + "]";
            List<Object> without = new ArrayList<>(array.values());
            without.remove(at);
            out.accept(path + " removed", without);
            List<Object> twice = new ArrayList<>(array.values());
            twice.add(at, array.values().get(at));
            out.accept(path + " twice", twice);
            value(path, array.values().get(i), (what, changed) -> out.accept(what, replaced(array, at, changed)));
        }
    }

    private static Optional<JsonValue> json(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != '{') {
            return Optional.empty();
        }
        try {
            return Optional.of(StrictJson.parse(bytes, "evidence", MAX_BYTES));
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    private static String step(String where, String name) {
        return where.isEmpty() || where.endsWith(">") ? where + name : where + "." + name;
    }

    private static List<Object> replaced(JsonArray array, int at, Object value) {
        List<Object> values = new ArrayList<>(array.values());
        values.set(at, value);
        return values;
    }

    private static Map<String, Object> renamed(Map<String, JsonValue> members, String name) {
        Map<String, Object> renamed = new LinkedHashMap<>();
        members.forEach((each, value) -> renamed.put(each.equals(name) ? each.toUpperCase(Locale.ROOT) : each, value));
        return renamed;
    }

    private static <T> Map<String, T> without(Map<String, T> members, String name) {
        Map<String, T> rest = new LinkedHashMap<>(members);
        rest.remove(name);
        return rest;
    }

    private static Map<String, Object> plus(Map<String, ?> members, String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return more;
    }

    private static EvidenceBytes with(EvidenceBytes evidence, byte[] bytes) {
        return new EvidenceBytes(
                evidence.mediaType(), bytes, evidence.annotations(), evidence.manifest(), evidence.source());
    }

    private static EvidenceBytes with(EvidenceBytes evidence, Map<String, ?> annotations) {
        Map<String, String> texts = new LinkedHashMap<>();
        annotations.forEach((name, text) -> texts.put(name, String.valueOf(text)));
        return new EvidenceBytes(evidence.mediaType(), evidence.bytes(), texts, evidence.manifest(), evidence.source());
    }
}
