package dev.pratique.signer.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken over of BuildKit's metadata. */
class BuildKitMetadataTest {
    private static final String HEX = "ab".repeat(32);
    private static final String MATERIAL =
            "{\"uri\":\"pkg:docker/debian@12?platform=linux%2Famd64\",\"digest\":{\"sha256\":\"" + HEX + "\"}}";

    private static BuildKitMetadata read(String json) throws Failure {
        return BuildKitMetadata.parse(json.getBytes(StandardCharsets.UTF_8), "metadata.json");
    }

    @Test
    void readsTheMaterialsOfBothVersionsAndOfEveryPlatform() throws Failure {
        BuildKitMetadata old = read("{\"buildx.build.provenance\":{\"builder\":{\"id\":\"\"},\"materials\":[" + MATERIAL
                + "]},\"buildx.build.ref\":\"b/b0/x\",\"containerimage.digest\":\"sha256:" + HEX + "\"}");
        assertThat(old.image()).contains(new Digest(Digest.Algorithm.SHA256, HEX));
        assertThat(old.materials()).hasSize(1);
        assertThat(old.materials().get(0).uri()).contains("pkg:docker/debian@12?platform=linux%2Famd64");
        assertThat(old.materials().get(0).digests()).isEqualTo(Map.of("sha256", HEX));
        assertThat(old.materials().get(0).seen()).contains("buildkit");
        BuildKitMetadata both = read("{\"buildx.build.provenance/linux/amd64\":{\"buildDefinition\":{"
                + "\"resolvedDependencies\":[" + MATERIAL + "]}},\"buildx.build.provenance/linux/arm64\":{"
                + "\"materials\":[{\"uri\":\"https://robot:hunter2@git.example/app.git#main\","
                + "\"digest\":{\"sha1\":\"" + HEX.substring(24) + "\"}}]}}");
        assertThat(both.materials()).hasSize(2);
        assertThat(both.materials().get(1).uri()).contains("https://git.example/app.git#main");
        assertThat(both.image()).isEmpty();
    }

    @Test
    void metadataOfAnotherImageIsRefused() throws Failure {
        BuildKitMetadata built =
                read("{\"buildx.build.provenance\":{},\"containerimage.digest\":\"sha256:" + HEX + "\"}");
        built.requireOf(new Digest(Digest.Algorithm.SHA256, HEX));
        Digest other = Digest.sha256(new byte[0]);
        assertThatThrownBy(() -> built.requireOf(other))
                .isInstanceOf(Failure.class)
                .hasMessage("metadata.json is about sha256:" + HEX + ", not about " + other);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | metadata.json says nothing of what went into the build",
                "[] | metadata.json is not BuildKit's metadata: ",
                "{\"web\":{\"containerimage.digest\":\"x\"}} | metadata.json has the metadata of several builds",
                "{\"buildx.build.provenance\":1} | metadata.json is not BuildKit's metadata: ",
                "{\"buildx.build.provenance\":{\"materials\":1}} | metadata.json is not BuildKit's metadata: ",
                "{\"buildx.build.provenance\":{\"materials\":[{\"digest\":{\"sha256\":\"x\"}}]}} | metadata.json is not BuildKit's metadata: a material's digest is none",
                "{\"buildx.build.provenance\":{\"materials\":[{\"uri\":\"a\\nb\"}]}} | metadata.json is not BuildKit's metadata: a material's uri is not one line of text",
                "{\"buildx.build.provenance\":{},\"containerimage.digest\":\"sha256:x\"} | metadata.json is not BuildKit's metadata: ",
            })
    void whatIsSomethingElseIsRefused(String json, String what) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(Failure.class).hasMessageStartingWith(what);
    }
}
