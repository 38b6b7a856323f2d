package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the library that speaks to a kind of token. */
final class ModuleFile {
    /** cosign's. */
    private static final String VARIABLE = "COSIGN_PKCS11_MODULE_PATH";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");

    private ModuleFile() {}

    static Path of(Pkcs11Uri uri, Map<String, String> environment) throws Failure {
        Optional<String> path = uri.modulePath();
        if (path.isEmpty() && uri.moduleName().isPresent()) {
            return named(uri.moduleName().get());
        }
        String said = path.orElseGet(() -> environment.getOrDefault(VARIABLE, ""));
        if (said.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    "it is not said which PKCS#11 module speaks to the token",
                    "add ?module-path=FILE to the URI, or set " + VARIABLE);
        }
        Path file = Path.of(said);
        // A name alone would be looked for wherever the linker looks.
        if (!file.isAbsolute()) {
            throw Failure.of(Kind.USAGE, "the path of the PKCS#11 module is not absolute", "write it from / on");
        }
        if (!Files.isRegularFile(file)) {
            throw Failure.of(
                    Kind.FAILED,
                    "there is no PKCS#11 module " + Printable.line(said),
                    "install the token's software, or correct module-path; a directory is none");
        }
        return file;
    }

    /** RFC 7512 section 2.3: the name of the module, "without system-specific affixes", in any case. */
    private static Path named(String name) throws Failure {
        if (!NAME.matcher(name).matches()) {
            throw Failure.of(
                    Kind.USAGE, "the module-name of the PKCS#11 URI is no name", "as in: module-name=softhsm2");
        }
        String folded = name.toLowerCase(Locale.ROOT);
        List<String> files = Stream.of("lib" + folded, folded, "lib" + name, name)
                .distinct()
                .flatMap(stem -> Stream.of(stem + ".so", stem + ".dylib"))
                .toList();
        for (String directory : directories()) {
            for (String file : files) {
                Path candidate = Path.of(directory, file);
                if (Files.isRegularFile(candidate)) {
                    return candidate;
                }
            }
        }
        throw Failure.of(
                Kind.FAILED,
                "no PKCS#11 module named " + name + " is installed where modules are",
                "say module-path=FILE instead");
    }

    private static List<String> directories() {
        String triplet = System.getProperty("os.arch", "").replace("amd64", "x86_64") + "-linux-gnu";
        return Stream.of("/usr/lib/" + triplet, "/usr/lib64", "/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")
                .flatMap(base -> Stream.of(base + "/pkcs11", base, base + "/softhsm", base + "/opensc"))
                .toList();
    }
}
