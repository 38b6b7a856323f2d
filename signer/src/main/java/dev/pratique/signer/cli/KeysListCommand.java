package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.pkcs11.TokenKeys.Listed;
import dev.pratique.signer.keys.pkcs11.TokenKeys.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        List<Token> tokens = terminal().keys().tokens().list(uri);
        if (tokens.isEmpty()) {
            say("no such token");
        }
        tokens.forEach(this::say);
        document(
                "pratique.keys.list/v1",
                Map.of("tokens", tokens.stream().map(KeysListCommand::row).toList()));
        return ExitCode.DONE;
    }

    private void say(Token token) {
        String state = token.initialised() ? "" : ", not initialised";
        say("token '" + Printable.line(token.label()) + "': " + Printable.line(token.model()) + ", serial "
                + Printable.line(token.serial()) + ", slot-id " + token.slot() + state);
        for (Listed key : token.keys()) {
            List<String> parts = new ArrayList<>();
            parts.add(key.kind().orElse("of a kind that is not used here"));
            parts.add(key.privateKey() ? "private key" : "private key not seen");
            if (key.certificate()) {
                parts.add("certificate");
            }
            say("  '" + Printable.line(key.label()) + "', id " + (key.id().isEmpty() ? "none" : key.id()) + ": "
                    + String.join(", ", parts));
            say("    " + key.uri());
        }
    }

    private static Map<String, Object> row(Token token) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("label", token.label());
        row.put("model", token.model());
        row.put("serial", token.serial());
        row.put("slotId", token.slot());
        row.put("initialised", token.initialised());
        row.put("keys", token.keys().stream().map(KeysListCommand::row).toList());
        return row;
    }

    private static Map<String, Object> row(Listed key) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("label", key.label());
        row.put("id", key.id());
        row.put("algorithm", key.kind().orElse(null));
        row.put("privateKey", key.privateKey());
        row.put("certificate", key.certificate());
        row.put("uri", key.uri());
        return row;
    }
}
