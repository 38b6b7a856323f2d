package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.KeyReference;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.SigstoreSigner;
import picocli.CommandLine.Option;

/** With what is signed, and how it is stored. */
final class SigningOptions {
    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            required = true,
            description = {
                KeyReference.FORMS,
                "The password of a file comes from PRATIQUE_PASSWORD, COSIGN_PASSWORD or the terminal; the PIN of a token"
                        + " from pin-source=FILE, PRATIQUE_PIN, COSIGN_PKCS11_PIN or the terminal"
            })
    private String key = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "bundle: a Sigstore bundle beside the image, as cosign 3 does (default);"
                    + " cosign: the older .sig and .att tags")
    private Format format = Format.BUNDLE;

    Format format() {
        return format;
    }

    /** The key, opened; its owner is warned where others can read it. */
    SigstoreSigner signer(Task task) throws Failure {
        Terminal terminal = task.terminal();
        KeyReference.Opened opened = terminal.keys().open(key);
        opened.warning().ifPresent(task::warn);
        return SigstoreSigner.withKey(opened.signer());
    }
}
