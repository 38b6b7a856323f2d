package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.yaml.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every wrong input is answered in words that somebody has read: a golden file for each file of the configuration, and no
 * place in the readers that complains without a case. With {@code -Dgolden=write} the golden files are written anew.
 */
class ProblemGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/problems");
    private static final Path SOURCES = Path.of("src/main/java/dev/pratique/config");
    private static final Pattern SITE = Pattern.compile("(?<!void )\\b(?:refuse|complaints\\.add|problems\\.add)\\(");
    /** Messages that pass through one place for many: their texts must be seen, since the place is not enough. */
    private static final Pattern PASSED_ON =
            Pattern.compile("(?:new NotAcceptedException|[ (.]complaint)\\([^\"]*?\"([^\"]+)\"", Pattern.DOTALL);

    private static final String RSA_1024 = TestConfig.pem("RSA", "", 1024);
    private static final String X25519 = TestConfig.pem("X25519", "", 0);

    private static final TestPem AUTHORITY = TestPem.authority("root");

    private static final CertificateDates TODAY =
            new CertificateDates(TestPem.START.plus(Duration.ofDays(100)), Set.of());
    private static final TestPem SERVER = TestPem.elliptic("secp256r1", 36_500);
    private static final Map<String, String> TLS = Map.of(
            "tls/proxy.pem", SERVER.certificatePem(),
            "tls/proxy.key", SERVER.pkcs8(),
            "tls/sealed.key", SERVER.encrypted("hunter2"),
            "tls/other.key", TestPem.elliptic("secp256r1", 1).pkcs8(),
            "tls/ed25519.key", TestPem.edwards(),
            "tls/small.pem", TestPem.rsa(1024).certificatePem(),
            "tls/expired.pem", TestPem.elliptic("secp256r1", 1).certificatePem(),
            "tls/users", "ci-1:$2y$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6\n");

    @TempDir
    Path directory;

    private final Set<String> complained = new TreeSet<>();

    @Test
    void everyWrongInputIsAnsweredAsWritten() throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        Map<String, String> said = new TreeMap<>();
        for (Path file : goldenFiles()) {
            StringBuilder now = new StringBuilder();
            for (ProblemCase one : ProblemCase.in(Files.readString(file))) {
                String problems = problems(one);
                String name = file.getFileName() + ": " + one.name();
                wanted.put(name, one.expected());
                said.put(name, problems.stripTrailing());
                now.append(now.isEmpty() ? "" : "\n").append(one.with(problems));
            }
            if ("write".equals(System.getProperty("golden"))) {
                Files.writeString(file, now);
            }
        }
        if (!"write".equals(System.getProperty("golden"))) {
            assertThat(said).isEqualTo(wanted);
        }
        assertThat(said).allSatisfy((name, problems) -> {
            assertThat(problems).as(name).isNotEmpty();
            // Each says where, what, and what to do.
            assertThat(problems.lines().filter(line -> !line.startsWith("    ")))
                    .as(name)
                    .allMatch(line -> line.matches("([a-z]+\\.yaml:\\d+|environment): .+"));
            assertThat(problems.lines().filter(line -> line.startsWith("    ")).count())
                    .as(name)
                    .isEqualTo(problems.lines().count() / 2);
        });
        List<String> untested = new ArrayList<>(sites());
        untested.removeAll(complained);
        assertThat(untested)
                .as("places that complain, and no case in " + GOLDEN + " makes them")
                .isEmpty();
        String all = String.join("\n", said.values());
        assertThat(passedOn().stream().filter(text -> !all.contains(text)).toList())
                .as("texts that no case shows")
                .isEmpty();
    }

    private String problems(ProblemCase one) throws Exception {
        Path home = Files.createDirectory(directory.resolve("case-" + complained.size() + "-" + one.hashCode()));
        TestConfig config = new TestConfig(home)
                .write("keys/rsa-1024.pub", RSA_1024)
                .write("keys/x25519.pub", X25519)
                .write("ca.pem", Files.readString(Path.of("src/test/resources/ca.pem")))
                .write("roots/acme.json", Files.readString(Path.of("src/test/resources/trusted_root.json")))
                .write("roots/byo.json", Files.readString(Path.of("src/test/resources/trusted_root.byo.json")))
                .write("pki/root.pem", AUTHORITY.certificatePem())
                .write(
                        "pki/two.pem",
                        AUTHORITY.certificatePem()
                                + AUTHORITY.certify("issuing", true).certificatePem())
                .write("pki/signer.pem", AUTHORITY.certify("signer", false).certificatePem())
                .write("secret", "hunter2-hunter2");
        TLS.forEach(config::write);
        Map<String, String> environment = new HashMap<>(one.write(config));
        Problems problems = new Problems() {
            @Override
            public void add(Place place, String path, String what, String hint) {
                complained.add(site());
                super.add(place, path, what, hint);
            }
        };
        Loaded loaded = new Reading(new SourceFiles(home), environment, Purpose.SERVE, TODAY, problems).load();
        StringBuilder lines = new StringBuilder();
        loaded.fold(snapshot -> List.<Problem>of(), found -> found)
                .forEach(problem -> lines.append(problem)
                        .append('\n')
                        .append(problem.hint().isEmpty() ? "" : "    " + problem.hint() + "\n"));
        return lines.toString();
    }

    /** The line that complains, behind those that only pass it on. */
    private static String site() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().startsWith("dev.pratique.config.")
                                && !frame.getClassName().contains("ProblemGoldenTest")
                                && !frame.getMethodName().equals("refuse"))
                        .findFirst()
                        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                        .orElseThrow());
    }

    private static Set<String> sites() throws IOException {
        Set<String> sites = new TreeSet<>();
        for (Path source : sources()) {
            List<String> lines = Files.readAllLines(source);
            boolean passesOn = false;
            for (int i = 0; i < lines.size(); i++) {
                // The body of a method called refuse only passes on what others say.
                passesOn = lines.get(i).contains("void refuse(")
                        || passesOn && !lines.get(i).equals("    }");
                if (!passesOn && SITE.matcher(lines.get(i)).find()) {
                    sites.add(source.getFileName() + ":" + (i + 1));
                }
            }
        }
        assertThat(sites).hasSizeGreaterThan(60);
        return sites;
    }

    private static Set<String> passedOn() throws IOException {
        Set<String> texts = new TreeSet<>();
        for (Path source : sources()) {
            Matcher matcher = PASSED_ON.matcher(Files.readString(source));
            while (matcher.find()) {
                texts.add(matcher.group(1));
            }
        }
        assertThat(texts).hasSizeGreaterThan(15);
        return texts;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> walk = Files.walk(SOURCES)) {
            return walk.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> goldenFiles() throws IOException {
        try (Stream<Path> list = Files.list(GOLDEN)) {
            return list.sorted().toList();
        }
    }
}
