package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as an installation has it, over the classes of this build. */
class LauncherTest {
    private static final String PIN = "7h3-p1n-0f-4cm3";

    @TempDir
    private Path directory;

    private Path here;
    private Path arguments;

    private record Ran(int exit, String said) {}

    @BeforeEach
    void install() throws Exception {
        here = Files.createDirectory(directory.resolve("here"));
        arguments = directory.resolve("arguments");
        Path home = directory.resolve("pratique");
        for (String each : List.of("bin", "lib", "cache", "config/default")) {
            Files.createDirectories(home.resolve(each));
        }
        Files.copy(Path.of("../pratique"), home.resolve("bin/pratique"), StandardCopyOption.COPY_ATTRIBUTES);
        jar(home.resolve("lib/pratique-signer.jar"));
        // One that could not be made: making it takes longer than all of this.
        Files.createFile(home.resolve("cache/signer-test.jsa"));
        Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\necho \"$@\" >'" + arguments + "'\nexec '" + System.getProperty("java.home")
                        + "/bin/java' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                directory.resolve("jdk/release"),
                "JAVA_VERSION=\"" + System.getProperty("java.version") + "\"\nJAVA_RUNTIME_VERSION=\"test\"\n");
    }

    /** With the classes of this build on its class path. */
    private static void jar(Path file) throws Exception {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(path.split(File.pathSeparator))
                                .map(each -> Path.of(each).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(file)) {
            new JarOutputStream(out, manifest).close();
        }
    }

    /** Where the shell lets cores be as large as they are. */
    private Ran run(String mood, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "ulimit -S -c \"$(ulimit -H -c)\"; exec \"$0\" \"$@\"",
                directory.resolve("pratique/bin/pratique").toString()));
        command.addAll(List.of(words));
        Path said = directory.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(here.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().put("HOSTILE_TOKEN", mood);
        builder.environment().put("PRATIQUE_PIN", PIN);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ran(process.exitValue(), Files.readString(said));
        } finally {
            process.destroyForcibly();
        }
    }

    /** CLI-06: a core has the PIN and whatever else was in memory, Java's report of a crash has what registers led to. */
    @Test
    void a_module_that_crashes_leaves_no_memory_on_disk() throws Exception {
        String uri = "pkcs11:?module-path=" + SoftHsm.hostile(directory);
        Ran crashed = run("crash", "keys", "list", uri);
        assertThat(crashed.said()).contains("SIGSEGV", "hostile.so");
        assertThat(crashed.exit()).isEqualTo(1);
        assertThat(left()).isEmpty();
        assertThat(run("abort", "keys", "list", uri).exit()).isEqualTo(134);
        assertThat(left()).isEmpty();
        assertThat(arguments).content().contains(" -XX:-CreateCoredumpOnCrash -XX:ErrorFile=/dev/null ");
    }

    private List<String> left() throws Exception {
        try (Stream<Path> files = Files.list(here)) {
            return files.map(Path::getFileName).map(Path::toString).toList();
        }
    }

    @Test
    void a_module_that_works_is_listed() throws Exception {
        Ran listed = run("", "keys", "list", "pkcs11:?module-path=" + SoftHsm.hostile(directory));
        assertThat(listed.said()).contains("hostile");
        assertThat(listed.exit()).isZero();
    }
}
