package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
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
        footer = {"", "Example:", "  pratique keys public --key acme-ci.key > acme-ci.pub"})
final class KeysPublicCommand extends Task {
    @Option(
            names = {"-k", "--key"},
            paramLabel = "FILE",
            required = true,
            description = "private key: a PEM file, or env://VARIABLE")
    private String key = "";

    KeysPublicCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        KeyReference.Opened opened = terminal().keys().open(key);
        opened.warning().ifPresent(this::warn);
        Signer signer = opened.signer();
        String pem = Pem.publicKey(signer.publicKey());
        say(pem.stripTrailing());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("algorithm", type(signer));
        document.put("signatureAlgorithm", signer.algorithm().name());
        document.put("keyId", Digest.sha256(signer.publicKey()).toString());
        document.put("pem", pem);
        document("pratique.keys.public/v1", document);
        return ExitCode.DONE;
    }

    private static String type(Signer signer) throws Failure {
        try {
            return VerificationKey.parseSpki(signer.publicKey()).type().label();
        } catch (MalformedEvidenceException e) {
            throw Failure.of(Kind.FAILED, "the public key cannot be read: " + e.getMessage())
                    .because(e);
        }
    }
}
