package dev.pratique.config;

import dev.pratique.config.yaml.Node;
import dev.pratique.config.yaml.NodeText;
import dev.pratique.config.yaml.Place;
import dev.pratique.config.yaml.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration as it counts: what the files say, variables in their places, defaults where neither says anything. It
 * holds no secret, only where secrets are. Immutable.
 */
public final class EffectiveConfig {
    private final Map<String, Node.Mapping> trees;

    private EffectiveConfig(Map<String, Node.Mapping> trees) {
        this.trees = trees;
    }

    /** @param trees that fit their shapes, by file; without those of files that are not there */
    static EffectiveConfig of(Map<String, Node.Mapping> trees) {
        Map<String, Node.Mapping> filled = new LinkedHashMap<>();
        for (String file : ConfigDir.FILES) {
            Node.Mapping tree = trees.get(file);
            if (tree != null) {
                Node.Mapping whole = new SchemaDefaults(file).fill(tree);
                filled.put(file, file.equals("proxy.yaml") ? withDecisions(whole) : whole);
            }
        }
        return new EffectiveConfig(filled);
    }

    /** The one default that follows from another key: the decision log is beside the store's content. */
    private static Node.Mapping withDecisions(Node.Mapping proxy) {
        Optional<Node> storage = proxy.find("storage").map(Node.Member::value);
        Optional<Node.Member> directory = storage.flatMap(
                one -> one instanceof Node.Mapping mapping ? mapping.find("directory") : Optional.empty());
        if (proxy.find("decisions").isPresent() || directory.isEmpty()) {
            return proxy;
        }
        Place place = Place.byDefault();
        String file = ((Node.Scalar) directory.get().value()).text() + "/decisions.jsonl";
        Node.Member member = new Node.Member("file", place, new Node.Scalar(place, file, false));
        List<Node.Member> members = new ArrayList<>(proxy.members());
        members.add(new Node.Member("decisions", place, new Node.Mapping(place, List.of(member), false)));
        return new Node.Mapping(proxy.place(), members, false);
    }

    /** Where a value is from. */
    public enum Source {
        FILE,
        VARIABLE,
        DEFAULT
    }

    /**
     * One value.
     *
     * @param file one of {@link ConfigDir#FILES}
     * @param path the key, as in {@code listen[0].address}
     * @param place {@code proxy.yaml:6}, the variable's name, or {@code default}
     */
    public record Setting(String file, String path, String value, Source source, String place) {}

    /** The files that are there, in the order in which they are best read. */
    public List<String> files() {
        return List.copyOf(trees.keySet());
    }

    /** The file's text, which reads to the same again; behind each value a comment says where it is from. */
    public String text(String file) {
        return NodeText.of(Objects.requireNonNull(trees.get(file)), EffectiveConfig::said);
    }

    /** Every value, in the order of the text. */
    public List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        trees.forEach((file, tree) -> collect(file, "", tree, settings));
        return settings;
    }

    private static void collect(String file, String path, Node node, List<Setting> settings) {
        if (node instanceof Node.Scalar scalar) {
            settings.add(new Setting(file, path, scalar.text(), source(scalar.place()), said(scalar.place())));
        } else if (node instanceof Node.Sequence list) {
            for (int i = 0; i < list.items().size(); i++) {
                collect(file, path + "[" + i + "]", list.items().get(i), settings);
            }
        } else if (node instanceof Node.Mapping mapping) {
            mapping.members().forEach(one -> collect(file, Section.join(path, one.key()), one.value(), settings));
        }
    }

    private static Source source(Place place) {
        if (!place.variable().isEmpty()) {
            return Source.VARIABLE;
        }
        return place.equals(Place.byDefault()) ? Source.DEFAULT : Source.FILE;
    }

    private static String said(Place place) {
        return switch (source(place)) {
            case VARIABLE -> place.variable();
            case DEFAULT -> "default";
            case FILE -> place.file() + ":" + place.line();
        };
    }

    /** The values alone, each with its key: equal exactly where the file says the same in whatever words and layout. */
    String content(String file) {
        return trees.containsKey(file) ? NodeText.of(trees.get(file), place -> "") : "";
    }
}
