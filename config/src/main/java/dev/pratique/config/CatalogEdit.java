package dev.pratique.config;

import dev.pratique.config.CatalogFile.Entries;
import dev.pratique.config.CatalogFile.Entry;
import dev.pratique.config.yaml.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One edit of the catalog's text, line by line, guided by where the parser found things. */
final class CatalogEdit {
    private static final String MARK = "\uFEFF";

    private final String mark;
    private final String lineEnd;
    private final List<String> lines;
    private final Optional<Node.Mapping> root;
    private final Entries old;

    /**
     * @param text of the file
     * @param root its tree; empty where the text has none
     * @param old what the tree says
     */
    CatalogEdit(String text, Optional<Node.Mapping> root, Entries old) {
        this.mark = text.startsWith(MARK) ? MARK : "";
        String body = text.substring(mark.length());
        this.lineEnd = body.contains("\r\n") ? "\r\n" : "\n";
        this.lines = body.isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList(body.split("\r?\n", -1)));
        this.root = root;
        this.old = old;
    }

    /** The text with the entry; empty where the layout of the text has no place for it. */
    Optional<String> approve(Entry entry) {
        if (root.isEmpty()) {
            append(List.of("version: 1", "bases:"));
            append(CatalogEntryText.of(entry).lines("  "));
            return Optional.of(text());
        }
        Node.Mapping top = root.get();
        Optional<Node.Member> bases = top.find("bases");
        if (top.flow() || top.find("version").isEmpty() || bases.isPresent() && inBrackets(bases.get())) {
            return Optional.empty();
        }
        Node.Scalar version = (Node.Scalar) top.find("version").get().value();
        // From the bottom up, so that the lines above keep their numbers.
        boolean versionLast = bases.isPresent()
                && version.place().line() > bases.get().place().line();
        if (versionLast) {
            replace(version, String.valueOf(old.version() + 1));
        }
        addOrEdit(bases, entry);
        if (!versionLast) {
            replace(version, String.valueOf(old.version() + 1));
        }
        return Optional.of(text());
    }

    private static boolean inBrackets(Node.Member bases) {
        return bases.value() instanceof Node.Sequence list
                && list.flow()
                && !list.items().isEmpty();
    }

    private void addOrEdit(Optional<Node.Member> bases, Entry entry) {
        if (bases.isEmpty()) {
            append(List.of("bases:"));
            append(CatalogEntryText.of(entry).lines("  "));
            return;
        }
        Node.Sequence list = (Node.Sequence) bases.get().value();
        if (list.items().isEmpty()) {
            replace(list, "");
            lines.addAll(list.lastLine(), CatalogEntryText.of(entry).lines("  "));
            return;
        }
        for (int i = 0; i < old.entries().size(); i++) {
            if (old.entries().get(i).isFor(entry.base())) {
                edit((Node.Mapping) list.items().get(i), list, old.entries().get(i), entry);
                return;
            }
        }
        int column = list.place().column();
        lines.addAll(behind(list.lastLine(), column), CatalogEntryText.of(entry).lines(" ".repeat(column)));
    }

    /** Comments that are indented as the last entry's keys are still its own. */
    private int behind(int lastLine, int column) {
        int line = lastLine;
        while (line < lines.size()) {
            String next = lines.get(line);
            int indent = next.length() - next.stripLeading().length();
            if (indent <= column || !next.stripLeading().startsWith("#")) {
                break;
            }
            line++;
        }
        return line;
    }

    private void edit(Node.Mapping node, Node.Sequence list, Entry before, Entry after) {
        List<CatalogEntryText.Part> was = CatalogEntryText.of(before).parts();
        List<CatalogEntryText.Part> parts = CatalogEntryText.of(after).parts();
        List<Node.Member> stale = node.members().stream()
                .filter(member -> parts.stream().noneMatch(part -> unchanged(part, member, was)))
                .toList();
        boolean onDashLine = stale.stream()
                .anyMatch(member -> member.place().line() == node.place().line());
        if (node.flow() || onDashLine) {
            String indent = " ".repeat(list.place().column());
            splice(
                    node.place().line(),
                    node.lastLine(),
                    CatalogEntryText.of(after).lines(indent));
            return;
        }
        String indent = " ".repeat(node.place().column());
        List<String> added = new ArrayList<>();
        parts.stream()
                .filter(part -> node.find(part.key()).isEmpty())
                .forEach(part -> part.lines().forEach(line -> added.add(indent + line)));
        lines.addAll(node.lastLine(), added);
        for (int i = stale.size() - 1; i >= 0; i--) {
            Node.Member member = stale.get(i);
            Optional<CatalogEntryText.Part> part =
                    parts.stream().filter(one -> one.key().equals(member.key())).findFirst();
            change(member, part, indent);
        }
    }

    private static boolean unchanged(CatalogEntryText.Part part, Node.Member member, List<CatalogEntryText.Part> was) {
        return part.key().equals(member.key()) && was.contains(part);
    }

    private void change(Node.Member member, Optional<CatalogEntryText.Part> part, String indent) {
        boolean inPlace = member.value() instanceof Node.Scalar scalar
                && scalar.place().line() == scalar.place().endLine();
        if (inPlace && part.isPresent()) {
            replace(member.value(), part.get().value());
            return;
        }
        List<String> now = part.map(CatalogEntryText.Part::lines).orElse(List.of()).stream()
                .map(line -> indent + line)
                .toList();
        splice(member.place().line(), member.value().lastLine(), now);
    }

    /** Replaces what stands in one line, and leaves what is before and behind it there. */
    private void replace(Node node, String text) {
        int first = node.place().line() - 1;
        int last = node.place().endLine() - 1;
        String start = lines.get(first);
        String end = lines.get(last);
        String kept =
                start.substring(0, start.offsetByCodePoints(0, node.place().column()));
        String rest = end.substring(end.offsetByCodePoints(0, node.place().endColumn()));
        String line = text.isEmpty() && rest.isBlank()
                ? kept.stripTrailing()
                : kept + text + (text.isEmpty() ? rest.stripLeading() : rest);
        splice(first + 1, last + 1, List.of(line));
    }

    /** Replaces whole lines, counted from 1. */
    private void splice(int first, int last, List<String> now) {
        List<String> range = lines.subList(first - 1, last);
        range.clear();
        range.addAll(now);
    }

    /** At the end, behind a line break that is added where there is none. */
    private void append(List<String> more) {
        if (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        lines.addAll(more);
        lines.add("");
    }

    private String text() {
        return mark + String.join(lineEnd, lines);
    }
}
