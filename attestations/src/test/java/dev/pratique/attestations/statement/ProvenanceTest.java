package dev.pratique.attestations.statement;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.testing.Evidence;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProvenanceTest {
    private static final Digest IMAGE = Digest.sha256(utf8("image"));

    private static Provenance read(String type, Object predicate) throws MalformedEvidenceException {
        return Provenance.read(Statement.parse(Evidence.statement(type, IMAGE, predicate)));
    }

    private static Map<String, Object> parameters(Map<String, Object> external) {
        return map(
                "buildDefinition",
                map("externalParameters", external),
                "runDetails",
                map("builder", map("id", "https://b.example")));
    }

    @Test
    void reads_both_versions_as_one_record() throws Exception {
        String source = "git+https://github.com/acme/app@refs/heads/main";
        Provenance one = read(Provenance.V1, Evidence.slsa1("https://b.example", "https://github.com/acme/app"));
        Provenance other = read(Provenance.V02, Evidence.slsa02("https://b.example", source));
        assertThat(one.builderId()).isEqualTo("https://b.example").isEqualTo(other.builderId());
        assertThat(one.source()).contains("https://github.com/acme/app").isEqualTo(other.source());
    }

    @Test
    void reads_where_builders_put_their_source() throws Exception {
        String uri = "https://github.com/acme/app";
        for (Map<String, Object> external : List.of(
                map("workflow", map("repository", uri)),
                map("configSource", map("uri", uri + ".git#refs/heads/main")),
                map("source", map("uri", "git+" + uri + "@refs/tags/v1")),
                map("source", uri))) {
            assertThat(read(Provenance.V1, parameters(external)).source()).contains(uri);
        }
        assertThat(read(Provenance.V1, parameters(map("workflow", map()))).source())
                .isEmpty();
        assertThat(read(Provenance.V1, parameters(map())).source()).isEmpty();
    }

    @Test
    void two_different_sources_are_none() throws Exception {
        Map<String, Object> two = map(
                "workflow", map("repository", "https://github.com/acme/app"), "source", "https://github.com/evil/app");
        assertThat(read(Provenance.V1, parameters(two)).source()).isEmpty();
        Map<String, Object> same = map(
                "workflow",
                map("repository", "https://github.com/acme/app"),
                "source",
                "git+https://github.com/acme/app.git@refs/heads/main");
        assertThat(read(Provenance.V1, parameters(same)).source()).contains("https://github.com/acme/app");
    }

    @Test
    void reads_what_of_the_source_was_built_where_builders_put_it() throws Exception {
        String uri = "https://github.com/acme/app";
        for (Map<String, Object> external : List.of(
                map("workflow", map("repository", uri, "ref", "refs/tags/v1")),
                map("configSource", map("uri", uri + ".git#refs/tags/v1")),
                map("configSource", map("uri", uri + ".git#refs/tags/v1:images/app")),
                map("source", map("uri", "git+" + uri + "@refs/tags/v1")),
                map("source", "git+" + uri + ".git@refs/tags/v1#images/app"))) {
            Provenance read = read(Provenance.V1, parameters(external));
            assertThat(read.source()).contains(uri);
            assertThat(read.ref()).contains("refs/tags/v1");
        }
        assertThat(read(Provenance.V1, parameters(map("source", uri))).ref()).isEmpty();
        assertThat(read(Provenance.V1, parameters(map("source", "git+https://user@host.example/app")))
                        .ref())
                .isEmpty();
        assertThat(read(Provenance.V02, Evidence.slsa02("b", "git+" + uri + "@refs/heads/x@y"))
                        .ref())
                .contains("refs/heads/x@y");
    }

    @Test
    void two_different_refs_are_none() throws Exception {
        Map<String, Object> two = map(
                "workflow",
                map("repository", "https://github.com/acme/app", "ref", "refs/heads/main"),
                "source",
                "git+https://github.com/acme/app@refs/heads/evil");
        Provenance read = read(Provenance.V1, parameters(two));
        assertThat(read.source()).contains("https://github.com/acme/app");
        assertThat(read.ref()).isEmpty();
    }

    @Test
    void ATT_03_refuses_predicates_without_a_builder() {
        for (Object predicate : new Object[] {
            map(),
            map("builder", List.of()),
            map("builder", map("id", "")),
            map("builder", map("id", 1)),
            map("builder", map("id", "x"), "invocation", List.of()),
            map("builder", map("id", "x"), "Builder", map("id", "y")),
            map("builder", map("id", "x"), "invocation", map("configSource", map("uri", 1)))
        }) {
            assertThatThrownBy(() -> read(Provenance.V02, predicate)).isInstanceOf(MalformedEvidenceException.class);
        }
        for (Object predicate : new Object[] {
            map(),
            map("runDetails", map("builder", map("id", "x"))),
            map("buildDefinition", map()),
            map("buildDefinition", map(), "runDetails", map("builder", "x")),
            map("buildDefinition", map("externalParameters", 1), "runDetails", map("builder", map("id", "x")))
        }) {
            assertThatThrownBy(() -> read(Provenance.V1, predicate)).isInstanceOf(MalformedEvidenceException.class);
        }
        assertThatThrownBy(() -> read("https://slsa.dev/provenance/v2", Evidence.slsa1("x", "y")))
                .isInstanceOf(MalformedEvidenceException.class);
        assertThat(Provenance.isProvenance("https://slsa.dev/provenance/v1/")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "git+https://github.com/acme/app@refs/heads/x, https://github.com/acme/app",
        "git+https://github.com/acme/app.git@abc, https://github.com/acme/app",
        "git+https://github.com/acme/app@v1@v2, https://github.com/acme/app",
        "https://github.com/acme/app.git#refs/heads/main:sub, https://github.com/acme/app",
        "https://github.com/acme/app, https://github.com/acme/app",
        "https://github.com@evil.example/acme/app, https://github.com@evil.example/acme/app",
        "git+https://github.com@evil.example/acme/app@x, https://github.com@evil.example/acme/app",
        "https://github.com/acme/app@evil/x, https://github.com/acme/app@evil/x",
        "git@github.com:acme/app.git, git@github.com:acme/app",
        "'', ''",
    })
    void names_the_repository_of_a_uri(String uri, String repository) {
        assertThat(Provenance.repositoryOf(uri)).isEqualTo(repository);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://github.com/slsa-framework/example-packageA",
                "Agithub.com/slsa-framework/example-package",
                "https://Agithub.com/slsa-framework/example-package",
                "https://github.com/Aslsa-framework/example-package",
                "https://github.com/slsa-framework/example-package/more",
                "https://github.com.evil.example/slsa-framework/example-package",
                "https://github.com@evil.example/slsa-framework/example-package",
                "https://evil.example/?https://github.com/slsa-framework/example-package",
                "https://evil.example/#https://github.com/slsa-framework/example-package",
                "http://github.com/slsa-framework/example-package",
                "github.com/slsa-framework/example-package",
                "https://GITHUB.com/slsa-framework/example-package",
                "https://github.com/slsa-framework/example-package@evil",
                "git+git+https://github.com/slsa-framework/example-package",
            })
    void ATT_09_a_source_that_only_looks_like_the_one_is_another(String uri) {
        Glob wanted = new Glob("https://github.com/slsa-framework/example-package");
        assertThat(wanted.matches(Provenance.repositoryOf(uri))).isFalse();
    }

    @Test
    void ATT_09_the_right_source_with_a_revision_is_the_one() {
        Glob wanted = new Glob("https://github.com/slsa-framework/example-package");
        assertThat(wanted.matches(
                        Provenance.repositoryOf("git+https://github.com/slsa-framework/example-package@refs/heads/x")))
                .isTrue();
    }

    // RFC 3986 section 5.2.4: whoever fetches https://host/acme/../evil fetches https://host/evil.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://github.com/acme/../evil/app",
                "https://github.com/acme/./app",
                "https://github.com/acme/%2e%2e/evil/app",
                "https://github.com/acme/%2E./evil/app",
                "https://github.com/acme%2fapp",
                "https://github.com/acme\\..\\evil",
                "https://github.com/acme/..",
                "git+https://github.com/acme/app@/../../evil/app",
                "https://github.com/acme/app\nhttps://evil.example/",
                "https://github.com/acme/app ",
            })
    void ATT_09_refuses_sources_that_have_two_readings(String uri) {
        assertThatThrownBy(() -> read(Provenance.V1, Evidence.slsa1("https://b.example", uri)))
                .isInstanceOf(MalformedEvidenceException.class);
    }
}
