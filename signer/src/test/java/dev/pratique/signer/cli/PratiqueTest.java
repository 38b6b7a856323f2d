package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PratiqueTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;

    @BeforeEach
    void make() {
        terminal = new TestTerminal(home);
    }

    @Test
    void theHelpListsTheCommandsOfBothPrograms() {
        assertThat(terminal.run("--help")).isZero();
        assertThat(terminal.out())
                .contains("demo", "proxy", "sign", "attest", "keys", "Exit codes")
                .doesNotContain("\u001b");
    }

    /** A list of commands shows the first line of each description and no more, so that must be a sentence. */
    @Test
    void whatTheListsOfCommandsSayOfACommandIsASentence() {
        List<String> cut = new ArrayList<>();
        sentences(Pratique.commands(terminal.terminal()), cut);
        assertThat(cut).isEmpty();
    }

    private static void sentences(CommandLine line, List<String> cut) {
        line.getSubcommands().forEach((name, command) -> {
            String first = command.getCommandSpec().usageMessage().description()[0];
            if (!first.endsWith(".")) {
                cut.add(name + ": " + first);
            }
            sentences(command, cut);
        });
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        List<String> without = new ArrayList<>();
        for (List<String> command : commands(Pratique.commands(terminal.terminal()), List.of())) {
            List<String> args = new ArrayList<>(command);
            args.add("--help");
            assertThat(terminal.run(args.toArray(String[]::new))).as("%s", args).isZero();
            if (!terminal.out().contains("Example")) {
                without.add(String.join(" ", command));
            }
        }
        assertThat(without).isEmpty();
    }

    private static List<List<String>> commands(CommandLine line, List<String> path) {
        List<List<String>> all = new ArrayList<>();
        line.getSubcommands().forEach((name, command) -> {
            List<String> here = new ArrayList<>(path);
            here.add(name);
            all.add(here);
            all.addAll(commands(command, here));
        });
        return all;
    }

    @Test
    void helpOfSignIsAsWritten() {
        assertThat(terminal.run("sign", "--help")).isZero();
        assertThat(terminal.out())
                .startsWith("Usage: pratique sign [-hr] ")
                .contains("what is signed is the digest that it names at that moment, which is printed first.\n")
                .contains("\n\nExamples:\n  pratique sign --key pratique.key registry.example/team/app:1.2\n")
                .contains("Exit codes: 0 signed;");
    }

    @Test
    @DisplayName("CLI-06: what was given to an option that does not exist is shown nowhere")
    void the_value_of_an_unknown_option_is_not_repeated() {
        for (String output : List.of("text", "json")) {
            assertThat(terminal.run("sign", "--password=hunter2", "-o", output, "image"))
                    .isEqualTo(64);
            assertThat(terminal.out() + terminal.err()).contains("--password").doesNotContain("hunter2");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "sgin | unknown command 'sgin' | did you mean 'sign'?",
                "sign --kye k image | unknown option '--kye' | did you mean '--key'?",
                "sign --kye=k image | unknown option '--kye' | did you mean '--key'?",
                "sign --key k --recursiv image | unknown option '--recursiv' | did you mean '--recursive'?",
                "keys genrate | unknown command 'genrate' | did you mean 'generate'?",
                "keys | a command is missing after 'pratique keys' | see: pratique keys --help",
                "zzzzzz | unknown command 'zzzzzz' | see: pratique --help",
                "sign --identity-token t --key k i | a key and an identity token are two ways to sign"
                        + " | say --key REF, or leave it out and sign as whom the token names",
                "sign --key k -a x i | value for option '--annotations' (NAME=VALUE) should be in KEY=VALUE format but was x"
                        + " | see: pratique sign --help",
                "sign --key k | missing required parameter: 'IMAGE' | see: pratique sign --help",
                "sign --key k a:b:c | 'a:b:c' is not an image name: not a repository name | write it as"
                        + " registry.example/team/app:tag or registry.example/team/app@sha256:...",
                "attest --key k --type spdx3 --predicate - i | 'spdx3' is no predicate type | one of slsaprovenance1,"
                        + " slsaprovenance02, slsaprovenance, spdxjson, cyclonedx, vuln, openvex, vsa, link, custom, or a URI",
                "sign --key awskms:///x i | the name of the key in AWS KMS is wrong | awskms:///KEY-ID, awskms:///alias/NAME,"
                        + " awskms:///arn:aws:kms:REGION:ACCOUNT:key/KEY-ID; another endpoint stands before the third"
                        + " slash",
                "keys list key.pem | what is listed is a PKCS#11 token, and this is no URI of one | as in: pratique keys list"
                        + " 'pkcs11:?module-path=/usr/lib/softhsm/libsofthsm2.so'",
                "sign --key pkcs11:object=a i | it is not said which PKCS#11 module speaks to the token | add"
                        + " ?module-path=FILE to the URI, or set COSIGN_PKCS11_MODULE_PATH",
                "keys generate --key awskms:///alias/a | keys are made as files and on PKCS#11 tokens | a key service makes"
                        + " its own: see docs/keys.md"
            })
    void whatIsTypedWrongIsUsage(String line, String what, String hint) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(64);
        assertThat(terminal.err()).isEqualTo("pratique: " + what + "\nhint: " + hint + "\n");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void whereAProgramReadsTheErrorIsADocumentToo() {
        assertThat(terminal.run("sign", "-o", "json", "--key", "/none", "localhost:1/a:b"))
                .isEqualTo(1);
        assertThat(terminal.out())
                .isEqualTo("{\"schema\":\"pratique.error/v1\",\"error\":{\"message\":\"there is no key file /none\","
                        + "\"hint\":\"make one: pratique keys generate\",\"exit\":1}}\n");
        assertThat(terminal.run("sign", "--output=json", "--nope")).isEqualTo(64);
        assertThat(terminal.out()).contains("\"exit\":64");
    }

    @Test
    void theOtherProgramsCommandsPointAtTheLauncher() {
        assertThat(terminal.run("proxy", "--config", "x")).isEqualTo(1);
        assertThat(terminal.err()).contains("start it with the launcher: pratique proxy");
    }

    @Test
    void outputDoesNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(new Locale("tr", "TR"));
            assertThat(terminal.run("sign", "--key", "k", "--format", "bogus", "i"))
                    .isEqualTo(64);
            assertThat(terminal.err()).contains("it is one of bundle, cosign, not 'bogus'");
        } finally {
            Locale.setDefault(before);
        }
    }
}
