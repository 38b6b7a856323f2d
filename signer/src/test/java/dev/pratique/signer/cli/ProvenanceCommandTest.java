package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.signer.predicate.PredicateForm;
import dev.pratique.signer.provenance.Recorded;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What is written of a run in each CI system, and what is said where it cannot be. */
class ProvenanceCommandTest {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @TempDir
    Path home;

    static Stream<String> systems() {
        return Recorded.systems().stream();
    }

    private TestTerminal in(String system) {
        TestTerminal terminal = new TestTerminal(home);
        Recorded.variables(system).forEach(terminal::with);
        return terminal;
    }

    private static int run(TestTerminal terminal, List<String> more, String... arguments) {
        List<String> all = new ArrayList<>(List.of("provenance"));
        all.addAll(more);
        all.addAll(List.of(arguments));
        return terminal.run(all.toArray(new String[0]));
    }

    /** With {@code -Dgolden=write} the golden files are written anew. */
    @ParameterizedTest
    @MethodSource("systems")
    void writesTheRunOfEachSystemAsSomebodyHasRead(String system) throws Exception {
        TestTerminal terminal = in(system);
        assertThat(run(terminal, Recorded.options(system))).as(terminal.err()).isZero();
        String predicate = JSON.writeValueAsString(JSON.readTree(terminal.out())) + "\n";
        Path golden = Recorded.DIRECTORY.resolve(system + ".json");
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(golden, predicate);
        }
        assertThat(predicate).isEqualTo(Files.readString(golden));
        assertThat(terminal.err()).isEmpty();
        JsonObject read =
                StrictJson.parseObject(terminal.out().strip().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
        PredicateForm.of(Provenance.V1).orElseThrow().require(read, "output");
    }

    /** CLI-06: a pipeline passes on what strangers write, as the title of a request. */
    @Test
    void anArgumentThatBeginsWithAnAtSignIsNoFileOfArguments() throws Exception {
        Path environ = Files.writeString(home.resolve("environ"), "stolen --builder-id https://evil.example");
        TestTerminal terminal = in("github");
        assertThat(run(terminal, List.of(), "--invocation-id", "@" + environ)).isZero();
        assertThat(terminal.out()).contains("\"@" + environ + "\"").doesNotContain("stolen");
    }

    /** With and without a file, which is the predicate alone either way: it is what 'attest --predicate' takes. */
    @Test
    void aProgramReadsOneDocumentThatHasThePredicateInIt() throws Exception {
        TestTerminal terminal = in("github");
        assertThat(terminal.run("provenance")).isZero();
        String text = terminal.out().strip();
        assertThat(terminal.run("provenance", "--output", "json")).isZero();
        JsonObject shown = document(terminal);
        assertThat(shown.getString("schema")).isEqualTo("pratique.provenance/v1");
        assertThat(shown.getString("predicateType")).isEqualTo(Provenance.V1);
        assertThat(shown.findString("file")).isEmpty();
        assertThat(terminal.out()).contains("\"predicate\":" + text + ",");

        Path file = home.resolve("provenance.json");
        assertThat(terminal.run("provenance", "-o", "json", "--output-file", file.toString()))
                .isZero();
        assertThat(document(terminal).getString("file")).isEqualTo(file.toString());
        assertThat(terminal.out()).contains("\"predicate\":" + text + ",");
        assertThat(file).hasContent(text);
    }

    @Test
    void aProgramReadsWhatIsNotKnown() throws Exception {
        TestTerminal terminal = new TestTerminal(home);
        assertThat(terminal.run(
                        "provenance",
                        "-o",
                        "json",
                        "--ci",
                        "none",
                        "--builder-id",
                        "https://ci.example/nightly",
                        "--source-uri",
                        "https://git.example/team/app"))
                .isZero();
        assertThat(terminal.out()).contains("\"unknown\":[\"the branch or tag\",\"the commit\",\"which run this is\"]");
    }

    private static JsonObject document(TestTerminal terminal) throws Exception {
        return StrictJson.parseObject(terminal.out().strip().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
    }

    @Test
    void writesAFileInsteadWhereOneIsNamed() throws Exception {
        Path file = home.resolve("provenance.json");
        TestTerminal terminal = in("gitlab");
        assertThat(terminal.run("provenance")).isZero();
        String shown = terminal.out().strip();
        assertThat(terminal.run("provenance", "--output-file", file.toString())).isZero();
        assertThat(terminal.out()).isEmpty();
        assertThat(file).hasContent(shown);
        assertThat(terminal.run(
                        "provenance",
                        "--output-file",
                        home.resolve("none/p.json").toString()))
                .isEqualTo(1);
        assertThat(terminal.err()).startsWith("pratique: ").contains("none/p.json");
    }

    @Test
    void theCommandLineAloneIsEnough() {
        TestTerminal terminal = new TestTerminal(home);
        assertThat(terminal.run(
                        "provenance",
                        "--builder-id",
                        "https://ci.example/nightly",
                        "--source-uri",
                        "git+https://robot:hunter2@git.example/acme/app.git",
                        "--started-on",
                        "2026-11-21T21:00:00+01:00"))
                .isZero();
        assertThat(terminal.out().strip())
                .isEqualTo("{\"buildDefinition\":{\"buildType\":\"urn:pratique:buildtype:options:v1\","
                        + "\"externalParameters\":{\"source\":{\"uri\":\"git+https://git.example/acme/app\"}},"
                        + "\"resolvedDependencies\":[{\"uri\":\"git+https://git.example/acme/app\"}]},"
                        + "\"runDetails\":{\"builder\":{\"id\":\"https://ci.example/nightly\"},"
                        + "\"metadata\":{\"startedOn\":\"2026-11-21T20:00:00Z\"}}}");
        assertThat(terminal.err())
                .isEqualTo("warning: not known, so the provenance does not say it:"
                        + " the branch or tag, the commit, which run this is\n");
    }

    /** Exit code, arguments, what went wrong and what to do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | github | RUNNER_ENVIRONMENT= | | the variables of github do not say who builds | say it: --builder-id https://ci.example/builder, as rules of the policy name it",
                "1 | none | | | this is no CI system that is known (SYSTEMS), so nothing says who builds | say it: --builder-id https://ci.example/builder, as rules of the policy name it",
                "1 | none | | --builder-id https://ci.example | this is no CI system that is known (SYSTEMS), so nothing says what is built | say it: --source-uri https://github.com/acme/app --source-ref refs/heads/main",
                "64 | github | GITLAB_CI=true | | the variables of more than one CI system are set: github, gitlab | say which one runs this: --ci github",
                "64 | github | | --ci travis | --ci names no CI system | one of SYSTEMS, or none",
                "64 | github | | --source-uri https://github.com/acme/other | --source-uri says https://github.com/acme/other, and the environment of github says https://github.com/acme/app | a run has one source: leave the option out, or say --ci none",
                "64 | github | | --source-ref refs/heads/evil | --source-ref says refs/heads/evil, and the environment of github says refs/heads/main | a run has one source: leave the option out, or say --ci none",
                "64 | github | | --builder-id nobody | --builder-id is not a URI | write it in full, as https://ci.example/builder",
                "64 | github | | --builder-id= | --builder-id is empty | leave out what is not known",
                "64 | github | | --source-digest main | --source-digest is not a commit of git | write all 40 or 64 hexadecimal digits of it",
                "64 | github | | --started-on 2026-11-21T20:00:00Z --finished-on 2026-11-21T19:00:00Z | the run ends before it starts | see --started-on and --finished-on",
                "1 | github | | --started-on yesterday | the value of --started-on is not a time of RFC 3339, as 2026-11-21T20:00:00Z | correct it, or leave it out: what is not known is not said",
                "1 | github | GITHUB_REF=main | | the value of GITHUB_REF is not a ref of git, as refs/heads/main | correct it, or leave it out: what is not known is not said",
                "1 | github | GITHUB_RUN_ID=12/../13 | | the value of GITHUB_RUN_ID is not a number | correct it, or leave it out: what is not known is not said",
                "1 | github | GITHUB_REPOSITORY=acme/../evil | | the value of GITHUB_REPOSITORY is not a repository's address, as https://github.com/acme/app | correct it, or leave it out: what is not known is not said",
                "1 | github | GITHUB_SERVER_URL=file:///etc | | the value of GITHUB_SERVER_URL is not an address of a host and a path alone | correct it, or leave it out: what is not known is not said",
                "1 | gitlab | CI_COMMIT_TAG=v1..2 | | the value of CI_COMMIT_TAG is not a ref of git, as refs/heads/main | correct it, or leave it out: what is not known is not said",
                "1 | gitlab | CI_JOB_STARTED_AT=now | | the value of CI_JOB_STARTED_AT is not a time of RFC 3339, as 2026-11-21T20:00:00Z | correct it, or leave it out: what is not known is not said",
                "64 | github | | --base-image debian:12 | --base-image says something of an image, and none is given | say which was built: pratique provenance --image IMAGE",
                "64 | github | | --build-arg A=B | --build-arg says something of a Dockerfile, and none is given | say which: --dockerfile FILE",
                "64 | github | | --target app | --target says something of a Dockerfile, and none is given | say which: --dockerfile FILE",
                "64 | github | | --resolve-tags | --resolve-tags says something of a Dockerfile, and none is given | say which: --dockerfile FILE",
                "1 | github | | --dockerfile none/Dockerfile | there is no file none/Dockerfile | names are taken from the directory that you are in",
                "64 | github | | --bulder-id x | unknown option '--bulder-id' | did you mean '--builder-id'?",
            })
    void saysWhatIsWrongAndWhatToDo(
            int code, String system, String variable, String arguments, String what, String hint) {
        TestTerminal terminal = system.equals("none") ? new TestTerminal(home) : in(system);
        if (variable != null) {
            int equals = variable.indexOf('=');
            terminal.with(variable.substring(0, equals), variable.substring(equals + 1));
        }
        List<String> more = arguments == null ? List.of() : List.of(arguments.split(" "));
        assertThat(run(terminal, more)).isEqualTo(code);
        String systems = String.join(", ", Recorded.systems());
        assertThat(terminal.err())
                .isEqualTo(("pratique: " + what + (hint == null ? "\n" : "\nhint: " + hint + "\n"))
                        .replace("SYSTEMS", systems));
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void strangersTextThatPeopleWouldMisreadIsRefusedAndNotShown() {
        for (String value : List.of("a\nb", "\u202Egpj", "a\u0000b", "\ud800", "a\u2028b", "\u007f", "\u2066x")) {
            TestTerminal terminal = in("gitlab").with("CI_JOB_NAME", value);
            assertThat(terminal.run("provenance")).isEqualTo(1);
            assertThat(terminal.err())
                    .isEqualTo("pratique: the value of CI_JOB_NAME holds a control character\n"
                            + "hint: correct it, or leave it out: what is not known is not said\n");
        }
        TestTerminal terminal = in("gitlab").with("CI_JOB_NAME", "sch\u00f6n \ud83d\ude80");
        assertThat(terminal.run("provenance")).isZero();
        assertThat(terminal.out()).contains("sch\u00f6n \ud83d\ude80");
    }

    @Test
    void aValueLongerThanAnyVerifierMatchesIsRefused() {
        TestTerminal terminal = in("gitlab").with("CI_JOB_NAME", "x".repeat(4097));
        assertThat(terminal.run("provenance")).isEqualTo(1);
        assertThat(terminal.err()).startsWith("pratique: the value of CI_JOB_NAME has more than 4096 characters\n");
        assertThat(in("gitlab").with("CI_JOB_NAME", "x".repeat(4096)).run("provenance"))
                .isZero();
    }

    /** CLI-06. */
    @Test
    void passwordsInTheAddressOfARepositoryAreNeverWritten() {
        TestTerminal terminal = in("jenkins");
        assertThat(terminal.run("provenance")).isZero();
        assertThat(terminal.out() + terminal.err()).doesNotContain("hunter2").doesNotContain("robot");
        terminal.with("GIT_URL", "https://robot:hunter2@git.example/../app");
        assertThat(terminal.run("provenance")).isEqualTo(1);
        assertThat(terminal.out() + terminal.err()).doesNotContain("hunter2");
    }

    @Test
    void thePullRequestOfAStrangerIsNoBranchOfTheRepository() {
        TestTerminal terminal = in("buildkite").with("BUILDKITE_PULL_REQUEST", "12");
        assertThat(terminal.run("provenance")).isZero();
        assertThat(terminal.out()).doesNotContain("refs/heads/main");
        assertThat(terminal.err()).contains("the branch or tag");
        terminal =
                in("gitlab").with("CI_COMMIT_TAG", "").with("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/3/head");
        assertThat(terminal.run("provenance")).isZero();
        assertThat(terminal.out()).contains("@refs/merge-requests/3/head\"");
        terminal = in("jenkins").with("CHANGE_ID", "7");
        assertThat(terminal.run("provenance")).isZero();
        assertThat(terminal.out()).doesNotContain("refs/heads/main");
    }

    @Test
    void whatIsNoCommitYetIsNotSaidToBeOne() {
        TestTerminal terminal = in("buildkite").with("BUILDKITE_COMMIT", "HEAD");
        assertThat(terminal.run("provenance")).isZero();
        assertThat(terminal.out()).doesNotContain("HEAD").doesNotContain("gitCommit");
        assertThat(terminal.err()).contains("the commit");
    }

    @Test
    void helpShowsAnExampleAndEveryOption() {
        TestTerminal terminal = new TestTerminal(home);
        assertThat(terminal.run("provenance", "--help")).isZero();
        assertThat(terminal.out())
                .contains("pratique provenance --output-file provenance.json", "--ci", "--builder-id", "--source-uri")
                .contains("--dockerfile", "--buildkit-metadata", "--base-image", "--catalog", "--resolve-tags")
                .contains("The run:", "What went into the image:");
        assertThat(terminal.run("attest", "--help")).isZero();
        assertThat(terminal.out()).contains("--predicate auto", "--builder-id", "--dockerfile");
    }
}
