package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.publish.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people type and what they read: files of commands, each with what it prints and its exit code. With
 * {@code -Dgolden=write} what is printed now is written behind the commands; somebody then reads it.
 *
 * <pre>
 * ## the case's name
 * registry TROUBLE          what the registry does; see the switch below
 * file NAME                 a file of the lines that follow, indented
 *     {}
 * env NAME=value
 * $ sign --key ci.key REGISTRY/team/app:v1
 * | what it prints
 * ! what it prints on standard error
 * = 0
 * </pre>
 */
class TranscriptTest {
    private static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");
    private static final Pattern DIGEST = Pattern.compile("sha256[:-][0-9a-f]{64}");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path directory;

    private final AtomicInteger number = new AtomicInteger();

    @Test
    void every_command_answers_as_written() throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        Map<String, String> said = new TreeMap<>();
        for (Path file : files()) {
            StringBuilder now = new StringBuilder();
            for (String one : Files.readString(file).split("(?m)^(?=## )")) {
                if (one.isBlank()) {
                    continue;
                }
                String name =
                        file.getFileName() + ": " + one.lines().findFirst().orElseThrow();
                String played = play(one);
                wanted.put(name, one.stripTrailing());
                said.put(name, played.stripTrailing());
                now.append(now.isEmpty() ? "" : "\n")
                        .append(played.stripTrailing())
                        .append('\n');
            }
            if ("write".equals(System.getProperty("golden"))) {
                Files.writeString(file, now);
            }
        }
        if (!"write".equals(System.getProperty("golden"))) {
            assertThat(said).isEqualTo(wanted);
        }
        // Each error says what to do, and none of them what nobody may read.
        assertThat(said.values()).noneMatch(text -> text.contains("hunter2") && !text.contains("env "));
        assertThat(said).hasSizeGreaterThan(30);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    private String play(String one) throws Exception {
        Path home = Files.createDirectory(directory.resolve("case" + number.incrementAndGet()));
        StringBuilder played = new StringBuilder();
        Map<String, String> names = new HashMap<>();
        TestTerminal terminal = new TestTerminal(home).at(NOW);
        try (TestRegistry registry = new TestRegistry(!one.contains("\nregistry without referrers\n"))) {
            registry.image("team/app", "v1");
            registry.image("team/app", "v2");
            registry.index("team/app", "all", registry.image("team/app", "amd64"), registry.image("team/app", "arm64"));
            TestKeys.write(home.resolve("ci"));
            List<String> lines = one.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.startsWith("| ") || line.startsWith("! ") || line.startsWith("= ")) {
                    continue; // what it said last time
                }
                played.append(line).append('\n');
                if (line.startsWith("registry ")) {
                    trouble(registry, line.substring("registry ".length()));
                } else if (line.startsWith("file ")) {
                    StringBuilder content = new StringBuilder();
                    while (i + 1 < lines.size() && lines.get(i + 1).startsWith("    ")) {
                        content.append(lines.get(++i).substring(4)).append('\n');
                        played.append(lines.get(i)).append('\n');
                    }
                    Files.writeString(home.resolve(line.substring("file ".length())), content);
                } else if (line.startsWith("env ")) {
                    String[] pair = line.substring("env ".length()).split("=", 2);
                    terminal.with(pair[0], pair[1]);
                } else if (line.startsWith("$ ")) {
                    played.append(run(terminal, registry, home, line.substring(2), names));
                }
            }
        }
        return played.toString();
    }

    private static String run(
            TestTerminal terminal, TestRegistry registry, Path home, String line, Map<String, String> names) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            String text = word.replace("REGISTRY", registry.host()).replace("HOME", home.toString());
            words.add(
                    text.matches("[a-z0-9.]+\\.(key|pub|json|tar)")
                            ? home.resolve(text).toString()
                            : text);
        }
        int exit = terminal.run(words.toArray(new String[0]));
        StringBuilder said = new StringBuilder();
        // What verify finds is told elsewhere; here it is the judge.
        terminal.out()
                .lines()
                .filter(text -> !line.startsWith("verify ") || text.startsWith("answer:"))
                .forEach(text -> said.append("| ").append(text).append('\n'));
        terminal.err().lines().forEach(text -> said.append("! ").append(text).append('\n'));
        String text = said.toString().replace(registry.host(), "REGISTRY").replace(home.toString(), "HOME");
        return named(text, names) + "= " + exit + "\n";
    }

    /** Digests of signatures differ from run to run: they are called by the order in which they are seen. */
    private static String named(String text, Map<String, String> names) {
        Matcher digest = DIGEST.matcher(text);
        return digest.replaceAll(found -> {
            String hex = found.group().substring("sha256:".length());
            String name = names.computeIfAbsent(hex, any -> "<" + (names.size() + 1) + ">");
            return found.group().substring(0, "sha256:".length()) + name;
        });
    }

    private static void trouble(TestRegistry registry, String what) {
        AtomicInteger writes = new AtomicInteger();
        switch (what) {
            case "without referrers" -> {}
            case "answers 503" -> registry.trouble(exchange -> answer(exchange, 503));
            case "answers 429 and Retry-After 3600" ->
                registry.trouble(exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", "3600");
                    return answer(exchange, 429);
                });
            case "answers 401" ->
                registry.trouble(exchange -> {
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                    return answer(exchange, 401);
                });
            case "refuses writing" ->
                registry.trouble(exchange -> exchange.getRequestMethod().matches("POST|PUT") && answer(exchange, 403));
            case "keeps other bytes" ->
                registry.trouble(exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    if (!exchange.getRequestMethod().equals("GET") || !path.contains("/blobs/")) {
                        return false;
                    }
                    TestRegistry.answer(exchange, 200, null, "other".getBytes(StandardCharsets.UTF_8));
                    return true;
                });
            case "breaks off the first upload" ->
                registry.trouble(exchange -> {
                    boolean first = exchange.getRequestMethod().equals("PUT") && writes.getAndIncrement() == 0;
                    if (first) {
                        exchange.close();
                    }
                    return first;
                });
            case "moves the tag v1 while it is written to" ->
                registry.trouble(exchange -> {
                    if (exchange.getRequestMethod().equals("PUT") && writes.getAndIncrement() == 0) {
                        Digest other = registry.image("team/app", "other");
                        registry.store(
                                "team/app",
                                "v1",
                                registry.bytes("team/app", other),
                                dev.pratique.attestations.image.MediaType.OCI_MANIFEST);
                    }
                    return false;
                });
            default -> throw new IllegalArgumentException(what);
        }
    }

    private static boolean answer(HttpExchange exchange, int status) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/v2/")) {
            return false;
        }
        exchange.getRequestBody().readAllBytes();
        TestRegistry.answer(exchange, status, null, new byte[0]);
        return true;
    }
}
