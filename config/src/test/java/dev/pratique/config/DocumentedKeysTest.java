package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.yaml.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** docs/configuration.md knows every key that the program knows. */
class DocumentedKeysTest {
    @Test
    void everyKeyIsInTheDocumentation() throws IOException {
        String text = Files.readString(Path.of("../docs/configuration.md"));
        Set<String> missing = new TreeSet<>();
        for (Shape shape : Set.of(ProxyFile.SHAPE, TrustFile.SHAPE, PolicyFile.SHAPE, CatalogReader.SHAPE)) {
            collect(shape, "", missing);
        }
        assertThat(missing).hasSizeGreaterThan(50);
        missing.removeIf(path -> text.contains("`" + path + "`"));
        assertThat(missing).isEmpty();
    }

    private static void collect(Shape shape, String path, Set<String> paths) {
        if (shape instanceof Shape.Value) {
            paths.add(path);
        } else if (shape instanceof Shape.ValueOrKeys either) {
            collect(either.keys(), path, paths);
        } else if (shape instanceof Shape.Items items) {
            collect(items.item(), items.item() instanceof Shape.Value ? path : path + "[]", paths);
        } else if (shape instanceof Shape.Named named) {
            String name = path.endsWith("platforms") ? ".PLATFORM" : path.endsWith("status") ? "" : ".NAME";
            collect(named.value(), path + name, paths);
        } else if (path.endsWith("password")) {
            paths.add(path);
        } else {
            ((Shape.Keys) shape)
                    .keys()
                    .forEach((key, inner) -> collect(inner, path.isEmpty() ? key : path + "." + key, paths));
        }
    }
}
