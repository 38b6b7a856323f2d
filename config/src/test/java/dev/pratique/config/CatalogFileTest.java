package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits of catalog.yaml leave every byte alone that they are not about; what contradicts itself is no catalog. */
class CatalogFileTest {
    private static final String EMPTY = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
    private static final String DEBIAN = """
            # Our bases.  Ask #platform before a change.
            version: 3   # counts up

            bases:
              # Long-term support.
              - name: debian
                version: "12"          # bookworm
                owner:   platform-team
                approved: 2026-01-01   # by the board
                platforms: {linux/amd64: {chainId: "%s", layers: 1}}
                # endOfLife: not decided

            # The end.
            """.formatted(digest("debian"));

    @TempDir
    Path directory;

    @Test
    void aNewEntryLeavesEverythingElseByteForByte() throws Exception {
        Path file = write(DEBIAN);
        assertThat(new CatalogFile(file).approve(entry("alpine", "3.20", "alpine")))
                .isEqualTo(new CatalogFile.Written(4));
        String added = """
                  - name: alpine
                    version: "3.20"
                    owner: platform-team
                    reference: docker.io/library/alpine:3.20
                    digests:
                      - %s
                    approved: 2026-11-02
                    platforms:
                      linux/amd64:
                        chainId: %s
                        layers: 1
                        diffIds:
                          - %s
                """.formatted(digest("index"), digest("alpine"), digest("alpine"))
                .indent(0);
        assertThat(Files.readString(file))
                .isEqualTo(DEBIAN.replace("version: 3   #", "version: 4   #")
                        .replace("not decided\n", "not decided\n" + added));
    }

    @Test
    void anEditOfAnEntryChangesOnlyTheValuesThatAreOthers() throws Exception {
        Path file = write(DEBIAN);
        CatalogFile catalog = new CatalogFile(file);
        CatalogFile.Entry debian =
                ((CatalogFile.Entries) catalog.read()).entries().get(0);
        BaseImage old = debian.base();
        BaseImage edited = new BaseImage(
                old.name(),
                old.version(),
                "security team: core",
                old.digests(),
                old.platforms(),
                Optional.of(LocalDate.of(2026, 2, 1)),
                Optional.of(LocalDate.of(2027, 1, 1)),
                old.endOfLife(),
                old.replacement());
        assertThat(catalog.approve(new CatalogFile.Entry(edited, debian.reference(), debian.diffIds())))
                .isEqualTo(new CatalogFile.Written(4));
        assertThat(Files.readString(file))
                .isEqualTo(DEBIAN.replace("version: 3   #", "version: 4   #")
                        .replace("platform-team", "\"security team: core\"")
                        .replace("2026-01-01", "2026-02-01")
                        .replace("layers: 1}}\n", "layers: 1}}\n    deprecated: 2027-01-01\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing yet\n",
                "version: 1\nbases: []   # none yet\n# end",
                "version: 1",
                "bases: []\nversion: 1\n",
                "version: 1\r\nbases: []\r\n# end\r\n",
                "version: 1\nbases:\n- {name: a, version: 1, owner: o, platforms: {linux/amd64: {chainId: \"CHAIN\", layers: 2}}}\n# end\n"
            })
    void anyLayoutOfLinesTakesAnEntryAndKeepsItsComments(String before) throws Exception {
        String text = before.replace("CHAIN", digest("a").toString());
        Path file = write(text);
        CatalogFile catalog = new CatalogFile(file);
        assertThat(catalog.approve(entry("alpine", "3.20", "alpine"))).isInstanceOf(CatalogFile.Written.class);
        assertThat(catalog.approve(entry("debian", "13", "debian"))).isInstanceOf(CatalogFile.Written.class);
        CatalogFile.Entries entries = (CatalogFile.Entries) catalog.read();
        assertThat(entries.entries()).contains(entry("alpine", "3.20", "alpine"), entry("debian", "13", "debian"));
        assertThat(Files.readAllLines(file))
                .containsAll(text.lines().filter(line -> line.startsWith("#")).toList());
        assertThat(Files.readString(file).contains("\r\n")).isEqualTo(text.contains("\r\n"));
        assertThat(Files.readString(file).replace("\r\n", "")).doesNotContain("\r");
    }

    @Test
    void anEditThatWouldMakeItWrongIsNotMade() throws Exception {
        Path file = write(DEBIAN);
        assertThat(new CatalogFile(file).approve(entry("other", "1", "debian")))
                .isInstanceOfSatisfying(
                        CatalogFile.Rejected.class,
                        rejected -> assertThat(rejected.problems())
                                .extracting(Problem::what)
                                .containsExactly("other 1 has the same layers on linux/amd64 as debian 12"));
        assertThat(Files.readString(file)).isEqualTo(DEBIAN);
        Path flow = write("{version: 1, bases: []}\n");
        assertThat(new CatalogFile(flow).approve(entry("a", "1", "a"))).isInstanceOf(CatalogFile.Rejected.class);
        assertThat(Files.readString(flow)).isEqualTo("{version: 1, bases: []}\n");
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    owner: o, approved: 2026-01-02, endOfLife: 2026-01-01 | chainId: CHAIN, layers: 1 | endOfLife 2026-01-01 is before approved 2026-01-02
                    owner: o, deprecated: 2026-01-02, endOfLife: 2026-01-01 | chainId: CHAIN, layers: 1 | endOfLife 2026-01-01 is before deprecated 2026-01-02
                    owner: o, endOfLife: 2026-02-30     | chainId: CHAIN, layers: 1        | bases[0].endOfLife is "2026-02-30", not a date
                    owner: ""                           | chainId: CHAIN, layers: 1        | bases[0].owner is blank
                    owner: o, eol: 2026-01-01           | chainId: CHAIN, layers: 1        | unknown key "eol" in bases[0]
                    owner: o                            | chainId: CHAIN, layers: 0        | bases[0].platforms["linux/amd64"].layers is "0", not a whole number from 1 to 1024
                    owner: o                            | chainId: CHAIN, layers: 2, diffIds: [CHAIN] | bases[0].platforms["linux/amd64"] contradicts itself: chainId and layers are not those of its diffIds
                    owner: o                            | chainId: EMPTY, layers: 1        | bases[0].platforms["linux/amd64"] is nothing but empty layers
                    owner: o                            | chainId: THREE, layers: 3        | bases[0].platforms["linux/amd64"] is nothing but empty layers
                    owner: o                            | chainId: TEN, layers: 2          | bases[0].platforms["linux/amd64"] is nothing but empty layers
                    """)
    void whatContradictsItselfIsAProblem(String keys, String stack, String what) throws IOException {
        Path file = write("version: 1\nbases: [{name: a, version: 1, " + keys + ", platforms: {linux/amd64: {"
                + stack.replace("CHAIN", "\"" + digest("a") + "\"")
                        .replace("EMPTY", "\"" + EMPTY + "\"")
                        .replace("THREE", "\"" + chained(ChainId.EMPTY_LAYER, 3) + "\"")
                        .replace("TEN", "\"" + chained(ChainId.EMPTY_LAYER_10K, 2) + "\"")
                + "}}}]\n");
        assertThat(((CatalogFile.Rejected) new CatalogFile(file).read()).problems())
                .extracting(Problem::what)
                .containsExactly(what);
    }

    @Test
    void oneNameAndVersionIsOneBase() throws IOException {
        String base = "  - {name: a, version: 1, owner: o, platforms: {linux/amd64: {chainId: \"%s\", layers: 1}}}\n";
        Path file = write("version: 1\nbases:\n" + base.formatted(digest("a")) + base.formatted(digest("b")));
        assertThat(((CatalogFile.Rejected) new CatalogFile(file).read()).problems())
                .extracting(Problem::toString)
                .containsExactly("catalog.yaml:4: the base a 1 is in line 3 already");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("catalog.yaml"), text);
    }

    private static CatalogFile.Entry entry(String name, String version, String layer) throws Exception {
        Platform platform = Platform.parse("linux/amd64");
        BaseImage base = new BaseImage(
                name,
                version,
                "platform-team",
                Set.of(digest("index")),
                Map.of(platform, new PlatformBase(new ChainId(digest(layer)), 1)),
                Optional.of(LocalDate.of(2026, 11, 2)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new CatalogFile.Entry(
                base,
                Optional.of(ImageName.parse("docker.io/library/" + name + ":" + version)),
                Map.of(platform, List.of(digest(layer))));
    }

    private static Digest digest(String of) {
        return Digest.sha256(of.getBytes(StandardCharsets.UTF_8));
    }

    private static ChainId chained(Digest layer, int layers) {
        return ChainId.chain(Collections.nCopies(layers, layer)).get(layers - 1);
    }
}
