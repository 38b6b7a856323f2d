package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The tables of docs/configuration.md have every key of the schemas with its default, and no other. */
class DocumentedKeysTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    static Stream<String> files() {
        return ConfigDir.FILES.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyKeyIsInTheTableAndEveryRowIsAKey(String file) throws IOException {
        Map<String, String> rows = rows(file);
        JsonNode schema = SchemaPaths.schema(file);
        TreeSet<String> keys = new TreeSet<>();
        SchemaPaths.of(schema).forEach(path -> keys.add(documented(path)));
        assertThat(keys).hasSizeGreaterThan(3);
        assertThat(rows.keySet()).containsAll(keys);
        // A list or a group of keys may have a row of its own.
        assertThat(rows.keySet().stream()
                        .filter(row -> !keys.contains(row))
                        .filter(row ->
                                keys.stream().noneMatch(key -> key.startsWith(row + ".") || key.startsWith(row + "[")))
                        .toList())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyDefaultIsInTheTable(String file) throws IOException {
        Map<String, String> rows = rows(file);
        List<String> wrong = new ArrayList<>();
        JsonNode root = SchemaPaths.schema(file);
        SchemaPaths.defaults(root).forEach((path, standard) -> {
            String row = rows.getOrDefault(documented(path), "");
            if (!row.replace(" ", "").contains("`" + standard.replace(" ", "") + "`")) {
                wrong.add(documented(path) + " is " + standard + ", not" + row);
            }
        });
        assertThat(wrong).isEmpty();
    }

    /** As the page spells it: a word for a name that operators choose, lists of single values without brackets. */
    private static String documented(String path) {
        return path.replaceAll("\\[]$", "")
                .replaceAll("password\\.(env|file)$", "password")
                .replaceAll("(identities\\[]\\.\\w+)\\.(glob|regexp)$", "$1")
                .replace("status.*", "status")
                .replace("platforms.*", "platforms.PLATFORM")
                .replace(".*", ".NAME");
    }

    /** The second column by the first, of the tables below the file's heading. */
    private static Map<String, String> rows(String file) throws IOException {
        String text = Files.readString(Path.of("../docs/configuration.md"));
        String section = text.substring(text.indexOf("\n## " + file));
        section =
                section.substring(0, section.indexOf("\n## ", 1) < 0 ? section.length() : section.indexOf("\n## ", 1));
        Map<String, String> rows = new TreeMap<>();
        section.lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            String[] cells = line.split("(?<!\\\\)\\|", -1);
            Matcher names = CODE.matcher(cells[1]);
            while (names.find()) {
                rows.put(names.group(1), cells[2]);
            }
            // What a key holds may be said beside it.
            Matcher inner = CODE.matcher(line.substring(cells[1].length()));
            while (inner.find()) {
                boolean below =
                        rows.keySet().stream().anyMatch(row -> inner.group(1).startsWith(row + "[]."));
                if (below) {
                    rows.putIfAbsent(inner.group(1), "");
                }
            }
        });
        return rows;
    }
}
