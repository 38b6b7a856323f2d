package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names a module, a token and a key (RFC 7512). An attribute that is not understood is refused: left out of account, it would
 * choose more than was asked for.
 *
 * @param slot number of a slot; whoever plugs a token in elsewhere gets another
 * @param id of the key, CKA_ID
 * @param object label of the key, CKA_LABEL
 * @param pinSource where the PIN is: a path, or a {@code file:} URI
 */
record Pkcs11Uri(
        Optional<String> modulePath,
        Optional<String> moduleName,
        Optional<String> token,
        Optional<String> manufacturer,
        Optional<String> model,
        Optional<String> serial,
        Optional<Long> slot,
        Optional<String> object,
        Optional<byte[]> id,
        Optional<String> pinSource) {
    private static final String SCHEME = "pkcs11:";
    private static final int MAX_LENGTH = 4096;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Set<String> PATH =
            Set.of("token", "manufacturer", "model", "serial", "slot-id", "object", "id", "type");
    private static final Set<String> QUERY = Set.of("module-path", "module-name", "pin-source", "pin-value");

    static Pkcs11Uri parse(String uri) throws Failure {
        if (!uri.startsWith(SCHEME) || uri.length() > MAX_LENGTH) {
            throw wrong("it begins with pkcs11: and has at most " + MAX_LENGTH + " characters");
        }
        String rest = uri.substring(SCHEME.length());
        int mark = rest.indexOf('?');
        Map<String, byte[]> path = attributes(mark < 0 ? rest : rest.substring(0, mark), ";", PATH);
        Map<String, byte[]> query = attributes(mark < 0 ? "" : rest.substring(mark + 1), "&", QUERY);
        if (query.containsKey("pin-value")) {
            // Everybody on the machine sees the arguments of a process.
            throw Failure.of(
                    Kind.USAGE,
                    "a PIN does not belong into a command line (pin-value)",
                    "say pin-source=FILE, or set PRATIQUE_PIN or COSIGN_PKCS11_PIN");
        }
        Optional<String> type = text(path, "type");
        if (type.isPresent() && !type.get().equals("private")) {
            throw wrong("its type is 'private' or left out, for what signs is a private key");
        }
        return new Pkcs11Uri(
                text(query, "module-path"),
                text(query, "module-name"),
                text(path, "token"),
                text(path, "manufacturer"),
                text(path, "model"),
                text(path, "serial"),
                slot(text(path, "slot-id")),
                text(path, "object"),
                Optional.ofNullable(path.get("id")),
                text(query, "pin-source"));
    }

    /** Whether it says which key on the token. */
    boolean namesKey() {
        return object.isPresent() || id.isPresent();
    }

    /** Whether it says which token of the module. */
    boolean namesToken() {
        return token.isPresent()
                || serial.isPresent()
                || slot.isPresent()
                || manufacturer.isPresent()
                || model.isPresent();
    }

    /** The key, for people. */
    String key() {
        String label = object.map(name -> "'" + Printable.line(name) + "'").orElse("");
        String hex = id.map(bytes -> "id " + HexFormat.of().formatHex(bytes)).orElse("");
        return label.isEmpty() || hex.isEmpty() ? label + hex : label + " (" + hex + ")";
    }

    private static Optional<Long> slot(Optional<String> number) throws Failure {
        if (number.isPresent() && !NUMBER.matcher(number.get()).matches()) {
            throw wrong("its slot-id is a number");
        }
        return number.map(Long::valueOf);
    }

    private static Map<String, byte[]> attributes(String part, String separator, Set<String> known) throws Failure {
        Map<String, byte[]> found = new HashMap<>();
        for (String attribute : part.isEmpty() ? new String[0] : part.split(separator, -1)) {
            int equals = attribute.indexOf('=');
            String name = equals < 0 ? attribute : attribute.substring(0, equals);
            if (equals < 0 || !known.contains(name)) {
                throw wrong("the attribute '" + Printable.line(name) + "' is none that is understood there: "
                        + String.join(
                                ", ",
                                known.stream()
                                        .filter(one -> !one.equals("pin-value"))
                                        .sorted()
                                        .toList()));
            }
            if (found.put(name, decode(name, attribute.substring(equals + 1))) != null) {
                throw wrong("the attribute '" + name + "' is there twice");
            }
        }
        return found;
    }

    // RFC 3986 section 2.1. A value is never quoted: it may be a PIN.
    private static byte[] decode(String name, String value) throws Failure {
        byte[] in = value.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] != '%') {
                out.write(in[i]);
                continue;
            }
            if (i + 2 >= in.length || !HexFormat.isHexDigit(in[i + 1]) || !HexFormat.isHexDigit(in[i + 2])) {
                throw wrong("a % in the attribute '" + name + "' is followed by two hexadecimal digits");
            }
            out.write(HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2]));
            i += 2;
        }
        return out.toByteArray();
    }

    private static Optional<String> text(Map<String, byte[]> attributes, String name) throws Failure {
        byte[] value = attributes.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString());
        } catch (CharacterCodingException e) {
            throw wrong("the attribute '" + name + "' is UTF-8").because(e);
        }
    }

    private static Failure wrong(String rule) {
        return Failure.of(
                Kind.USAGE,
                "the PKCS#11 URI is wrong: " + rule,
                "as in: pkcs11:token=TOKEN;object=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=FILE");
    }
}
