package dev.pratique.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commands = Pratique.commands();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        commands.getSubcommands()
                .values()
                .forEach(each -> each.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)));
        return commands.execute(args);
    }

    @Test
    void an_unknown_command_is_answered_with_the_nearest_one() {
        assertThat(run("prxy")).isEqualTo(64);
        assertThat(err.toString()).contains("unknown command 'prxy'").contains("did you mean 'proxy'?");
    }

    @Test
    void an_unknown_option_is_answered_with_the_nearest_one() {
        assertThat(run("demo", "--onec")).isEqualTo(64);
        assertThat(err.toString()).contains("unknown option '--onec'").contains("did you mean '--once'?");
    }

    /** CLI-06. */
    @Test
    void an_argument_that_begins_with_an_at_sign_is_no_file_of_arguments(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("arguments"), "--help\n");
        assertThat(run("demo", "@" + file)).isEqualTo(64);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void no_command_is_a_wrong_use() {
        assertThat(run()).isEqualTo(64);
    }

    @Test
    void every_command_shows_help_with_an_example() {
        for (String command : new String[] {"proxy", "demo"}) {
            assertThat(run(command, "--help")).isZero();
            assertThat(out.toString()).contains("Example:").contains("  pratique " + command);
        }
    }

    @Test
    void all_problems_of_a_configuration_are_shown_at_once_with_file_and_line(@TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve("proxy.yaml"), """
                storage: {directory: store}
                upstreams:
                  up.example: {layout: nowhere}
                  other.example: {ulr: "https://other.example"}
                """);
        Files.writeString(directory.resolve("policy.yaml"), """
                rules:
                  - {name: one, repositories: ["**"]}
                """);
        assertThat(run("proxy", "--config", directory.toString())).isEqualTo(78);
        assertThat(err.toString())
                .contains(directory + "/proxy.yaml:3: ")
                .contains(directory + "/proxy.yaml:4: ")
                .contains(directory + "/policy.yaml:2: ")
                .contains("  hint: ");
    }

    @Test
    void a_storage_directory_that_cannot_be_one_is_named_with_why_and_what_to_do(@TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve("file"), "");
        Files.writeString(directory.resolve("proxy.yaml"), """
                listen: [{name: default, address: "127.0.0.1:0"}]
                operator: {address: "127.0.0.1:0"}
                storage: {directory: file}
                upstreams:
                  up.example: {url: "https://up.example"}
                """);
        Files.writeString(directory.resolve("policy.yaml"), """
                rules:
                  - {name: one, repositories: ["**"], refuse: nothing yet}
                """);
        assertThat(run("proxy", "-c", directory.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains("pratique: cannot use " + directory.resolve("file") + ": it is no directory")
                .contains("hint: storage.directory and decisions.file of proxy.yaml");
    }

    @Test
    void the_demonstration_gets_every_expected_answer() {
        assertThat(run("demo", "--once")).as(out.toString() + err).isZero();
        assertThat(out.toString()).contains("All 13 answers and their reasons are the expected ones.");
    }
}
