package dev.pratique.signer.cli;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.KeyReference;
import dev.pratique.signer.keys.Pem;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the public half of a key. */
@Command(
        name = "public",
        description = "Prints the public key that belongs to a private key, as PEM.",
        footer = {
            "",
            "Examples:",
            "  pratique keys public --key acme-ci.key > acme-ci.pub",
            "  pratique keys public --key awskms:///alias/acme-ci > acme-ci.pub"
        })
final class KeysPublicCommand extends Task {
    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            required = true,
            description = KeyReference.FORMS)
    private String key = "";

    KeysPublicCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        VerificationKey publicKey = terminal().keys().publicHalf(key, this::warn);
        String pem = Pem.publicKey(publicKey.spki());
        say(pem.stripTrailing());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("algorithm", publicKey.type().label());
        document.put("signatureAlgorithm", publicKey.defaultAlgorithm().name());
        document.put("keyId", publicKey.id().toString());
        document.put("pem", pem);
        document("pratique.keys.public/v1", document);
        return ExitCode.DONE;
    }
}
