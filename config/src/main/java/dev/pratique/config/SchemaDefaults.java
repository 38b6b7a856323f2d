package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.config.yaml.Node;
import dev.pratique.config.yaml.Place;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Fills a tree up with what counts where the file says nothing, as its schema has it; its keys in the schema's order. */
final class SchemaDefaults {
    private static final int MAX_BYTES = 1 << 20;

    private final JsonObject root;

    /** @param file one of {@link ConfigDir#FILES} */
    SchemaDefaults(String file) {
        try {
            root = StrictJson.parseObject(
                    ConfigSchema.of(file).getBytes(StandardCharsets.UTF_8), "the schema of " + file, MAX_BYTES);
        } catch (MalformedEvidenceException e) {
            throw new IllegalStateException("the schema of " + file + " cannot be read", e);
        }
    }

    /** The tree with defaults that stand at {@link Place#byDefault()}. */
    Node.Mapping fill(Node.Mapping tree) {
        return keys(tree, root);
    }

    private Node fill(Node node, JsonObject reference) {
        JsonObject schema = followed(reference);
        if (node instanceof Node.Sequence list) {
            List<Node> items = new ArrayList<>();
            list.items().forEach(item -> items.add(fill(item, child(schema, "items"))));
            return new Node.Sequence(list.place(), items, list.flow());
        }
        if (node instanceof Node.Mapping mapping) {
            return schema.members().containsKey("properties") ? keys(mapping, schema) : named(mapping, schema);
        }
        return node;
    }

    private Node.Mapping named(Node.Mapping mapping, JsonObject schema) {
        JsonObject value = child(schema, "additionalProperties");
        List<Node.Member> members = new ArrayList<>();
        mapping.members()
                .forEach(one -> members.add(new Node.Member(one.key(), one.place(), fill(one.value(), value))));
        return new Node.Mapping(mapping.place(), members, mapping.flow());
    }

    private Node.Mapping keys(Node.Mapping mapping, JsonObject schema) {
        List<Node.Member> members = new ArrayList<>();
        child(schema, "properties").members().forEach((key, value) -> {
            JsonObject property = (JsonObject) value;
            Optional<Node.Member> said = mapping.find(key);
            if (said.isPresent()) {
                Node.Member one = said.get();
                members.add(new Node.Member(key, one.place(), fill(one.value(), property)));
            } else if (!excluded(key, mapping, schema)) {
                standard(property).ifPresent(node -> members.add(new Node.Member(key, Place.byDefault(), node)));
            }
        });
        return new Node.Mapping(mapping.place(), members, mapping.flow());
    }

    /** Whether what is there leaves no place for this key, or gives it another default: schemas say which by naming it. */
    private static boolean excluded(String key, Node.Mapping mapping, JsonObject schema) {
        JsonObject dependent = child(schema, "dependentSchemas");
        Stream<JsonObject> byKey =
                mapping.members().stream().map(one -> child(child(dependent, one.key()), "properties"));
        Stream<JsonObject> byForm =
                forms(schema).filter(form -> is(form, mapping)).map(form -> child(form, "properties"));
        return Stream.concat(byKey, byForm).anyMatch(others -> others.members().containsKey(key));
    }

    private static Stream<JsonObject> forms(JsonObject schema) {
        return schema.members().get("oneOf") instanceof JsonValue.JsonArray several
                ? several.values().stream().filter(JsonObject.class::isInstance).map(JsonObject.class::cast)
                : Stream.empty();
    }

    /** Whether a tree has what this form of it requires, and nothing that it forbids. */
    private static boolean is(JsonObject form, Node.Mapping mapping) {
        if (!(form.members().get("required") instanceof JsonValue.JsonArray required)) {
            return false;
        }
        boolean has = required.values().stream()
                .allMatch(name ->
                        mapping.find(((JsonValue.JsonString) name).value()).isPresent());
        return has
                && child(form, "properties").members().entrySet().stream()
                        .filter(one -> one.getValue() instanceof JsonValue.JsonBoolean)
                        .noneMatch(one -> mapping.find(one.getKey()).isPresent());
    }

    private Optional<Node> standard(JsonObject reference) {
        JsonValue written = reference.members().get("default");
        if (written != null) {
            return Optional.of(fill(node(written), reference));
        }
        JsonObject schema = followed(reference);
        if (!schema.members().containsKey("properties") || schema.members().containsKey("required")) {
            return Optional.empty();
        }
        Node.Mapping filled = keys(new Node.Mapping(Place.byDefault(), List.of(), false), schema);
        return filled.members().isEmpty() ? Optional.empty() : Optional.of(filled);
    }

    private static Node node(JsonValue value) {
        Place place = Place.byDefault();
        if (value instanceof JsonObject object) {
            List<Node.Member> members = new ArrayList<>();
            for (Map.Entry<String, JsonValue> one : object.members().entrySet()) {
                members.add(new Node.Member(one.getKey(), place, node(one.getValue())));
            }
            return new Node.Mapping(place, members, false);
        }
        if (value instanceof JsonValue.JsonArray array) {
            return new Node.Sequence(
                    place, array.values().stream().map(SchemaDefaults::node).toList(), false);
        }
        String text = value instanceof JsonValue.JsonString string
                ? string.value()
                : value instanceof JsonValue.JsonNumber number
                        ? number.text()
                        : String.valueOf(((JsonValue.JsonBoolean) value).value());
        return new Node.Scalar(place, text, false);
    }

    private JsonObject followed(JsonObject schema) {
        JsonValue reference = schema.members().get("$ref");
        if (reference instanceof JsonValue.JsonString string) {
            return child(child(root, "$defs"), string.value().substring("#/$defs/".length()));
        }
        return schema;
    }

    private static JsonObject child(JsonObject object, String name) {
        return object.members().get(name) instanceof JsonObject child ? child : JsonObject.empty();
    }
}
