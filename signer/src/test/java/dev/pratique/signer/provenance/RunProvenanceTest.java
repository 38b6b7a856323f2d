package dev.pratique.signer.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is claimed that was not seen: whatever of its variables a system leaves out. */
class RunProvenanceTest {
    private static final int SUBSETS = 3000;
    private static final String BUILDER = "https://tekton.example/acme";
    /** What a value may have around and between the variables that it is made of. */
    private static final Set<String> BETWEEN = Set.of(
            "",
            "/",
            "git+",
            "git+/",
            "git+@",
            "git+/@",
            "refs/heads/",
            "refs/tags/",
            "git+@refs/heads/",
            "git+@refs/tags/",
            "//actions/runs/",
            "//actions/runs//attempts/",
            "/actions/runner/",
            "/-/runners/",
            "#",
            "https://buildkite.com/");
    /** What only names the form. */
    private static final Pattern BUILD_TYPE =
            Pattern.compile("urn:pratique:buildtype:[a-z-]+:v1|https://actions\\.github\\.io/buildtypes/workflow/v1");

    static Stream<String> systems() {
        return Recorded.systems().stream();
    }

    @ParameterizedTest
    @MethodSource("systems")
    void everyValueComesFromAVariableThatIsSetAndNothingIsEmpty(String system) {
        Map<String, String> all = Recorded.variables(system);
        int written = 0;
        int refused = 0;
        Random random = new Random(system.hashCode());
        for (int round = 0; round < SUBSETS; round++) {
            Map<String, String> some = new LinkedHashMap<>();
            all.forEach((name, value) -> {
                if (random.nextInt(100) < 75) {
                    some.put(name, random.nextInt(100) < 95 ? value : "");
                }
            });
            Map<String, Object> predicate;
            try {
                predicate = RunProvenance.of(facts(system), new Variables(some)).predicate(List.of());
            } catch (Failure e) {
                assertThat(e.what()).matches("the variables of " + system + " do not say (who builds|what is built)");
                refused++;
                continue;
            }
            written++;
            List<String> texts = new ArrayList<>();
            collect(predicate, texts);
            for (String text : texts) {
                assertThat(isExplained(text, some)).as("%s from %s", text, some).isTrue();
            }
            Set<String> absent = new TreeSet<>(all.keySet());
            absent.removeIf(name -> !some.getOrDefault(name, "").isEmpty());
            for (String name : absent) {
                String value = all.get(name);
                boolean elsewhere =
                        some.values().stream().anyMatch(other -> other.contains(value)) || value.equals("true");
                assertThat(elsewhere || texts.stream().noneMatch(text -> text.contains(value)))
                        .as("%s of %s", name, texts)
                        .isTrue();
            }
        }
        assertThat(written).isGreaterThan(SUBSETS / 4);
        assertThat(refused).isPositive();
    }

    static Stream<String> elsewhere() {
        return Recorded.elsewhere().stream();
    }

    /** The job may have checked out a stranger's head: the branch of the variables is where its workflow was read. */
    @ParameterizedTest
    @MethodSource("elsewhere")
    void claims_neither_branch_nor_commit_when_the_event_is_not_about_them(String run) throws Exception {
        Map<String, String> variables = Recorded.variables(run);
        RunProvenance provenance = RunProvenance.of(facts("github"), new Variables(variables));
        List<String> texts = new ArrayList<>();
        collect(provenance.predicate(List.of()), texts);
        assertThat(texts)
                .noneMatch(text -> text.contains(variables.get("GITHUB_REF")))
                .noneMatch(text -> text.contains(variables.get("GITHUB_SHA")))
                .contains("https://github.com/acme/app", ".github/workflows/release.yml");
        assertThat(provenance.unknown())
                .containsExactly(
                        "the branch or tag",
                        "the commit (in a run for " + variables.get("GITHUB_EVENT_NAME")
                                + " GITHUB_REF is where the workflow is from, whatever it builds;"
                                + " --source-ref and --source-digest say what that is)");
    }

    /** The build type has the workflow's own ref beside its path: of one that is said to build another, the path is unknown. */
    @ParameterizedTest
    @MethodSource("elsewhere")
    void names_no_path_of_the_workflow_beside_a_ref_that_it_is_not_of(String run) throws Exception {
        Optional<String> none = Optional.empty();
        RunFacts said = new RunFacts(
                Optional.of("github"),
                none,
                none,
                none,
                none,
                Optional.of("refs/pull/7/head"),
                Optional.of("5b4a68597c6f78a97e2b3c4d61728394a5b6c7d8"),
                none,
                none);
        List<String> texts = new ArrayList<>();
        collect(RunProvenance.of(said, new Variables(Recorded.variables(run))).predicate(List.of()), texts);
        assertThat(texts).contains("refs/pull/7/head").doesNotContain(".github/workflows/release.yml");
    }

    @ParameterizedTest
    @MethodSource("elsewhere")
    void names_no_path_of_the_workflow_beside_a_commit_that_it_is_not_of(String run) throws Exception {
        Optional<String> none = Optional.empty();
        Optional<String> head = Optional.of("5b4a68597c6f78a97e2b3c4d61728394a5b6c7d8");
        RunFacts said = new RunFacts(Optional.of("github"), none, none, none, none, none, head, none, none);
        List<String> texts = new ArrayList<>();
        collect(RunProvenance.of(said, new Variables(Recorded.variables(run))).predicate(List.of()), texts);
        assertThat(texts).contains(head.get()).doesNotContain(".github/workflows/release.yml");
    }

    /** That list is of what is known: an event of next year is about nothing until somebody has read what it is about. */
    @Test
    void claims_neither_branch_nor_commit_when_the_event_is_unknown_or_not_said() throws Exception {
        for (String event : List.of("", "some_event_of_next_year")) {
            Map<String, String> variables = Recorded.variables("github");
            variables.put("GITHUB_EVENT_NAME", event);
            RunProvenance provenance = RunProvenance.of(facts("github"), new Variables(variables));
            List<String> texts = new ArrayList<>();
            collect(provenance.predicate(List.of()), texts);
            assertThat(texts).noneMatch(text -> text.contains("refs/heads/main"));
            assertThat(provenance.unknown()).hasSize(2).first().isEqualTo("the branch or tag");
        }
    }

    private static RunFacts facts(String system) {
        Optional<String> none = Optional.empty();
        // No variable of Tekton's says who builds.
        Optional<String> builder = system.equals("tekton") ? Optional.of(BUILDER) : none;
        return new RunFacts(Optional.of(system), none, builder, none, none, none, none, none, none);
    }

    private static void collect(Object value, List<String> texts) {
        assertThat(value).isNotNull();
        if (value instanceof Map<?, ?> map) {
            assertThat(map).isNotEmpty();
            map.values().forEach(member -> collect(member, texts));
        } else if (value instanceof List<?> list) {
            assertThat(list).isNotEmpty();
            list.forEach(element -> collect(element, texts));
        } else {
            assertThat((String) value).isNotEmpty();
            texts.add((String) value);
        }
    }

    private static boolean isExplained(String text, Map<String, String> some) {
        if (BUILD_TYPE.matcher(text).matches() || text.equals(BUILDER)) {
            return true;
        }
        List<String> values = new ArrayList<>();
        some.values().forEach(value -> values.addAll(List.of(value, spelt(value))));
        values.removeIf(String::isEmpty);
        values.sort(Comparator.comparingInt(String::length).reversed());
        // The path of a workflow is a part of a variable, all others are whole ones.
        String workflow = some.getOrDefault("GITHUB_WORKFLOW_REF", "");
        if (text.endsWith(".yml") && workflow.contains("/" + text + "@")) {
            return true;
        }
        String rest = text;
        for (String value : values) {
            rest = rest.replace(value, "");
        }
        return BETWEEN.contains(rest);
    }

    /** An address as provenance spells it. */
    private static String spelt(String value) {
        return value.replaceFirst("^git@([a-z.]+):", "ssh://git@$1/")
                .replaceFirst("^https://[a-z]+:[a-z0-9]+@", "https://")
                .replaceFirst("(\\.git|/)$", "")
                .replaceFirst("^origin/", "");
    }
}
