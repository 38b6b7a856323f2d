package dev.pratique.signer.predicate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is right for each type, and each way in which it can be wrong: a file for each type, with a right predicate and
 * below it what to change and what is then said.
 */
class PredicateFormTest {
    private static final Path CASES = Path.of("src/test/resources/predicates");

    /**
     * One line of a case file.
     *
     * @param change a text of the right predicate, and by what it is replaced
     */
    record Case(String file, String type, String predicate, String change, List<String> complaints) {
        @Override
        public String toString() {
            return file + ": " + (change.isEmpty() ? "as it should be" : change);
        }
    }

    static Stream<Case> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.sorted().toList().stream().flatMap(PredicateFormTest::cases);
        }
    }

    private static Stream<Case> cases(Path file) {
        try {
            String[] parts = Files.readString(file).split("\n---\n");
            String name = String.valueOf(file.getFileName());
            String type = parts[0].strip();
            Stream<Case> right = Stream.of(new Case(name, type, parts[1], "", List.of()));
            Stream<Case> wrong = Stream.of(parts).skip(2).map(part -> {
                List<String> lines = part.strip().lines().toList();
                return new Case(name, type, parts[1], lines.get(0), lines.subList(1, lines.size()));
            });
            return Stream.concat(right, wrong);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void each_predicate_is_what_its_type_says_or_is_told_where_it_is_not(Case one) throws Exception {
        String json = one.predicate();
        if (!one.change().isEmpty()) {
            String[] change = one.change().split(" => ", -1);
            assertThat(json).contains(change[0]);
            json = json.replace(change[0], change[1]);
        }
        assertThat(PredicateForm.of(one.type()).orElseThrow().complaints(parse(json)))
                .isEqualTo(one.complaints());
    }

    @Test
    void every_known_type_has_its_cases() throws Exception {
        List<String> types = cases().map(Case::type).distinct().toList();
        assertThat(types)
                .contains(
                        "https://slsa.dev/provenance/v1",
                        "https://slsa.dev/provenance/v0.2",
                        "https://spdx.dev/Document",
                        "https://cyclonedx.org/bom",
                        "https://cosign.sigstore.dev/attestation/vuln/v1",
                        "https://openvex.dev/ns",
                        "https://slsa.dev/verification_summary/v1");
    }

    @Test
    void of_an_unknown_type_any_object_will_do() {
        assertThat(PredicateForm.of("https://acme.example/t/v1")).isEqualTo(Optional.empty());
        assertThat(PredicateForm.of("https://slsa.dev/provenance/v10")).isEmpty();
    }

    @Test
    void a_person_is_not_told_more_than_can_be_read() throws Exception {
        String many =
                "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[" + "{},".repeat(40) + "{}]}";
        PredicateForm form = PredicateForm.of("https://cyclonedx.org/bom").orElseThrow();
        assertThat(form.complaints(parse(many))).hasSize(10).startsWith("components[0].type is missing");
    }

    private static JsonObject parse(String json) throws Exception {
        return StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), "it", 1 << 20);
    }
}
