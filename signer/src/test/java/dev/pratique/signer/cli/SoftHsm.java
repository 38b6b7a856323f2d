package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** SoftHSM with a token 'acme', and a module of our own that misbehaves. */
final class SoftHsm {
    private final Path directory;
    private final Map<String, String> environment;
    private final String pin;
    private final String module;

    /** @param environment of the processes that use it, which learn here where its tokens are */
    SoftHsm(Path directory, Map<String, String> environment, String pin) throws Exception {
        this.directory = directory;
        this.environment = environment;
        this.pin = pin;
        module = installed();
        Path tokens = Files.createDirectory(directory.resolve("tokens"));
        Path configuration = directory.resolve("softhsm2.conf");
        Files.writeString(configuration, "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
        environment.put("SOFTHSM2_CONF", configuration.toString());
        token("acme");
    }

    String module() {
        return module;
    }

    String uri(String path) {
        return "pkcs11:" + path + "?module-path=" + module;
    }

    /** The key of such a module. */
    static String hostileKey(String module) {
        return "pkcs11:token=hostile;object=ci?module-path=" + module;
    }

    private static String installed() {
        List<Path> places = Stream.of(
                        "/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/local/lib/softhsm", "/usr/lib64/pkcs11")
                .map(place -> Path.of(place, "libsofthsm2.so"))
                .filter(Files::exists)
                .toList();
        if (places.isEmpty() && !"true".equals(System.getenv("CI"))) {
            Assumptions.abort("SoftHSM is not installed");
        }
        assertThat(places).as("SoftHSM").isNotEmpty();
        return places.get(0).toString();
    }

    String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }

    void token(String label) throws Exception {
        run(
                ForeignTools.tool("softhsm2-util"),
                "--init-token",
                "--free",
                "--label",
                label,
                "--pin",
                pin,
                "--so-pin",
                "4321");
    }

    /** A key from a file, as other tools put it there: without a certificate. */
    String imported(String label, String id) throws Exception {
        Path pem = directory.resolve(label + id + ".pem");
        run(
                ForeignTools.tool("openssl"),
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-out",
                pem.toString());
        run(
                ForeignTools.tool("softhsm2-util"),
                "--import",
                pem.toString(),
                "--token",
                "acme",
                "--label",
                label,
                "--id",
                id,
                "--pin",
                pin);
        return run(ForeignTools.tool("openssl"), "pkey", "-in", pem.toString(), "-pubout");
    }

    /** A module whose token behaves as the variable HOSTILE_TOKEN says; its path. */
    String hostile() throws Exception {
        return hostile(directory);
    }

    static String hostile(Path directory) throws Exception {
        Path source = directory.resolve("hostile-token.c");
        try (InputStream in = SoftHsm.class.getResourceAsStream("/dev/pratique/signer/keys/pkcs11/hostile-token.c")) {
            Files.write(source, in.readAllBytes());
        }
        Path library = directory.resolve("hostile.so");
        Process compiler = new ProcessBuilder(
                        ForeignTools.tool("cc"), "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).as("cc").isZero();
        return library.toString();
    }
}
