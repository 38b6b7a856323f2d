package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.cli.Transcript.Played;
import dev.pratique.signer.cli.Transcript.Said;
import dev.pratique.signer.cli.Transcript.Typed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What people type and what they read: files of commands, each with what it prints and its exit code. With
 * {@code -Dgolden=write} what is printed now is written behind the commands; somebody then reads it. Those in the folder
 * {@code token} are played by {@link TokenTranscriptsInteropTest}, which has one.
 */
class TranscriptTest {
    private static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");
    private static final Pattern COMPLAINT = Pattern.compile("(?m)^pratique: .*\n(?!hint: .)");

    @TempDir
    private Path directory;

    private final AtomicInteger number = new AtomicInteger();

    static Stream<Path> files() throws Exception {
        return Transcript.files(TRANSCRIPTS).stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    @DisplayName("CLI-06: every command answers as written, with a hint where it fails, and shows no secret")
    void every_command_answers_as_written(Path file) throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        Map<String, String> said = new TreeMap<>();
        List<String> now = new ArrayList<>();
        // Most of the time they wait for what is tried again.
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Map<Transcript, Future<String>> playing = new LinkedHashMap<>();
            for (Transcript one : Transcript.read(file)) {
                playing.put(one, threads.submit(() -> play(one)));
            }
            for (Map.Entry<Transcript, Future<String>> one : playing.entrySet()) {
                String played = one.getValue().get();
                wanted.put(one.getKey().name(), one.getKey().text());
                said.put(one.getKey().name(), played);
                now.add(played + "\n");
            }
        } finally {
            threads.shutdownNow();
        }
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(file, String.join("\n", now));
        } else {
            assertThat(said).isEqualTo(wanted);
        }
    }

    private String play(Transcript one) throws Exception {
        boolean referrers = !one.lines().contains("registry without referrers");
        try (TranscriptStage stage = new TranscriptStage(home(), referrers)) {
            Played played = one.play(stage);
            for (Typed typed : played.typed()) {
                require(one, typed, stage.secrets());
            }
            for (Typed typed : played.typed()) {
                if (typed.said().exit() != 0 && !typed.words().contains("-o")) {
                    requireAsJson(one, typed, stage);
                }
            }
            return played.text();
        }
    }

    private Path home() throws Exception {
        return Files.createDirectory(directory.resolve("case" + number.incrementAndGet()));
    }

    static void require(Transcript one, Typed typed, Secrets secrets) {
        assertThat(secrets.in(typed.said().all()))
                .as("secrets that %s: '%s' shows", one.name(), typed.line())
                .isEmpty();
        assertThat(COMPLAINT.matcher(typed.said().err()).results().map(found -> found.group()))
                .as("failures without a hint in %s", one.name())
                .isEmpty();
    }

    /** What failed is typed once more as a program does; it may go well by now. */
    private static void requireAsJson(Transcript one, Typed typed, TranscriptStage stage) throws Exception {
        List<String> words = new ArrayList<>(typed.words());
        words.addAll(List.of("-o", "json"));
        Said said = stage.run(words);
        require(one, new Typed(typed.line(), words, said), stage.secrets());
        boolean interrupted = said.exit() == 130; // nobody is left who reads
        boolean ofOtherProgram = List.of("demo", "proxy").contains(typed.words().get(0));
        if (said.exit() == 0 || interrupted || ofOtherProgram) {
            return;
        }
        JsonObject document =
                StrictJson.parseObject(said.out().getBytes(StandardCharsets.UTF_8), typed.line(), 1 << 20);
        if (document.getString("schema").equals("pratique.error/v1")) {
            JsonObject error = document.getObject("error");
            assertThat(error.getString("message")).isNotBlank();
            assertThat(error.getString("hint")).isNotBlank();
            assertThat(error.get("exit").asSize("exit")).isEqualTo(said.exit());
        }
    }

    private static List<String> written() throws Exception {
        List<String> all = new ArrayList<>();
        for (Path directory : List.of(TRANSCRIPTS, TRANSCRIPTS.resolve("token"))) {
            for (Path file : Transcript.files(directory)) {
                all.addAll(Files.readAllLines(file));
            }
        }
        return all;
    }

    @Test
    void every_command_is_there_where_it_does_its_work_and_where_it_fails() throws Exception {
        List<String> written = written();
        List<String> missing = new ArrayList<>();
        for (String command : commands(Pratique.commands(new TestTerminal(directory).terminal()), "")) {
            boolean other = command.equals("demo") || command.equals("proxy"); // which the other program has
            if (!other && !ends(written, command, "= 0")) {
                missing.add(command + " that does its work");
            }
            if (!ends(written, command, "= (1|3|4|64|69|77|78)")) {
                missing.add(command + " that fails");
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean ends(List<String> written, String command, String exit) {
        boolean typed = false;
        for (String line : written) {
            if (line.startsWith("$ ")) {
                typed = (line + " ").startsWith("$ " + command + " ");
            } else if (typed && line.matches(exit)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> commands(CommandLine line, String path) {
        List<String> all = new ArrayList<>();
        line.getSubcommands().forEach((name, command) -> {
            String here = (path + " " + name).strip();
            if (command.getSubcommands().isEmpty()) {
                all.add(here);
            } else {
                all.addAll(commands(command, here));
            }
        });
        return all;
    }

    @Test
    void every_kind_of_trouble_is_there() throws Exception {
        assertThat(written())
                .contains(
                        "## a tag that moves while it is signed",
                        "## a registry that lacks referrers",
                        "## a registry that answers 503",
                        "## a registry that wants a long pause",
                        "## a registry that wants a short pause",
                        "## a token of the registry that expires half-way",
                        "## a token of the registry that expires half-way, and there is no other",
                        "## an upload that breaks off",
                        "## an upload that breaks off each time",
                        "## an upload of which the end is lost each time",
                        "## a token that is locked",
                        "## a wrong PIN",
                        "## an identity token that has expired",
                        "## a clock that is an hour ahead",
                        "## a clock that is an hour behind",
                        "## a full disk",
                        "## Ctrl-C");
    }

    /** What is looked for is found, in each of its spellings, by the way on which it is looked for. */
    @Test
    void a_secret_that_is_said_would_be_found() throws Exception {
        try (TranscriptStage stage = new TranscriptStage(home(), true)) {
            assertThat(stage.secrets().all()).hasSizeGreaterThan(8);
            for (Map.Entry<String, List<String>> secret : stage.secrets().all().entrySet()) {
                String plain = secret.getValue().get(0);
                String login =
                        Base64.getEncoder().encodeToString(("some:" + plain + " ").getBytes(StandardCharsets.UTF_8));
                for (String shown : List.of(plain, login, JsonWriter.text(Map.of("a", plain)))) {
                    assertThat(stage.secrets().in("text " + shown + " text"))
                            .as("%s in %s", secret.getKey(), shown)
                            .contains(secret.getKey());
                }
                // An argument that is no image is repeated, so this says it.
                for (String output : List.of("text", "json")) {
                    Said said = stage.run(List.of("verify", "--key", "ci.pub", "-o", output, plain + " A"));
                    assertThat(said.exit()).isEqualTo(64);
                    assertThat(stage.secrets().in(said.out() + (output.equals("text") ? said.err() : "")))
                            .contains(secret.getKey());
                }
            }
        }
    }
}
