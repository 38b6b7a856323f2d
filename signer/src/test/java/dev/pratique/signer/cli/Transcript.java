package dev.pratique.signer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One case: what is set up, what is typed, and what is said. A file has several, each behind a line that begins with
 * {@code ##}:
 *
 * <pre>
 * ## the case's name
 * file NAME                 one word that the {@link Stage} knows, and what follows, indented
 *     {}
 * $ sign --key ci.key REGISTRY/team/app:v1
 * | what it prints
 * ! what it prints on standard error
 * = 0                       its exit code
 * $ completion bash &gt; FILE   what it prints is kept there instead
 * $ completion bash | head 3  its first lines alone
 * $ verify ... | grep answer:  its lines with that
 * </pre>
 */
record Transcript(String name, List<String> lines) {
    private static final Pattern REDIRECTED = Pattern.compile("(.*) > (\\S+)");
    private static final Pattern PIPED = Pattern.compile("(.*) \\| (head|grep) (\\S+)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    /** Where cases are played. */
    interface Stage extends AutoCloseable {
        /** Sets something up. */
        void set(String word, String rest, String indented) throws Exception;

        Said run(List<String> words) throws Exception;

        /** What was said, without what is different each time. */
        String alike(String said);

        /** A file of the case. */
        Path file(String name);
    }

    /** What a command said. */
    record Said(int exit, String out, String err) {
        String all() {
            return out + err;
        }
    }

    /** A command and what it said. */
    record Typed(String line, List<String> words, Said said) {}

    /** A case with what was said now. */
    record Played(String text, List<Typed> typed) {}

    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    static List<Transcript> read(Path file) throws IOException {
        return Arrays.stream(Files.readString(file).split("(?m)^(?=## )"))
                .filter(one -> !one.isBlank())
                .map(one -> one.stripTrailing().lines().toList())
                .map(lines -> new Transcript(file.getFileName() + ": " + lines.get(0), lines))
                .toList();
    }

    String text() {
        return String.join("\n", lines);
    }

    Played play(Stage stage) throws Exception {
        List<Typed> typed = new ArrayList<>();
        List<String> played = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.matches("[|!=]( .*)?")) {
                continue; // what it said last time
            }
            played.add(line);
            if (line.startsWith("$ ")) {
                run(line.substring(2), stage, typed, played);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                StringBuilder indented = new StringBuilder();
                while (i + 1 < lines.size() && lines.get(i + 1).startsWith("    ")) {
                    played.add(lines.get(++i));
                    indented.append(lines.get(i).substring(4)).append('\n');
                }
                String[] parts = line.split(" ", 2);
                stage.set(parts[0], parts.length < 2 ? "" : parts[1], indented.toString());
            }
        }
        return new Played(String.join("\n", played), typed);
    }

    private static void run(String line, Stage stage, List<Typed> typed, List<String> played) throws Exception {
        Matcher redirected = REDIRECTED.matcher(line);
        Matcher piped = PIPED.matcher(line);
        String command = redirected.matches() ? redirected.group(1) : piped.matches() ? piped.group(1) : line;
        List<String> words = new ArrayList<>();
        WORD.matcher(command)
                .results()
                .forEach(word -> words.add(word.group(1) != null ? word.group(1) : word.group()));
        Said said = stage.run(words);
        typed.add(new Typed(command, words, said));
        List<String> out = stage.alike(said.out()).lines().toList();
        if (redirected.matches()) {
            Files.writeString(stage.file(redirected.group(2)), said.out());
            out = List.of();
        } else if (piped.matches()) {
            out = piped(out, piped.group(2), piped.group(3));
        }
        out.forEach(one -> played.add(("| " + one).stripTrailing()));
        stage.alike(said.err()).lines().forEach(one -> played.add(("! " + one).stripTrailing()));
        played.add("= " + said.exit());
    }

    private static List<String> piped(List<String> out, String program, String argument) {
        return program.equals("head")
                ? out.subList(0, Math.min(out.size(), Integer.parseInt(argument)))
                : out.stream().filter(one -> one.contains(argument)).toList();
    }
}
