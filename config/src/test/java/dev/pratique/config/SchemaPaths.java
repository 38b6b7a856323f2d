package dev.pratique.config;

import dev.pratique.config.yaml.Shape;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The keys of a shape and of a schema, spelt alike: {@code listen[].name}, {@code upstreams.*.url}. */
final class SchemaPaths {
    private SchemaPaths() {}

    static final TreeMap<String, Shape.Keys> SHAPES = new TreeMap<>();

    static {
        SHAPES.put("proxy.yaml", ProxyFile.SHAPE);
        SHAPES.put("trust.yaml", TrustFile.SHAPE);
        SHAPES.put("policy.yaml", PolicyFile.SHAPE);
        SHAPES.put("catalog.yaml", CatalogReader.SHAPE);
    }

    static JsonNode schema(String file) {
        return JsonMapper.shared().readTree(ConfigSchema.of(file));
    }

    static Set<String> of(Shape shape) {
        Set<String> paths = new TreeSet<>();
        collect(shape, "", paths);
        return paths;
    }

    private static void collect(Shape shape, String path, Set<String> paths) {
        if (shape instanceof Shape.Value) {
            paths.add(path);
        } else if (shape instanceof Shape.ValueOrKeys either) {
            paths.add(path);
            collect(either.keys(), path, paths);
        } else if (shape instanceof Shape.Items items) {
            collect(items.item(), path + "[]", paths);
        } else if (shape instanceof Shape.Named named) {
            collect(named.value(), path + ".*", paths);
        } else {
            ((Shape.Keys) shape)
                    .keys()
                    .forEach((key, inner) -> collect(inner, path.isEmpty() ? key : path + "." + key, paths));
        }
    }

    static Set<String> of(JsonNode root) {
        Set<String> paths = new TreeSet<>();
        collect(root, root, "", paths);
        return paths;
    }

    private static void collect(JsonNode root, JsonNode node, String path, Set<String> paths) {
        JsonNode schema = followed(root, node);
        if (schema.has("items")) {
            collect(root, schema.get("items"), path + "[]", paths);
        } else if (schema.has("properties")) {
            schema.get("properties")
                    .properties()
                    .forEach(one -> collect(
                            root, one.getValue(), path.isEmpty() ? one.getKey() : path + "." + one.getKey(), paths));
        } else if (schema.path("additionalProperties").isObject()) {
            collect(root, schema.get("additionalProperties"), path + ".*", paths);
        } else if (schema.has("anyOf")) {
            schema.get("anyOf").forEach(one -> collect(root, one, path, paths));
        } else {
            paths.add(path);
        }
    }

    /** The defaults of single values and of what is chosen by name, as JSON, strings without quotes. */
    static Map<String, String> defaults(JsonNode root) {
        Map<String, String> defaults = new TreeMap<>();
        defaults(root, root, "", defaults);
        return defaults;
    }

    private static void defaults(JsonNode root, JsonNode node, String path, Map<String, String> defaults) {
        JsonNode schema = followed(root, node);
        JsonNode standard = node.get("default");
        if (standard != null && !standard.isArray()) {
            defaults.put(path, standard.isString() ? standard.asString() : standard.toString());
        }
        if (schema.has("items")) {
            defaults(root, schema.get("items"), path + "[]", defaults);
        }
        schema.path("properties")
                .properties()
                .forEach(one -> defaults(
                        root, one.getValue(), path.isEmpty() ? one.getKey() : path + "." + one.getKey(), defaults));
        if (schema.path("additionalProperties").isObject()) {
            defaults(root, schema.get("additionalProperties"), path + ".*", defaults);
        }
    }

    static JsonNode followed(JsonNode root, JsonNode schema) {
        return schema.has("$ref") ? root.at(schema.get("$ref").asString().substring(1)) : schema;
    }
}
