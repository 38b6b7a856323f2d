package dev.pratique.config.yaml;

import dev.pratique.attestations.json.JsonWriter;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes a tree as YAML in block style that reads to the same tree again. */
public final class NodeText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9_./:@+-]*(?<!:)( [A-Za-z0-9_./@+-]+)*");
    private static final Pattern NULL = Pattern.compile("null|Null|NULL");
    private static final int COLUMN = 60;

    private final Function<Place, String> comment;
    private final StringBuilder text = new StringBuilder();

    private NodeText(Function<Place, String> comment) {
        this.comment = comment;
    }

    /** @param comment what stands behind a value that comes from there; empty: nothing */
    public static String of(Node.Mapping root, Function<Place, String> comment) {
        NodeText writer = new NodeText(comment);
        if (root.members().isEmpty()) {
            return "{}\n";
        }
        writer.mapping(root, "", "");
        return writer.text.toString();
    }

    /** @param first what the first line begins with, in the place of the indentation */
    private void mapping(Node.Mapping mapping, String first, String indent) {
        String begin = first;
        for (Node.Member member : mapping.members()) {
            value(begin + scalar(member.key()) + ":", member.value(), indent);
            begin = indent;
        }
    }

    private void value(String before, Node node, String indent) {
        if (node instanceof Node.Scalar one) {
            line(before + " " + scalar(one.text()), one.place());
        } else if (node instanceof Node.Mapping mapping && !mapping.members().isEmpty()) {
            line(before, null);
            mapping(mapping, indent + "  ", indent + "  ");
        } else if (node instanceof Node.Sequence list && !list.items().isEmpty()) {
            line(before, null);
            list.items().forEach(item -> item(item, indent + "  "));
        } else {
            line(before + (node instanceof Node.Mapping ? " {}" : " []"), node.place());
        }
    }

    private void item(Node item, String indent) {
        if (item instanceof Node.Mapping mapping && !mapping.members().isEmpty()) {
            mapping(mapping, indent + "- ", indent + "  ");
        } else {
            value(indent + "-", item, indent);
        }
    }

    private void line(String line, @Nullable Place place) {
        text.append(line);
        String said = place == null ? "" : comment.apply(place);
        if (!said.isEmpty()) {
            text.append(" ".repeat(Math.max(2, COLUMN - line.length())))
                    .append("# ")
                    .append(said);
        }
        text.append('\n');
    }

    private static String scalar(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !NULL.matcher(value).matches();
        // JSON's strings are YAML's double-quoted ones.
        return plain ? value : JsonWriter.text(value);
    }
}
