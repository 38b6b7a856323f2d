package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.KeyType;
import dev.pratique.signer.keys.NewKeyFiles;
import dev.pratique.signer.keys.Passwords;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key pair. */
@Command(
        name = "generate",
        description = {
            "Makes a key pair: PREFIX.key (encrypted, readable by you alone) and PREFIX.pub.",
            "Existing files are never overwritten. The password comes from PRATIQUE_PASSWORD, COSIGN_PASSWORD or the"
                    + " terminal."
        },
        footer = {"", "Example:", "  pratique keys generate --output-key-prefix acme-ci"})
final class KeysGenerateCommand extends Task {
    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = {
                "p256 (default), p384, p521: ECDSA; ed25519; rsa2048, rsa3072 (also rsa), rsa4096.",
                "Every type is one that cosign verifies with, too"
            })
    private KeyType type = KeyType.P256;

    @Option(
            names = "--output-key-prefix",
            paramLabel = "PREFIX",
            description = "path and name of the files without .key and .pub (default: pratique)")
    private String prefix = "pratique";

    KeysGenerateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        NewKeyFiles.Names names = NewKeyFiles.Names.of(prefix);
        Passwords passwords = new Passwords(terminal().environment(), terminal().prompt());
        NewKeyFiles.Written written;
        try (Passwords.Given given = passwords.forNewKey()) {
            if (given.password().isEmpty()) {
                warn(given.variable().orElse("the password")
                        + " is set and empty: whoever has the file can use the key");
            }
            written = new NewKeyFiles(new SecureRandom()).write(names, type, given.password());
        }
        String id = Digest.sha256(written.spki()).toString();
        say("private key: " + written.privateKey() + " (keep it, and back it up with its password)");
        say("public key:  " + written.publicKey() + " (for trust.yaml; may be given to anybody)");
        say("key id:      " + id);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("privateKey", written.privateKey().toString());
        document.put("publicKey", written.publicKey().toString());
        document.put("type", type.toString());
        document.put("keyId", id);
        document("pratique.keys.generate/v1", document);
        return ExitCode.DONE;
    }
}
