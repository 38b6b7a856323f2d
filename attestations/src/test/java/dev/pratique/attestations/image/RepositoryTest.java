package dev.pratique.attestations.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker.io",
                "DOCKER.IO",
                "Docker.Io",
                "docker.io:443",
                "docker.io.",
                "docker.io.:443",
                "index.docker.io",
                "INDEX.docker.io:443",
                "registry-1.docker.io",
                "registry-1.docker.io."
            })
    void POL_10_every_name_of_docker_hub_is_one_name(String host) throws Exception {
        assertThat(Repository.parse(host, "library/nginx")).hasToString("docker.io/library/nginx");
        assertThat(Repository.parse(host, "nginx")).hasToString("docker.io/library/nginx");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "docker.io..",
                ".docker.io",
                "docker..io",
                "docker.io:",
                "docker.io:0443",
                "docker.io:0",
                "docker.io:999999",
                "docker.io:443:443",
                "docker.io:443.",
                "user@docker.io",
                "docker.io/x",
                "doc\u212Aer.io",
                "dock\u0435r.io",
                "docker.io\u0000",
                "docker.io\n",
                " docker.io",
                "docker%2Eio",
                "http://docker.io",
                "[::1",
                "-docker.io",
                "docker_io"
            })
    void POL_10_refuses_hosts_outside_the_grammar(String host) {
        assertThatThrownBy(() -> Repository.parse(host, "library/nginx"))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/nginx",
                "nginx/",
                "library//nginx",
                "library%2Fnginx",
                "library%2fnginx",
                "library/../nginx",
                "./nginx",
                "..",
                "Library/nginx",
                "library\\nginx",
                "library/nginx?x",
                "library/nginx#x",
                "library/nginx:tag",
                "library/nginx;v=1",
                "nginx\n",
                "nginx ",
                "_nginx",
                "a..b",
                "a___b"
            })
    void POL_10_refuses_names_outside_the_grammar(String name) {
        assertThatThrownBy(() -> Repository.parse("docker.io", name)).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void refuses_long_names_in_no_time_and_without_deep_recursion() {
        for (String unit : new String[] {"a/", "a-", "a__", "a", "-", "/"}) {
            assertThatThrownBy(() -> Repository.parse("docker.io", unit.repeat(100_000) + "a"))
                    .isInstanceOf(MalformedEvidenceException.class);
            assertThatThrownBy(() -> Repository.parse(unit.repeat(100_000) + "a", "x"))
                    .isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:1.27, docker.io/library/nginx:1.27",
        "acme/app, docker.io/acme/app:latest",
        "GHCR.io/acme/app:v1, ghcr.io/acme/app:v1",
        "localhost/app, localhost/app:latest",
        "localhost:5000/a/b:x, localhost:5000/a/b:x",
        "registry.example:443/a, registry.example/a:latest",
        "127.0.0.1:5000/a, 127.0.0.1:5000/a:latest",
        "[::1]:5000/a, [::1]:5000/a:latest",
    })
    void reads_image_names_as_docker_does(String text, String canonical) throws Exception {
        assertThat(ImageName.parse(text)).hasToString(canonical);
    }

    @Test
    void a_digest_wins_over_a_tag_and_nothing_else_may_follow_the_at_sign() throws Exception {
        String digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertThat(ImageName.parse("nginx:1.27@" + digest)).hasToString("docker.io/library/nginx@" + digest);
        for (String bad : new String[] {
            "nginx@latest",
            "nginx@",
            "nginx:@" + digest,
            "nginx@" + digest + "@" + digest,
            "nginx:a:b",
            "nginx:ä",
            "@",
            "",
            ":",
            "/",
            "nginx@sha256:abc",
            "registry.example/"
        }) {
            assertThatThrownBy(() -> ImageName.parse(bad)).as(bad).isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void tags_have_one_grammar() throws Exception {
        assertThat(Reference.parse("v1.2_3-x").tag()).isPresent();
        assertThat(Reference.parse("a".repeat(128)).tag()).isPresent();
        for (String bad :
                new String[] {"", ".", "..", "-a", "a".repeat(129), "a b", "a/b", "a%2F", "a\n", "a\u0000", "é"}) {
            assertThatThrownBy(() -> Reference.parse(bad)).as(bad).isInstanceOf(MalformedEvidenceException.class);
        }
    }
}
