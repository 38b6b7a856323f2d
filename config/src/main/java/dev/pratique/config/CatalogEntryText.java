package dev.pratique.config;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import dev.pratique.config.CatalogFile.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A catalog entry as people would write it. */
final class CatalogEntryText {
    private final List<Part> parts = new ArrayList<>();

    private CatalogEntryText() {}

    /**
     * One key.
     *
     * @param value empty where it takes further lines
     * @param further indented below the key
     */
    record Part(String key, String value, List<String> further) {
        Part {
            further = List.copyOf(further);
        }

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add(value.isEmpty() ? key + ":" : key + ": " + value);
            further.forEach(line -> lines.add("  " + line));
            return lines;
        }
    }

    static CatalogEntryText of(Entry entry) {
        BaseImage base = entry.base();
        CatalogEntryText text = new CatalogEntryText();
        text.value("name", Optional.of(base.name()));
        text.value("version", Optional.of(base.version()));
        text.value("owner", Optional.of(base.owner()));
        text.value("reference", entry.reference());
        text.list("digests", base.digests());
        text.value("approved", base.approved());
        text.value("deprecated", base.deprecated());
        text.value("endOfLife", base.endOfLife());
        text.value("replacement", base.replacement());
        text.platforms(base.platforms(), entry.diffIds());
        return text;
    }

    List<Part> parts() {
        return List.copyOf(parts);
    }

    /** As an item of a list whose dashes are indented so. */
    List<String> lines(String indent) {
        List<String> lines = new ArrayList<>();
        for (Part part : parts) {
            for (String line : part.lines()) {
                lines.add(indent + (lines.isEmpty() ? "- " : "  ") + line);
            }
        }
        return lines;
    }

    private void value(String key, Optional<?> value) {
        value.ifPresent(one -> parts.add(new Part(key, scalar(one.toString()), List.of())));
    }

    private void list(String key, Iterable<Digest> digests) {
        TreeSet<String> sorted = new TreeSet<>();
        digests.forEach(digest -> sorted.add("- " + digest));
        if (!sorted.isEmpty()) {
            parts.add(new Part(key, "", List.copyOf(sorted)));
        }
    }

    private void platforms(Map<Platform, PlatformBase> platforms, Map<Platform, List<Digest>> diffIds) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(platforms).forEach((platform, stack) -> {
            lines.add(platform + ":");
            lines.add("  chainId: " + stack.chainId());
            lines.add("  layers: " + stack.layers());
            List<Digest> layers = diffIds.getOrDefault(platform, List.of());
            if (!layers.isEmpty()) {
                lines.add("  diffIds:");
                layers.forEach(layer -> lines.add("    - " + layer));
            }
        });
        parts.add(new Part("platforms", "", lines));
    }

    /** Quoted where another reader of YAML might take it for something else than text. */
    private static String scalar(String text) {
        boolean plain = text.matches("[A-Za-z0-9][A-Za-z0-9 ._/@+-]*(:[A-Za-z0-9._/@+-]+)*")
                && !text.endsWith(" ")
                && !text.matches("[0-9.eE+_-]+|0[xo].*|(?i:true|false|null|yes|no|on|off|y|n)");
        if (plain || text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
