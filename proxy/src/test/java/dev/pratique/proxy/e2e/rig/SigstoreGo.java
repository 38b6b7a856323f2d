package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Another reader of bundles, made with Sigstore's Go library: {@code signer/src/test/sigstore-go}, built here. */
public final class SigstoreGo {
    private static final Path SOURCE =
            Path.of(System.getProperty("pratique.home"), "signer", "src", "test", "sigstore-go");
    private static final Duration BUILDING = Duration.ofMinutes(10);

    private final Tool program;

    private SigstoreGo(Tool program) {
        this.program = program;
    }

    /** Go's own cache makes this cheap when nothing changed. */
    public static SigstoreGo built() {
        Path output = Scratch.file("-sigstore-go");
        Tool.Ran ran = Tool.named("go")
                .run(BUILDING, "build", "-C", SOURCE.toString(), "-buildvcs=false", "-o", output.toString(), ".");
        assertThat(ran.succeeded()).as(ran.toString()).isTrue();
        return new SigstoreGo(Tool.at(output));
    }

    /**
     * What it says of a bundle.
     *
     * @param digest of what must be signed, {@code sha256:…}
     * @param who and what is asked: its further arguments
     */
    public Tool.Ran verify(Path bundle, String trustedRoot, String digest, List<String> who) {
        List<String> command = new ArrayList<>(List.of("verify", "-bundle", bundle.toString()));
        command.addAll(List.of("-trusted-root", trustedRoot, "-digest", digest));
        command.addAll(who);
        return program.run(command.toArray(String[]::new));
    }
}
