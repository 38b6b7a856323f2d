package dev.pratique.config.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

    /** With what the names of all files' variables begin. */
    private static final String ALL = "PRATIQUE_";

    private static final Pattern NUMBER = Pattern.compile("(?<=_)0*([0-9]{1,9})(?=_|$)");
    private static final Comparator<String> BY_NUMBER = Comparator.<String, String>comparing(name -> NUMBER.matcher(
                            name)
                    .replaceAll(number -> "0".repeat(9 - number.group(1).length()) + number.group(1)))
            .thenComparing(Comparator.naturalOrder());

    private final String prefix;
    private final Shape.Keys shape;
    private final Complaints complaints;

    /** @param prefix of the file's variables, as {@code PRATIQUE_PROXY_} */
    public Overrides(String prefix, Shape.Keys shape, Complaints complaints) {
        this.prefix = prefix;
        this.shape = shape;
        this.complaints = complaints;
    }

    /** The variables that are for this file, sorted by name, numbers by their value: the tenth item comes behind the second. */
    public static Map<String, String> of(String prefix, Map<String, String> environment) {
        Map<String, String> overrides = new TreeMap<>(BY_NUMBER);
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
        environment.keySet().stream().sorted().forEach(name -> complainOfAnotherName(root, name));
        Optional<Node> tree = root;
        for (Map.Entry<String, String> variable : of(prefix, environment).entrySet()) {
            String name = variable.getKey();
            List<List<String>> paths = new ArrayList<>();
            String rest = name.substring(prefix.length());
            find(shape, tree, rest, List.of(), paths);
            if (paths.size() == 1) {
                // Text as it is: ~ and null are values here. Only nothing at all is no value.
                boolean nothing = variable.getValue().isEmpty();
                Node value = new Node.Scalar(Place.inVariable(name), variable.getValue(), nothing);
                tree = Optional.of(set(tree, shape, paths.get(0), value));
                continue;
            }
            if (paths.isEmpty()) {
                complaints.add(Place.inVariable(name), "", "names no single value of the file", hint(name, rest, tree));
            } else {
                complaints.add(
                        Place.inVariable(name),
                        "",
                        "names more than one value",
                        "they are spelt alike: write the value into the file");
            }
        }
        return tree;
    }

    /** Of a value of this file under a name that leaves the file out, or misspells it: it would be passed over. */
    private void complainOfAnotherName(Optional<Node> root, String name) {
        if (!name.startsWith(ALL) || name.startsWith(prefix)) {
            return;
        }
        String rest = name.substring(ALL.length());
        String file = prefix.substring(ALL.length(), prefix.length() - 1);
        String first = rest.substring(0, Math.max(rest.indexOf('_'), 0));
        String path = NearestName.find(first, List.of(file)).isPresent() ? rest.substring(first.length() + 1) : rest;
        List<List<String>> paths = new ArrayList<>();
        find(shape, root, path, List.of(), paths);
        // A single word, as in PRATIQUE_VERSION, is likelier to be somebody else's.
        if (path.contains("_") && !paths.isEmpty()) {
            complaints.add(Place.inVariable(name), "", "names no file", "did you mean " + prefix + path + "?");
        }
    }

    private String hint(String name, String rest, Optional<Node> tree) {
        List<String> names = new ArrayList<>();
        list(shape, tree, prefix, names);
        Optional<String> below = names.stream()
                .filter(other -> !rest.isEmpty() && other.startsWith(name + "_"))
                .findFirst();
        if (below.isPresent()) {
            return "it holds others: set one of them, as " + below.get();
        }
        return NearestName.find(name, names)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("the file's name and its keys in upper case; a name that you choose must be in the file");
    }

    private static void list(Shape at, Optional<Node> node, String name, List<String> names) {
        if (at instanceof Shape.Value) {
            names.add(name);
            return;
        }
        if (at instanceof Shape.ValueOrKeys either) {
            names.add(name);
            list(either.keys(), node, name, names);
            return;
        }
        String before = name.endsWith("_") ? name : name + "_";
        if (at instanceof Shape.Items items) {
            for (int i = 0; i <= itemsOf(node).size(); i++) {
                list(items.item(), item(node, i), before + i, names);
            }
            return;
        }
        for (String key : keysOf(at, node)) {
            innerOf(at, key).ifPresent(inner -> list(inner, child(node, key), before + spelt(key), names));
        }
    }

    private static Optional<Shape> innerOf(Shape shape, String key) {
        return Optional.ofNullable(
                shape instanceof Shape.Keys keys ? keys.keys().get(key) : ((Shape.Named) shape).value());
    }

    private static List<Node> itemsOf(Optional<Node> node) {
        return node.map(one -> one instanceof Node.Sequence list ? list.items() : List.<Node>of())
                .orElse(List.of());
    }

    private static List<Node.Member> membersOf(Optional<Node> node) {
        return node.map(one -> one instanceof Node.Mapping mapping ? mapping.members() : List.<Node.Member>of())
                .orElse(List.of());
    }

    private static Optional<Node> item(Optional<Node> node, int index) {
        List<Node> items = itemsOf(node);
        return index < items.size() ? Optional.of(items.get(index)) : Optional.empty();
    }

    private static void find(Shape at, Optional<Node> node, String rest, List<String> path, List<List<String>> found) {
        if (at instanceof Shape.Value) {
            if (rest.isEmpty()) {
                found.add(path);
            }
        } else if (at instanceof Shape.ValueOrKeys either) {
            find(rest.isEmpty() ? Shape.VALUE : either.keys(), node, rest, path, found);
        } else if (at instanceof Shape.Items items) {
            for (int i = 0; i <= itemsOf(node).size(); i++) {
                String index = String.valueOf(i);
                below(rest, index)
                        .ifPresent(behind -> find(
                                items.item(), item(node, Integer.parseInt(index)), behind, with(path, index), found));
            }
        } else {
            for (String key : keysOf(at, node)) {
                innerOf(at, key)
                        .ifPresent(inner -> below(rest, spelt(key))
                                .ifPresent(behind -> find(inner, child(node, key), behind, with(path, key), found)));
            }
        }
    }

    /** What is left of the variable's name behind this step. */
    private static Optional<String> below(String rest, String step) {
        if (rest.equals(step)) {
            return Optional.of("");
        }
        return rest.startsWith(step + "_") ? Optional.of(rest.substring(step.length() + 1)) : Optional.empty();
    }

    private static List<String> with(List<String> path, String step) {
        List<String> deeper = new ArrayList<>(path);
        deeper.add(step);
        return deeper;
    }

    private static Collection<String> keysOf(Shape shape, Optional<Node> node) {
        return shape instanceof Shape.Keys keys
                ? keys.keys().keySet()
                : membersOf(node).stream().map(Node.Member::key).toList();
    }

    private static Optional<Node> child(Optional<Node> node, String key) {
        return membersOf(node).stream()
                .filter(member -> member.key().equals(key))
                .map(Node.Member::value)
                .findFirst();
    }

    private static Node set(Optional<Node> node, Shape shape, List<String> path, Node value) {
        if (path.isEmpty()) {
            return value;
        }
        String step = path.get(0);
        List<String> rest = path.subList(1, path.size());
        Place place = node.map(Node::place).orElse(value.place());
        if (shape instanceof Shape.Items items) {
            int index = Integer.parseInt(step);
            List<Node> list = new ArrayList<>(itemsOf(node));
            Node changed = set(item(node, index), items.item(), rest, value);
            if (index < list.size()) {
                list.set(index, changed);
            } else {
                list.add(changed);
            }
            return new Node.Sequence(place, list, false);
        }
        Shape keys = shape instanceof Shape.ValueOrKeys either ? either.keys() : shape;
        Node changed = set(child(node, step), innerOf(keys, step).orElseThrow(), rest, value);
        List<Node.Member> members = new ArrayList<>(membersOf(node));
        Place at = membersOf(node).stream()
                .filter(member -> member.key().equals(step))
                .map(Node.Member::place)
                .findFirst()
                .orElse(value.place());
        members.removeIf(member -> member.key().equals(step));
        members.add(new Node.Member(step, at, changed));
        return new Node.Mapping(place, members, false);
    }

    private static String spelt(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
