package dev.pratique.signer.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.signer.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which images a Dockerfile builds from, as BuildKit reads it; what cannot be known from the file is not guessed. */
class DockerfileTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    private static Dockerfile read(String text, String... arguments) throws Failure {
        return read(Optional.empty(), text, arguments);
    }

    private static Dockerfile read(Optional<String> target, String text, String... arguments) throws Failure {
        Map<String, String> given = new java.util.HashMap<>();
        for (String argument : arguments) {
            given.put(argument.split("=", 2)[0], argument.split("=", 2)[1]);
        }
        return Dockerfile.parse(text, "Dockerfile", given, target);
    }

    private static List<String> images(Dockerfile file) {
        return file.images().stream()
                .map(image -> image.material().uri().orElseThrow())
                .toList();
    }

    @Test
    void namesTheImageOfAPlainFrom() throws Failure {
        assertThat(images(read("FROM debian\n"))).containsExactly("pkg:docker/debian@latest");
        assertThat(images(read("from --platform=linux/amd64 ghcr.io/acme/base:1.2 as app")))
                .containsExactly("pkg:docker/ghcr.io/acme/base@1.2");
        Dockerfile pinned = read("FROM debian:12@" + DIGEST);
        assertThat(images(pinned)).containsExactly("pkg:docker/debian@12?digest=sha256%3A" + "ab".repeat(32));
        assertThat(pinned.images().get(0).material().digests()).containsExactly(Map.entry("sha256", "ab".repeat(32)));
        assertThat(read("FROM debian:12").images().get(0).material().digests()).isEmpty();
        assertThat(images(read("FROM docker.io/acme/x:1"))).containsExactly("pkg:docker/acme/x@1");
        assertThat(images(read("FROM scratch\nCOPY a /"))).isEmpty();
    }

    @Test
    void putsArgumentsIn() throws Failure {
        String text = """
                ARG VERSION=12 VARIANT="slim"
                ARG BASE=debian:${VERSION}-$VARIANT
                FROM ${BASE}
                """;
        assertThat(images(read(text))).containsExactly("pkg:docker/debian@12-slim");
        assertThat(images(read(text, "VERSION=13"))).containsExactly("pkg:docker/debian@13-slim");
        assertThat(images(read(text, "BASE=alpine:3", "UNDECLARED=x"))).containsExactly("pkg:docker/alpine@3");
        assertThat(images(read("ARG V\nFROM debian:${V:-12}"))).containsExactly("pkg:docker/debian@12");
        assertThat(images(read("ARG V\nFROM debian:12${V:+-slim}"))).containsExactly("pkg:docker/debian@12");
        assertThat(images(read("ARG V=1\nFROM debian:12${V:+-slim}"))).containsExactly("pkg:docker/debian@12-slim");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM debian:$V",
                "ARG V\nFROM debian:$V",
                "FROM a\nARG V=1\nFROM debian:$V",
                "FROM debian:${TARGETARCH:-amd64}",
                "ARG V=1\nFROM debian:${V#x}",
                "ARG V=1\nFROM debian:${V/1/2}",
                "ARG A=1\nFROM debian:${B:-${A}}",
                "FROM Not-An-Image:",
            })
    void whatIsNotKnownIsSaidToBeUnknownAndNotGuessed(String text) throws Failure {
        Dockerfile file = read(text);
        assertThat(images(file)).isEmpty();
        assertThat(file.unknown()).hasSize(1);
        assertThat(file.unknown().get(0)).startsWith("Dockerfile:");
    }

    @Test
    void takesTheStagesThatAreBuiltAndNoOthers() throws Failure {
        String text = """
                FROM golang:1.25 AS Build
                RUN --mount=type=cache,target=/root --mount=type=bind,from=tools.example/lint:2,target=/lint lint
                FROM node:22 AS assets
                FROM python:3 AS unused
                FROM build AS test
                FROM debian:12
                COPY --from=build /app /app
                COPY --chown=0 --from=1 /js /js
                ADD --from=ghcr.io/acme/data:7 /d /d
                """;
        assertThat(images(read(text)))
                .containsExactly(
                        "pkg:docker/golang@1.25",
                        "pkg:docker/tools.example/lint@2",
                        "pkg:docker/node@22",
                        "pkg:docker/debian@12",
                        "pkg:docker/ghcr.io/acme/data@7");
        assertThat(images(read(Optional.of("UNUSED"), text))).containsExactly("pkg:docker/python@3");
        assertThat(images(read(Optional.of("test"), text)))
                .containsExactly("pkg:docker/golang@1.25", "pkg:docker/tools.example/lint@2");
        assertThatThrownBy(() -> read(Optional.of("none"), text))
                .isInstanceOf(Failure.class)
                .hasMessage("Dockerfile has no stage 'none'");
    }

    @Test
    void aStageCanBeCalledAsAnImageAndComesFirst() throws Failure {
        assertThat(images(read("FROM debian:12 AS alpine\nFROM alpine"))).containsExactly("pkg:docker/debian@12");
        // A stage names only what stands before it.
        assertThat(images(read("FROM alpine AS alpine"))).containsExactly("pkg:docker/alpine@latest");
    }

    @Test
    void readsLineEndsCommentsAndHereDocumentsAsBuildKitDoes() throws Failure {
        String text =
                "# escape=`\r\n# a comment\r\nFROM --platform=$BUILDPLATFORM `\r\n# FROM comment:1\r\n\r\n  debian:12 `\r\n"
                        + " AS a\r\nRUN <<EOF cat >x\r\nFROM heredoc:1\r\nEOF\r\nCOPY <<-'END' <<B /x\r\nFROM heredoc:2\r\n\tEND\r\n"
                        + "FROM heredoc:3\r\nB\r\nFROM a\r\n";
        assertThat(images(read(text))).containsExactly("pkg:docker/debian@12");
        assertThat(images(read("FROM debian:\\\n12\nRUN echo \\\n  # FROM x\n  FROM y\n")))
                .containsExactly("pkg:docker/debian@12");
        assertThat(images(read("\uFEFFFROM debian:12\nRUN echo $((1<<2))"))).containsExactly("pkg:docker/debian@12");
    }

    @Test
    void anImageBehindAVariableInCopyIsUnknown() throws Failure {
        Dockerfile file = read("ARG T=x\nFROM debian:12\nCOPY --from=$T /a /a");
        assertThat(images(file)).containsExactly("pkg:docker/debian@12");
        assertThat(file.unknown()).containsExactly("Dockerfile:3: $T");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RUN x", "# FROM x", "FROM", "FROM a b c", "123", "FROM a\nRUN <<EOF\nFROM b"})
    void whatIsNoDockerfileIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(Failure.class).hasMessageStartingWith("Dockerfile ");
    }

    @Test
    void moreStagesThanAnybodyWritesAreRefused() {
        assertThatThrownBy(() -> read("FROM a\n".repeat(1001))).hasMessageContaining("more than 1000 stages");
    }
}
