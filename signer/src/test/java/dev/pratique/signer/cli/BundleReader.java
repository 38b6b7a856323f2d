package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another reader of bundles, made with Sigstore's Go library: {@code src/test/sigstore-go}, built here. */
final class BundleReader {
    private static final Path SOURCE =
            Path.of(System.getProperty("pratique.home", ".."), "signer", "src", "test", "sigstore-go");

    private final Path directory;
    private final Path program;

    /** Go's own cache makes this cheap when nothing changed. */
    BundleReader(Path directory) throws Exception {
        this.directory = directory;
        this.program = directory.resolve("sigstore-go");
        Said built = run(List.of(
                ForeignTools.tool("go"),
                "build",
                "-C",
                SOURCE.toString(),
                "-buildvcs=false",
                "-o",
                program.toString(),
                "."));
        assertThat(built.exit()).as(built.text()).isZero();
    }

    /** What it answered. */
    private record Said(int exit, String text) {}

    /**
     * It accepts this bundle and none of its damaged copies.
     *
     * @param key the public one, in PEM
     * @param about {@code -digest} or {@code -artifact}, and of what
     */
    void acceptsNothingElse(Path bundle, Path key, String... about) throws Exception {
        Said said = verify(bundle, key, about);
        assertThat(said.exit()).as(said.text()).isZero();
        for (String member : List.of("sig", "signature", "payload")) {
            Path damaged = directory.resolve("damaged-" + member + ".json");
            if (damage(bundle, member, damaged)) {
                said = verify(damaged, key, about);
                assertThat(said.exit())
                        .as("damaged %s: %s", member, said.text())
                        .isEqualTo(1);
            }
        }
    }

    /** It does not take this bundle for that key, or for that thing. */
    void refuses(Path bundle, Path key, String... about) throws Exception {
        Said said = verify(bundle, key, about);
        assertThat(said.exit()).as(said.text()).isEqualTo(1);
    }

    private Said verify(Path bundle, Path key, String... about) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "verify", "-bundle", bundle.toString(), "-key", key.toString()));
        command.addAll(List.of(about));
        return run(command);
    }

    /** A copy in which one character of this member's text is another; whether it has the member. */
    private static boolean damage(Path bundle, String member, Path copy) throws IOException {
        String text = Files.readString(bundle);
        int found = text.indexOf("\"" + member + "\":\"");
        if (found < 0) {
            return false;
        }
        int at = found + member.length() + 14;
        char other = text.charAt(at) == 'A' ? 'B' : 'A';
        Files.writeString(copy, text.substring(0, at) + other + text.substring(at + 1));
        return true;
    }

    private static Said run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(600, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), text);
    }
}
