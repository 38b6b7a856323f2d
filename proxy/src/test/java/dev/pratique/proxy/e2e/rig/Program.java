package dev.pratique.proxy.e2e.rig;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Our own programs as processes, started as the launcher starts them but on what is being built. */
public final class Program {
    private static final String PROXY = "dev.pratique.proxy.cli.Pratique";
    private static final String SIGNER = "dev.pratique.signer.cli.Pratique";
    private static final String HOME = System.getProperty("pratique.home");

    private Program() {}

    /** A command of the proxy's program. */
    public static Daemon proxy(String... arguments) {
        return start(Map.of(), classpath(), PROXY, arguments);
    }

    /** A command of the other program, which is another module and so runs from its package. */
    public static Tool.Ran signer(String... arguments) {
        return signer(Map.of(), arguments);
    }

    /** The same with these variables more in its environment. */
    public static Tool.Ran signer(Map<String, String> environment, String... arguments) {
        try (Daemon daemon = start(environment, signerJar(), SIGNER, arguments)) {
            int exit = daemon.awaitExit(java.time.Duration.ofSeconds(60));
            return new Tool.Ran(daemon.command(), exit, daemon.out(), daemon.err());
        }
    }

    /** The other program behind the command protocol of sigstore-conformance. */
    public static Tool conformanceClient() {
        Path client = Path.of(HOME, "signer", "src", "test", "conformance", "client");
        return Tool.at(client).with("PRATIQUE", String.join(" ", java(), "-cp", signerJar(), SIGNER));
    }

    private static String signerJar() {
        return Path.of(HOME, "signer", "target", "pratique-signer.jar").toString();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Daemon start(Map<String, String> environment, String classpath, String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-Xmx512m",
                "-Dio.netty.allocator.type=pooled",
                "-Dpratique.home=" + HOME,
                "-cp",
                classpath,
                main));
        command.addAll(List.of(arguments));
        try {
            return Daemon.start(command, environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tests' own without the tests. */
    private static String classpath() {
        String tests = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(tests.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
