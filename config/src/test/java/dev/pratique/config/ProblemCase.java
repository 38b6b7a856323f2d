package dev.pratique.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A case of {@code src/test/resources/problems}: what is other than in {@link TestConfig}, and what is said of it.
 *
 * <pre>
 * ## the case's name
 * proxy.yaml +              its lines behind those of TestConfig; without the + in their place
 *     listen: [{name: a}]
 * env PRATIQUE_X=y          a variable
 * directory keys/x          a directory of that name
 * absent trust.yaml         no such file
 * hex proxy.yaml ff fe      bytes
 * repeat proxy.yaml 5000 a  a text many times
 * =>
 * what is said
 * </pre>
 */
record ProblemCase(String name, List<String> input, String expected) {

    static List<ProblemCase> in(String text) {
        List<ProblemCase> cases = new ArrayList<>();
        for (String block : text.split("(?m)^## ", -1)) {
            if (block.isBlank() || block.startsWith("#")) {
                continue;
            }
            String[] halves = block.split("(?m)^=>\n", -1);
            List<String> lines = halves[0].lines().toList();
            cases.add(new ProblemCase(
                    lines.get(0), lines.subList(1, lines.size()), halves.length > 1 ? halves[1].stripTrailing() : ""));
        }
        return cases;
    }

    /** With these words in the place of what was expected. */
    String with(String said) {
        String head = "## " + name + "\n" + String.join("\n", input).stripTrailing() + "\n=>\n";
        return head + said.stripTrailing() + "\n";
    }

    /** Makes the files and hands out the variables. */
    Map<String, String> write(TestConfig config) throws Exception {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < input.size(); i++) {
            String line = input.get(i);
            if (line.isBlank()) {
                continue;
            }
            String[] words = line.split(" ", 4);
            Path file = config.directory().resolve(words.length > 1 ? words[1].split("=", 2)[0] : words[0]);
            switch (words[0]) {
                case "env" -> environment.put(words[1].split("=", 2)[0], line.substring(line.indexOf('=') + 1));
                case "directory" -> {
                    Files.deleteIfExists(file);
                    Files.createDirectories(file);
                }
                case "absent" -> Files.delete(file);
                case "hex" -> Files.write(file, HexFormat.of().parseHex(line.split(" ", 3)[2].replace(" ", "")));
                case "repeat" ->
                    Files.writeString(file, words[3].replace("\\n", "\n").repeat(Integer.parseInt(words[2])));
                default -> {
                    StringBuilder text = new StringBuilder();
                    while (i + 1 < input.size() && input.get(i + 1).startsWith("    ")) {
                        text.append(input.get(++i).substring(4)).append('\n');
                    }
                    Path named = config.directory().resolve(words[0]);
                    boolean more = words.length > 1 && words[1].equals("+");
                    String before = more ? Files.readString(named, StandardCharsets.UTF_8) : "";
                    config.write(words[0], before + text);
                }
            }
        }
        return environment;
    }
}
