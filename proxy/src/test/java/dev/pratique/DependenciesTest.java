package dev.pratique;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/dependencies.md has a reason for every library that a pom names, and for no other. */
class DependenciesTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of("attestations", "config", "signer", "proxy");
    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
    private static final Pattern ARTIFACT = Pattern.compile("`([A-Za-z0-9-]+)`");

    /** The modules that name an artifact, without our own modules. */
    private static Map<String, Set<String>> named() throws IOException {
        Map<String, Set<String>> named = new TreeMap<>();
        for (String module : MODULES) {
            for (String dependency :
                    dependencies(Files.readString(ROOT.resolve(module).resolve("pom.xml")))) {
                add(named, dependency, module);
            }
        }
        String root = Files.readString(ROOT.resolve("pom.xml"));
        String ofAll = root.substring(root.indexOf("</dependencyManagement>"), root.indexOf("<build>"));
        dependencies(ofAll).forEach(dependency -> add(named, dependency, "all"));
        return named;
    }

    private static void add(Map<String, Set<String>> named, String dependency, String module) {
        if (!dependency.contains("<groupId>dev.pratique</groupId>")) {
            named.computeIfAbsent(element(dependency, "artifactId"), artifact -> new TreeSet<>())
                    .add(module);
        }
    }

    private static List<String> dependencies(String pom) {
        List<String> found = new ArrayList<>();
        Matcher matcher = DEPENDENCY.matcher(pom.replaceAll("(?s)<exclusions>.*?</exclusions>", ""));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String element(String xml, String name) {
        Matcher matcher =
                Pattern.compile("<" + name + ">([^<]*)</" + name + ">").matcher(xml);
        assertThat(matcher.find()).as(name + " in " + xml).isTrue();
        return matcher.group(1);
    }

    private record Row(String library, Set<String> where, String why) {}

    private static Map<String, Row> documented() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/dependencies.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length != 6) {
                continue;
            }
            Matcher artifacts = ARTIFACT.matcher(cells[2]);
            while (artifacts.find()) {
                Set<String> where = new TreeSet<>(List.of(cells[3].strip().split(", ")));
                Row before = rows.put(artifacts.group(1), new Row(cells[1], where, cells[4].strip()));
                assertThat(before).as(artifacts.group(1)).isNull();
            }
        }
        return rows;
    }

    @Test
    void every_library_of_a_module_has_its_reason_and_no_other_has_one() throws IOException {
        Map<String, Set<String>> where = new TreeMap<>();
        documented().forEach((artifact, row) -> {
            where.put(artifact, row.where());
            assertThat(row.why()).as(artifact).hasSizeGreaterThan(5);
        });
        assertThat(where).isEqualTo(named()).hasSizeGreaterThan(15);
    }

    @Test
    void the_versions_that_it_says_are_those_of_the_build_and_every_one_is_used() throws IOException {
        String root = Files.readString(ROOT.resolve("pom.xml"));
        Map<String, String> versions = new HashMap<>();
        String managed =
                root.substring(root.indexOf("<dependencyManagement>"), root.indexOf("</dependencyManagement>"));
        for (String dependency : dependencies(managed)) {
            String version = element(dependency, "version");
            if (!dependency.contains("<type>pom</type>") && version.endsWith(".version}")) {
                versions.put(element(dependency, "artifactId"), version.replaceAll("[${}]", ""));
            }
        }
        versions.remove("pratique-attestations");
        versions.remove("pratique-config");
        assertThat(named().keySet()).as("managed, and used by no module").containsAll(versions.keySet());
        assertThat(versions).hasSizeGreaterThan(10);
        documented().forEach((artifact, row) -> {
            String property = artifact.startsWith("netty-") ? "netty.version" : versions.get(artifact);
            if (property != null && !artifact.contains("tcnative")) {
                String version = element(root, property).replaceAll("^([0-9]+\\.[0-9]+).*", "$1");
                assertThat(row.library()).as(artifact).contains(" " + version);
            }
        });
    }
}
