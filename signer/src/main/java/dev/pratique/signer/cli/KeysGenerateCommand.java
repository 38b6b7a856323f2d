package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.KeyType;
import dev.pratique.signer.keys.NewKeyFiles;
import dev.pratique.signer.keys.Passwords;
import dev.pratique.signer.keys.pkcs11.TokenKeyGeneration;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key pair. */
@Command(
        name = "generate",
        description = {
            "Makes a key pair: PREFIX.key (encrypted, readable by you alone) and PREFIX.pub.",
            "Existing files are never overwritten. The password comes from PRATIQUE_PASSWORD, COSIGN_PASSWORD or the"
                    + " terminal.",
            "With --key the private key is made on a PKCS#11 token, which it never leaves; only PREFIX.pub is written."
        },
        footer = {
            "",
            "Examples:",
            "  pratique keys generate --output-key-prefix acme-ci",
            "  pratique keys generate --key 'pkcs11:token=acme;object=ci?module-path=/usr/lib/softhsm/libsofthsm2.so'"
        })
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

    @Option(
            names = {"-k", "--key"},
            paramLabel = "URI",
            description =
                    "make the key on this token: pkcs11:token=TOKEN;object=LABEL?module-path=FILE, where LABEL is the"
                            + " new key's")
    private Optional<String> key = Optional.empty();

    KeysGenerateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        if (key.isPresent()) {
            return onToken(key.get());
        }
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

    private ExitCode onToken(String uri) throws Failure {
        Path file = NewKeyFiles.Names.ofPublicKey(prefix);
        TokenKeyGeneration.Made made = terminal().keys().generate(uri, type, new SecureRandom());
        NewKeyFiles.writePublic(file, made.spki());
        String id = Digest.sha256(made.spki()).toString();
        say("private key: '" + made.label() + "', id " + made.id()
                + ", on the token, with a certificate of its own beside it");
        say("public key:  " + file + " (for trust.yaml; may be given to anybody)");
        say("key id:      " + id);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("label", made.label());
        document.put("id", made.id());
        document.put("publicKey", file.toString());
        document.put("type", type.toString());
        document.put("keyId", id);
        document("pratique.keys.generate/v1", document);
        return ExitCode.DONE;
    }
}
