package dev.pratique.signer.cli;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes what is different each time alike: addresses, directories, digests, the bytes of keys. */
final class SaidAlike {
    private static final Pattern DIGEST = Pattern.compile("sha256[:-][0-9a-f]{64}");
    private static final Pattern SHORT = Pattern.compile("\\b[0-9a-f]{12}(\\.\\.\\.[0-9a-f]{4})?\\b");
    private static final Pattern SERIAL = Pattern.compile("\\b(serial |slot-id |id )([0-9a-f]{16}|[0-9]+)\\b");
    private static final Pattern ID = Pattern.compile("(%[0-9a-f]{2}){8}");
    private static final Pattern BASE64 = Pattern.compile("(?m)^[A-Za-z0-9+/]{20,}={0,2}$");
    private static final Pattern REVISION = Pattern.compile("(revision\":?\"? ?)[0-9a-f]{12,64}");

    private final Map<String, String> called = new LinkedHashMap<>();
    private final Map<String, String> digests = new HashMap<>();

    /** @param what is said as this name */
    SaidAlike call(String what, String name) {
        called.put(what, name);
        return this;
    }

    /** A line with names as they are meant. */
    String meant(String line) {
        String meant = line;
        for (Map.Entry<String, String> one : called.entrySet()) {
            meant = meant.replace(one.getValue(), one.getKey());
        }
        return meant;
    }

    String of(String said) {
        String alike = said;
        for (Map.Entry<String, String> one : called.entrySet()) {
            alike = alike.replace(one.getKey(), one.getValue());
        }
        // Digests of signatures differ from run to run: they are called by the order in which they are seen.
        Matcher digest = DIGEST.matcher(alike);
        alike = digest.replaceAll(found -> {
            String hex = found.group().substring("sha256:".length());
            String name = digests.computeIfAbsent(hex, any -> "<" + (digests.size() + 1) + ">");
            return found.group().substring(0, "sha256:".length()) + name;
        });
        alike = REVISION.matcher(alike).replaceAll("$1<revision>");
        alike = SERIAL.matcher(alike).replaceAll("$1<id>");
        alike = ID.matcher(alike).replaceAll("<id>");
        alike = SHORT.matcher(alike).replaceAll("<hex>");
        return BASE64.matcher(alike).replaceAll("<base64>");
    }
}
