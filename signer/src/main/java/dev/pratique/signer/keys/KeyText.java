package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Tells a key from the name of the file or variable that it is in. What may be a key is never repeated. */
public final class KeyText {
    private static final String VARIABLE = "env://";
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");
    /** Longer than the name of a file can be on any usual file system. */
    private static final int LONG = 255;
    /** A DER sequence or PEM in base64; the shortest private key, Ed25519 in PKCS#8, has 64 characters. */
    private static final Pattern BASE64 = Pattern.compile("(?:M|LS0t)[A-Za-z0-9+/_-]{40,}={0,2}");

    private KeyText() {}

    /**
     * @param option that this was given with
     * @param instead what to write
     * @throws Failure where it is, or may be, a key and not the name of one
     */
    public static void requireName(String text, String option, String instead) throws Failure {
        if (hasPem(text) || (text.length() > LONG || isBase64(text)) && !isThere(text)) {
            throw Failure.of(
                    Kind.USAGE,
                    option + " is the key itself, not where it is",
                    "arguments can be read by everybody on a machine; say where it is: " + instead);
        }
    }

    /** Whether a message that repeats it may repeat a key. */
    public static boolean isMeant(String text) {
        return text.contains("-----BEGIN") || isBase64(text);
    }

    static boolean hasPem(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || text.contains("-----BEGIN");
    }

    private static boolean isBase64(String text) {
        return BASE64.matcher(text).matches();
    }

    private static boolean isThere(String text) {
        return Files.exists(Path.of(text));
    }

    static boolean isInVariable(String reference) {
        return reference.startsWith(VARIABLE);
    }

    /** What the variable holds that {@code env://NAME} names. */
    static String ofVariable(String reference, Map<String, String> environment) throws Failure {
        String name = reference.substring(VARIABLE.length());
        String text = environment.get(name);
        if (text != null) {
            return text;
        }
        if (!VARIABLE_NAME.matcher(name).matches() || isBase64(name)) {
            throw Failure.of(
                    Kind.USAGE,
                    "what stands behind env:// is no name of a variable",
                    "name the variable that holds the key, not its value: --key env://VARIABLE");
        }
        throw Failure.of(
                Kind.FAILED,
                "the environment variable " + name + " is not set",
                "export it with the whole PEM text of the key, and see that the job may read it");
    }
}
