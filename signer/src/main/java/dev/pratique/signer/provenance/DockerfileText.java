package dev.pratique.signer.provenance;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Dockerfile's text as instructions: comments and line ends taken out, here-documents passed over. */
final class DockerfileText {
    private static final Pattern DIRECTIVE = Pattern.compile("#\\s*([A-Za-z][A-Za-z0-9]*)\\s*=\\s*(.+?)\\s*");
    private static final Pattern HEREDOC = Pattern.compile("(?:^|\\s)[0-9]*<<(-?)([\"']?)([^\\s<\"']+)\\2(?=\\s|$)");
    private static final Pattern INSTRUCTION = Pattern.compile("\\s*([A-Za-z]+)(?:\\s+(.*))?", Pattern.DOTALL);
    private static final Pattern OPTIONS = Pattern.compile("(?:--\\S+\\s+)*");
    private static final List<String> WITH_HEREDOC = List.of("RUN", "COPY", "ADD");

    private final List<String> lines;
    private final char escape;
    private int next;

    private DockerfileText(String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        lines = plain.lines().toList();
        escape = escapeOf(lines);
    }

    /**
     * One instruction.
     *
     * @param line its first, from 1
     * @param word in capitals
     * @param rest behind the word, in one line
     */
    record Instruction(int line, String word, String rest) {
        /** What stands before its arguments: {@code --from=…}, {@code --mount=…}. */
        String options() {
            Matcher options = OPTIONS.matcher(rest);
            return options.lookingAt() ? options.group() : "";
        }
    }

    static List<Instruction> instructions(String text) throws MalformedEvidenceException {
        return new DockerfileText(text).read();
    }

    private List<Instruction> read() throws MalformedEvidenceException {
        List<Instruction> all = new ArrayList<>();
        while (next < lines.size()) {
            int first = next + 1;
            String logical = logicalLine();
            if (logical.isBlank()) {
                continue;
            }
            Matcher parts = INSTRUCTION.matcher(logical);
            if (!parts.matches()) {
                throw new MalformedEvidenceException("line " + first + " is no instruction");
            }
            String word = parts.group(1).toUpperCase(Locale.ROOT);
            String rest = parts.group(2) == null ? "" : parts.group(2).strip();
            if (WITH_HEREDOC.contains(word)) {
                passHeredocs(rest, first);
            }
            all.add(new Instruction(first, word, rest));
        }
        return all;
    }

    // Comments and empty lines are taken out of the middle of an instruction too.
    private String logicalLine() {
        StringBuilder logical = new StringBuilder();
        while (next < lines.size()) {
            String line = lines.get(next++);
            String stripped = line.strip();
            if (stripped.startsWith("#") || stripped.isEmpty() && logical.length() > 0) {
                continue;
            }
            if (stripped.isEmpty() || stripped.charAt(stripped.length() - 1) != escape) {
                return logical.append(line).toString();
            }
            int end = line.lastIndexOf(escape);
            logical.append(line, 0, end);
        }
        return logical.toString();
    }

    private void passHeredocs(String rest, int first) throws MalformedEvidenceException {
        Matcher heredoc = HEREDOC.matcher(rest);
        while (heredoc.find()) {
            boolean tabs = !heredoc.group(1).isEmpty();
            String end = heredoc.group(3);
            boolean ended = false;
            while (!ended && next < lines.size()) {
                String line = lines.get(next++);
                ended = (tabs ? line.replaceFirst("^\t+", "") : line).equals(end);
            }
            if (!ended) {
                throw new MalformedEvidenceException("the here-document of line " + first + " has no end");
            }
        }
    }

    // "Parser directives … must be at the top": after the first line that is none, nothing is one.
    private static char escapeOf(List<String> lines) {
        for (String line : lines) {
            Matcher directive = DIRECTIVE.matcher(line.strip());
            if (!directive.matches()) {
                break;
            }
            if (directive.group(1).equalsIgnoreCase("escape")) {
                return directive.group(2).equals("`") ? '`' : '\\';
            }
        }
        return '\\';
    }
}
