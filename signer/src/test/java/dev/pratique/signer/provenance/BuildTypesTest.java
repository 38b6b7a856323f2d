package dev.pratique.signer.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** "The URI SHOULD resolve to a human-readable specification" (slsa.dev/spec/v1.0/provenance, buildType): ours lead to a page. */
class BuildTypesTest {
    private static final Pattern OURS = Pattern.compile("urn:pratique:buildtype:[a-z-]+:v[0-9]+");

    @Test
    void everyBuildTypeOfOursIsDocumentedAndNoOther() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (var files = Files.list(Path.of("src/main/java/dev/pratique/signer/provenance"))) {
            for (Path file : files.toList()) {
                sources.append(Files.readString(file));
            }
        }
        assertThat(in(sources.toString()))
                .hasSizeGreaterThan(3)
                .isEqualTo(in(Files.readString(Path.of("../docs/pipelines.md"))));
    }

    private static TreeSet<String> in(String text) {
        TreeSet<String> found = new TreeSet<>();
        Matcher matcher = OURS.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }
}
