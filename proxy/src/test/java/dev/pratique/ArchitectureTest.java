package dev.pratique;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the arrows between modules and the rules of the house; what ARCHITECTURE.md names must be there. */
class ArchitectureTest {
    /** A type in backticks, with or without a member of it, or anywhere a word of several humps. */
    private static final Pattern TYPE = Pattern.compile(
            "`([A-Z][a-z][A-Za-z]+)(?:\\.[A-Za-z_]+)?`|(?<![A-Za-z.…`])([A-Z][a-z]+(?:[A-Z][a-z0-9]+)+)\\b");

    private static final Set<String> OF_OTHERS = Set.of("NullAway");
    private static final Pattern PATH =
            Pattern.compile("\\b((?:config|docs|proxy|signer|attestations)/[A-Za-z0-9_./-]*[A-Za-z0-9_-])");
    private static final Pattern DECLARATION = Pattern.compile("\\b(?:class|record|enum|interface) ([A-Z]\\w*)");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final JavaClasses ALL = new ClassFileImporter()
            .importPaths(Stream.of("attestations", "config", "signer", "proxy")
                    .map(module -> ROOT.resolve(module).resolve("target/classes"))
                    .filter(Files::isDirectory)
                    .toList());

    @Test
    void looks_at_real_classes_of_every_module() {
        for (String module : List.of("attestations", "config", "signer", "proxy")) {
            long found = ALL.stream()
                    .filter(type -> type.getPackageName().startsWith("dev.pratique." + module))
                    .count();
            assertThat(found).as("classes of %s", module).isGreaterThan(10);
        }
    }

    @Test
    void attestations_is_the_domain_and_knows_no_other_module_or_framework() {
        classes()
                .that()
                .resideInAPackage("dev.pratique.attestations..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.pratique.attestations..",
                        "java..",
                        "javax.crypto..",
                        "org.bouncycastle..",
                        "com.google.re2j..",
                        "tools.jackson.core..",
                        "org.jspecify..")
                .check(ALL);
    }

    @Test
    void attestations_starts_no_thread_opens_no_socket_and_reads_no_clock() {
        noClasses()
                .that()
                .resideInAPackage("dev.pratique.attestations..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.net\\.(Socket|ServerSocket|HttpURLConnection|http\\..*)"
                        + "|java\\.nio\\.channels\\..*|java\\.lang\\.Thread|java\\.util\\.concurrent\\.Exec.*"
                        + "|java\\.time\\.(Clock|InstantSource)|java\\.nio\\.file\\..*")
                .check(ALL);
    }

    @Test
    void the_arrows_between_modules_point_one_way() {
        noDependency("dev.pratique.config..", "dev.pratique.signer..", "dev.pratique.proxy..");
        noDependency("dev.pratique.signer..", "dev.pratique.proxy..");
        noDependency("dev.pratique.proxy..", "dev.pratique.signer..");
    }

    @Test
    void libraries_stay_where_they_belong() {
        only("io.netty..", "dev.pratique.proxy..");
        only("org.rocksdb..", "dev.pratique.proxy.verdicts..", "dev.pratique.proxy.ledger..");
        only("picocli..", "dev.pratique.signer.cli..", "dev.pratique.proxy.cli..");
        only("io.micrometer..", "dev.pratique.proxy.admin..");
        only("com.google.re2j..", "dev.pratique.attestations.pattern..");
        only("org.snakeyaml..", "dev.pratique.config..");
        only("com.amazon..", "dev.pratique.proxy.cli..");
        only("com.sun.jna..", "dev.pratique.signer.keys.pkcs11..");
    }

    @Test
    void packages_of_the_domain_have_no_cycles() {
        slices().matching("dev.pratique.attestations.(*)..")
                .should()
                .beFreeOfCycles()
                .check(ALL);
    }

    @Test
    void things_are_named_for_what_they_are() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)")
                .orShould()
                .resideInAnyPackage("..util..", "..common..", "..misc..", "..helper..", "..impl..")
                .check(ALL.that(new com.tngtech.archunit.base.DescribedPredicate<>("are ours") {
                    @Override
                    public boolean test(com.tngtech.archunit.core.domain.JavaClass type) {
                        return type.getPackageName().startsWith("dev.pratique");
                    }
                }));
    }

    /**
     * A parser that throws what it did not declare has a fault, and fuzzing finds it; one that catches everything hides it, a
     * full stack and a full heap included.
     */
    @Test
    void parsers_of_strangers_bytes_catch_nothing_but_what_they_name() {
        List<String> packages = Stream.of(
                        "json",
                        "image",
                        "key",
                        "pattern",
                        "transparency",
                        "certificate",
                        "timestamp",
                        "evidence",
                        "statement",
                        "registry",
                        "trust",
                        "trust.tuf")
                .map(name -> "dev.pratique.attestations." + name)
                .toList();
        List<String> found = new ArrayList<>();
        int looked = 0;
        for (JavaClass type : ALL) {
            for (JavaCodeUnit unit :
                    packages.contains(type.getPackageName()) ? type.getCodeUnits() : Set.<JavaCodeUnit>of()) {
                looked += unit.getTryCatchBlocks().size();
                caught(unit)
                        .filter(ArchitectureTest::isEverything)
                        .forEach(name -> found.add(unit + " catches " + name));
            }
        }
        assertThat(looked).as("blocks that were looked at").isGreaterThan(20);
        assertThat(found).isEmpty();
    }

    // try-with-resources catches Throwable to close what it opened, and throws it again.
    private static Stream<String> caught(JavaCodeUnit unit) {
        boolean closes = unit.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTarget().getName().equals("addSuppressed"));
        return unit.getTryCatchBlocks().stream()
                .flatMap(block -> block.getCaughtThrowables().stream())
                .map(JavaClass::getName)
                .filter(name -> !(closes && name.equals("java.lang.Throwable")));
    }

    private static boolean isEverything(String name) {
        return Set.of("RuntimeException", "Exception", "Error", "Throwable").contains(name.replace("java.lang.", ""));
    }

    @Test
    void no_code_uses_reflection() {
        noClasses()
                .that()
                .resideInAPackage("dev.pratique..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .check(ALL);
    }

    @Test
    void the_judge_asks_every_question() {
        Set<String> questions = new TreeSet<>();
        ALL.stream()
                .filter(type -> type.getPackageName().equals("dev.pratique.attestations.policy"))
                .filter(type -> type.getSimpleName().endsWith("Question"))
                .forEach(type -> questions.add(type.getName()));
        Set<String> asked = new TreeSet<>();
        ALL.get("dev.pratique.attestations.policy.Judge").getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getName())
                .filter(questions::contains)
                .forEach(asked::add);
        assertThat(asked).isEqualTo(questions).hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md"})
    void every_name_and_path_in_it_exists(String page) throws IOException {
        String text = Files.readString(ROOT.resolve(page));
        Matcher names = Pattern.compile("`((?:attestations|config|signer|proxy)(?:\\.[a-z]+)*(?:\\.[A-Z][A-Za-z]+)?)`")
                .matcher(text);
        TreeSet<String> missing = new TreeSet<>();
        int seen = 0;
        while (names.find()) {
            seen++;
            String name = "dev.pratique." + names.group(1);
            boolean there = ALL.stream()
                    .anyMatch(type -> type.getName().equals(name)
                            || type.getPackageName().equals(name)
                            || type.getPackageName().startsWith(name + "."));
            if (!there) {
                missing.add(names.group(1));
            }
        }
        Set<String> declared = declared();
        Matcher types = TYPE.matcher(text);
        while (types.find()) {
            String type = types.group(1) == null ? types.group(2) : types.group(1);
            if (!declared.contains(type) && !OF_OTHERS.contains(type)) {
                missing.add(type);
            }
        }
        Matcher paths = PATH.matcher(text);
        while (paths.find()) {
            if (!Files.exists(ROOT.resolve(paths.group(1)))) {
                missing.add(paths.group(1));
            }
        }
        assertThat(seen).isGreaterThan(20);
        assertThat(missing).isEmpty();
    }

    /** The simple names of all types that any source declares. */
    private static Set<String> declared() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String module : List.of("attestations", "config", "signer", "proxy")) {
            try (Stream<Path> walk = Files.walk(ROOT.resolve(module).resolve("src"))) {
                for (Path file :
                        walk.filter(path -> path.toString().endsWith(".java")).toList()) {
                    Matcher declaration = DECLARATION.matcher(Files.readString(file));
                    while (declaration.find()) {
                        names.add(declaration.group(1));
                    }
                }
            }
        }
        return names;
    }

    private static void noDependency(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(ALL);
    }

    private static void only(String library, String... packages) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(ALL);
    }
}
