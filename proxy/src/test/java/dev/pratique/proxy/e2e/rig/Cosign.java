package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real cosign with a key of its own, and no log. */
public final class Cosign {
    private final Tool tool;
    private final Path keys;

    private Cosign(Tool tool, Path keys) {
        this.tool = tool;
        this.keys = keys;
    }

    /** Where a signature is put. */
    public enum Layout {
        /** cosign 3's own: a Sigstore bundle as a referrer, or under the fallback tag. */
        BUNDLE,
        /** A {@code .sig} or {@code .att} tag. */
        TAG,
        /** A simple-signing artifact as a referrer, or under the fallback tag. */
        REFERRER
    }

    public static Cosign withNewKey() {
        Path directory = Scratch.directory("cosign");
        Tool tool = Tool.named("cosign")
                .with("COSIGN_PASSWORD", "not much of a secret")
                .with("COSIGN_EXPERIMENTAL", "1")
                .with("TUF_ROOT", directory.resolve("tuf").toString());
        tool.output(
                "generate-key-pair",
                "--output-key-prefix",
                directory.resolve("key").toString());
        return new Cosign(tool, directory);
    }

    /** As trust.yaml wants it. */
    public String publicKey() {
        try {
            return Files.readString(keys.resolve("key.pub"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param image by digest, where the registry is */
    public void sign(Layout layout, String image) {
        List<String> command = command("sign", layout);
        command.add(image);
        tool.output(command.toArray(String[]::new));
    }

    /** @param type as cosign names predicate types */
    public void attest(Layout layout, String type, Path predicate, String image) {
        List<String> command = command("attest", layout);
        command.addAll(List.of("--type", type, "--predicate", predicate.toString(), image));
        tool.output(command.toArray(String[]::new));
    }

    private List<String> command(String what, Layout layout) {
        List<String> command = new ArrayList<>(List.of(
                what,
                "--yes",
                "--key",
                keys.resolve("key.key").toString(),
                "--use-signing-config=false",
                "--tlog-upload=false",
                "--new-bundle-format=" + (layout == Layout.BUNDLE)));
        if (layout == Layout.REFERRER) {
            command.add("--registry-referrers-mode=oci-1-1");
        }
        return command;
    }
}
