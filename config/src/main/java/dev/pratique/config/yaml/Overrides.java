package dev.pratique.config.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Environment variables in the place of single values: {@code PRATIQUE_PROXY_LISTEN_0_ADDRESS} is
 * {@code listen[0].address} of proxy.yaml. Keys in upper case, whatever is not a letter or digit in a key that the
 * operator chose as an underscore.
 */
public final class Overrides {
    /** What Kubernetes puts into every container about a Service called pratique-proxy. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)");

    private final String prefix;
    private final Shape.Keys shape;
    private final Complaints complaints;

    /** @param prefix of the file's variables, as {@code PRATIQUE_PROXY_} */
    public Overrides(String prefix, Shape.Keys shape, Complaints complaints) {
        this.prefix = prefix;
        this.shape = shape;
        this.complaints = complaints;
    }

    /** The variables that are for this file, sorted by name. */
    public static Map<String, String> of(String prefix, Map<String, String> environment) {
        Map<String, String> overrides = new TreeMap<>();
        environment.forEach((name, value) -> {
            boolean mine = name.startsWith(prefix)
                    && !SERVICE_LINK.matcher(name.substring(prefix.length())).matches();
            if (mine) {
                overrides.put(name, value);
            }
        });
        return overrides;
    }

    /** The file's tree with the variables' values in it. */
    public Optional<Node> apply(Optional<Node> root, Map<String, String> environment) {
        Optional<Node> tree = root;
        for (Map.Entry<String, String> variable : of(prefix, environment).entrySet()) {
            String name = variable.getKey();
            List<List<String>> paths = new ArrayList<>();
            find(shape, tree, name.substring(prefix.length()), List.of(), paths);
            if (paths.size() == 1) {
                Node value = new Node.Scalar(Place.inVariable(name), variable.getValue(), true);
                tree = Optional.of(set(tree, shape, paths.get(0), value));
                continue;
            }
            String what = paths.isEmpty() ? "names no single value of the file" : "names more than one value";
            complaints.add(Place.inVariable(name), "", what, paths.isEmpty() ? known() : "");
        }
        return tree;
    }

    private String known() {
        return "its name begins with "
                + String.join(
                        ", ",
                        shape.keys().keySet().stream()
                                .map(key -> prefix + spelt(key))
                                .toList());
    }

    private static void find(Shape at, Optional<Node> node, String rest, List<String> path, List<List<String>> found) {
        if (at instanceof Shape.Value) {
            if (rest.isEmpty()) {
                found.add(path);
            }
        } else if (at instanceof Shape.Items items) {
            int size = node.map(one ->
                            one instanceof Node.Sequence list ? list.items().size() : 0)
                    .orElse(0);
            for (int i = 0; i <= size; i++) {
                Optional<Node> item = i < size
                        ? Optional.of(
                                ((Node.Sequence) node.orElseThrow()).items().get(i))
                        : Optional.empty();
                descend(items.item(), item, String.valueOf(i), String.valueOf(i), rest, path, found);
            }
        } else {
            for (String key : keysOf(at, node)) {
                Shape inner = at instanceof Shape.Keys keys ? keys.keys().get(key) : ((Shape.Named) at).value();
                if (inner != null) {
                    descend(inner, child(node, key), key, spelt(key), rest, path, found);
                }
            }
        }
    }

    private static void descend(
            Shape shape,
            Optional<Node> node,
            String step,
            String spelt,
            String rest,
            List<String> path,
            List<List<String>> found) {
        if (!rest.startsWith(spelt)) {
            return;
        }
        String behind = rest.substring(spelt.length());
        List<String> deeper = new ArrayList<>(path);
        deeper.add(step);
        if (behind.isEmpty()) {
            find(shape, node, "", deeper, found);
        } else if (behind.startsWith("_")) {
            find(shape, node, behind.substring(1), deeper, found);
        }
    }

    private static Collection<String> keysOf(Shape shape, Optional<Node> node) {
        if (shape instanceof Shape.Keys keys) {
            return keys.keys().keySet();
        }
        return node
                .map(one -> one instanceof Node.Mapping mapping ? mapping.members() : List.<Node.Member>of())
                .orElse(List.of())
                .stream()
                .map(Node.Member::key)
                .toList();
    }

    private static Optional<Node> child(Optional<Node> node, String key) {
        return node.flatMap(one -> one instanceof Node.Mapping mapping ? mapping.find(key) : Optional.empty())
                .map(Node.Member::value);
    }

    private static Node set(Optional<Node> node, Shape shape, List<String> path, Node value) {
        if (path.isEmpty()) {
            return value;
        }
        String step = path.get(0);
        List<String> rest = path.subList(1, path.size());
        Place place = node.map(Node::place).orElse(value.place());
        if (shape instanceof Shape.Items items) {
            List<Node> list =
                    new ArrayList<>(node.map(one -> one instanceof Node.Sequence old ? old.items() : List.<Node>of())
                            .orElse(List.of()));
            int index = Integer.parseInt(step);
            Optional<Node> old = index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
            Node changed = set(old, items.item(), rest, value);
            if (old.isPresent()) {
                list.set(index, changed);
            } else {
                list.add(changed);
            }
            return new Node.Sequence(place, list, false);
        }
        Shape inner = shape instanceof Shape.Keys keys
                ? keys.keys().getOrDefault(step, Shape.VALUE)
                : ((Shape.Named) shape).value();
        List<Node.Member> members = new ArrayList<>(node.map(
                        one -> one instanceof Node.Mapping old ? old.members() : List.<Node.Member>of())
                .orElse(List.of()));
        Node changed = set(child(node, step), inner, rest, value);
        members.removeIf(member -> member.key().equals(step));
        members.add(new Node.Member(step, value.place(), changed));
        return new Node.Mapping(place, members, false);
    }

    private static String spelt(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
