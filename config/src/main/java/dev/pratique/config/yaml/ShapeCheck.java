package dev.pratique.config.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares a tree with its shape, complains about what does not fit, and hands on what does. */
public final class ShapeCheck {
    private final Complaints complaints;

    public ShapeCheck(Complaints complaints) {
        this.complaints = complaints;
    }

    /** The part of the file's mapping that fits; empty where it is not even one. */
    public Optional<Node.Mapping> fit(Node root, Shape.Keys shape) {
        return fit(root, root.place(), shape, "").map(Node.Mapping.class::cast);
    }

    private Optional<Node> fit(Node node, Place named, Shape shape, String path) {
        if (node instanceof Node.Scalar scalar && scalar.isNull()) {
            complaints.add(named, path, said(path) + "has no value", "give it one, or remove the key");
            return Optional.empty();
        }
        if (shape instanceof Shape.Value) {
            return node instanceof Node.Scalar ? Optional.of(node) : wrongKind(named, path, "a single value");
        }
        if (shape instanceof Shape.ValueOrKeys either) {
            return node instanceof Node.Scalar ? Optional.of(node) : fit(node, named, either.keys(), path);
        }
        if (shape instanceof Shape.Items items) {
            return node instanceof Node.Sequence sequence
                    ? items(sequence, named, items, path)
                    : wrongKind(named, path, "a list");
        }
        return node instanceof Node.Mapping mapping
                ? members(mapping, named, shape, path)
                : wrongKind(named, path, "a mapping of keys to values");
    }

    // Never shows the value: it may be a secret in a place where none belongs.
    private Optional<Node> wrongKind(Place place, String path, String wanted) {
        boolean password = path.endsWith(".password");
        complaints.add(
                place,
                path,
                password ? "password is not a reference to a secret" : said(path) + "is not " + wanted,
                password ? "secrets are never written here: {env: VARIABLE} or {file: PATH}" : hint(wanted));
        return Optional.empty();
    }

    private static String hint(String wanted) {
        return switch (wanted) {
            case "a list" -> "write [one] or [one, two]";
            case "a single value" -> "write one value behind the colon, without brackets or braces";
            default -> "write its keys below it, or as {key: value}";
        };
    }

    private Optional<Node> items(Node.Sequence sequence, Place named, Shape.Items shape, String path) {
        if (sequence.items().isEmpty() && !shape.mayBeEmpty()) {
            complaints.add(named, path, said(path) + "is an empty list", "name at least one, or remove the key");
            return Optional.empty();
        }
        List<Node> fitting = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            Node item = sequence.items().get(i);
            fitting.add(
                    fit(item, item.place(), shape.item(), path + "[" + i + "]").orElse(new Node.Unfit(item.place())));
        }
        return Optional.of(new Node.Sequence(sequence.place(), fitting, sequence.flow()));
    }

    private Optional<Node> members(Node.Mapping mapping, Place named, Shape shape, String path) {
        boolean mayBeEmpty = shape instanceof Shape.Named open && open.mayBeEmpty();
        if (mapping.members().isEmpty() && !mayBeEmpty) {
            complaints.add(named, path, said(path) + "is empty", "give it a key, or remove it");
            return Optional.empty();
        }
        List<Node.Member> fitting = new ArrayList<>();
        for (Node.Member member : mapping.members()) {
            shapeOf(member, shape, path).ifPresent(inner -> {
                Node value = fit(member.value(), place(member), inner, Section.join(path, member.key()))
                        .orElse(new Node.Unfit(member.place()));
                fitting.add(new Node.Member(member.key(), member.place(), value));
            });
        }
        return Optional.of(new Node.Mapping(mapping.place(), fitting, mapping.flow()));
    }

    private Optional<Shape> shapeOf(Node.Member member, Shape shape, String path) {
        if (shape instanceof Shape.Named named) {
            return Optional.of(named.value());
        }
        Shape.Keys keys = (Shape.Keys) shape;
        Shape known = keys.keys().get(member.key());
        if (known == null) {
            complaints.add(
                    member.place(),
                    Section.join(path, member.key()),
                    "unknown key " + Quoted.of(member.key()) + (path.isEmpty() ? "" : " in " + path),
                    NearestName.hint(member.key(), keys.keys().keySet()));
        }
        return Optional.ofNullable(known);
    }

    private static Place place(Node.Member member) {
        return member.value().place().variable().isEmpty()
                ? member.place()
                : member.value().place();
    }

    private static String said(String path) {
        return path.isEmpty() ? "" : path + " ";
    }
}
