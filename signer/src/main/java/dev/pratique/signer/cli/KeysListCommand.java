package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the tokens of a PKCS#11 module and the keys on one of them. */
@Command(
        name = "list",
        description = {
            "Shows the tokens that a PKCS#11 module has, and the keys of the one that the URI names.",
            "With the PIN (pin-source=FILE in the URI, PRATIQUE_PIN or COSIGN_PKCS11_PIN) also the private keys; nobody is"
                    + " asked for it."
        },
        footer = {"", "Example:", "  pratique keys list 'pkcs11:token=acme?module-path=/usr/lib/softhsm/libsofthsm2.so'"
        })
final class KeysListCommand extends Task {
    @Parameters(paramLabel = "URI", description = "pkcs11:[token=TOKEN][;serial=NUMBER]?module-path=FILE")
    private String uri = "";

    KeysListCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        if (!uri.startsWith("pkcs11:")) {
            throw Failure.of(
                    Kind.USAGE,
                    "what is listed is a PKCS#11 token, and this is no URI of one",
                    "as in: pratique keys list 'pkcs11:?module-path=/usr/lib/softhsm/libsofthsm2.so'");
        }
        TokenTable tokens = new TokenTable(terminal().keys().tokens().list(uri));
        tokens.lines().forEach(this::say);
        document("pratique.keys.list/v1", Map.of("tokens", tokens.rows()));
        return ExitCode.DONE;
    }
}
