package dev.pratique.signer.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What nobody may read: passwords, tokens, private keys, each in every spelling in which it could slip out. */
final class Secrets {
    /** Of a shorter part nobody could tell that it is not there by chance. */
    private static final int PART = 16;

    private final Map<String, List<String>> spellings = new LinkedHashMap<>();

    /** @param name what to say where it was read */
    Secrets add(String name, String secret) {
        List<String> all = new ArrayList<>();
        all.add(secret);
        all.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
        // Base64 has three spellings of a text, by what stands before it.
        for (int before = 0; before < 3; before++) {
            byte[] bytes = ("x".repeat(before) + secret).getBytes(StandardCharsets.UTF_8);
            String whole = Base64.getEncoder().withoutPadding().encodeToString(bytes);
            String inner = whole.substring(before == 0 ? 0 : before + 1, whole.length() - 1);
            all.add(inner);
            all.add(inner.replace('+', '-').replace('/', '_'));
        }
        spellings.put(name, all);
        return this;
    }

    /** A secret of several lines or parts, any of which is one. */
    Secrets parts(String name, String secret) {
        for (String part : secret.split("[.\n]")) {
            // Headers of PEM are no secret.
            if (part.length() >= PART && !part.startsWith("-----")) {
                add(name + " (" + spellings.size() + ")", part);
            }
        }
        return this;
    }

    Map<String, List<String>> all() {
        return spellings;
    }

    /** Those that can be read there. */
    List<String> in(String text) {
        return spellings.entrySet().stream()
                .filter(secret -> secret.getValue().stream().anyMatch(text::contains))
                .map(Map.Entry::getKey)
                .toList();
    }
}
