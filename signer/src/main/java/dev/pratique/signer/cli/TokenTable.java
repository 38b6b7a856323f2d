package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.keys.pkcs11.TokenKeys.Listed;
import dev.pratique.signer.keys.pkcs11.TokenKeys.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tokens and their keys, for people and for programs. Apart from the command, which every start looks into. */
record TokenTable(List<Token> tokens) {
    TokenTable {
        tokens = List.copyOf(tokens);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Token token : tokens) {
            String state = token.initialised() ? "" : ", not initialised";
            lines.add("token '" + Printable.line(token.label()) + "': " + Printable.line(token.model()) + ", serial "
                    + Printable.line(token.serial()) + ", slot-id " + token.slot() + state);
            token.keys().forEach(key -> lines.addAll(lines(key)));
        }
        return lines.isEmpty() ? List.of("no such token") : lines;
    }

    private static List<String> lines(Listed key) {
        List<String> parts = new ArrayList<>();
        parts.add(key.kind().orElse("of a kind that is not used here"));
        parts.add(key.privateKey() ? "private key" : "private key not seen");
        if (key.certificate()) {
            parts.add("certificate");
        }
        String id = key.id().isEmpty() ? "none" : key.id();
        return List.of(
                "  '" + Printable.line(key.label()) + "', id " + id + ": " + String.join(", ", parts),
                "    " + key.uri());
    }

    List<Map<String, Object>> rows() {
        return tokens.stream().map(TokenTable::row).toList();
    }

    private static Map<String, Object> row(Token token) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("label", token.label());
        row.put("model", token.model());
        row.put("serial", token.serial());
        row.put("slotId", token.slot());
        row.put("initialised", token.initialised());
        row.put("keys", token.keys().stream().map(TokenTable::row).toList());
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
