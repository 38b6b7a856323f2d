package dev.pratique.config;

import dev.pratique.config.yaml.Value;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of users as htpasswd writes it, with bcrypt only. */
final class PasswordFile {
    /** A colon ends a name in HTTP (RFC 7617 section 2); the ledger and patterns show the others. */
    private static final Pattern USER = Pattern.compile("[!-9;-~]{1,128}");

    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");
    private static final int MIN_COST = 4;
    /** About a second of one processor for each attempt; anybody may attempt. */
    private static final int MAX_COST = 14;

    /** Whoever gave us another file need not read thousands of lines about it. */
    private static final int MAX_COMPLAINTS = 10;

    private final Value file;
    private int complaints;

    /** @param file the value that names it, which is complained about */
    PasswordFile(Value file) {
        this.file = file;
    }

    /** Hashes by user. Never shows what a line holds. */
    Map<String, String> read(byte[] bytes) {
        Map<String, String> users = new LinkedHashMap<>();
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\\r?\\n", -1);
        for (int i = 0; i < lines.length && complaints < MAX_COMPLAINTS; i++) {
            if (!lines[i].isBlank() && !lines[i].startsWith("#")) {
                user(lines[i], i + 1, users);
            }
        }
        if (users.isEmpty() && complaints == 0) {
            file.refuse(file.path() + " names no user", "add one: htpasswd -B FILE NAME");
        }
        return users;
    }

    private void user(String line, int number, Map<String, String> users) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon);
        if (!USER.matcher(name).matches()) {
            refuse("line " + number + " is not NAME:HASH", "a name is 1 to 128 printable ASCII characters, no colon");
            return;
        }
        Matcher hash = BCRYPT.matcher(line.substring(colon + 1));
        if (!hash.matches()) {
            refuse("line " + number + " holds no bcrypt hash", "only $2y$, $2b$ and $2a$ count: htpasswd -B FILE NAME");
            return;
        }
        int cost = Integer.parseInt(hash.group(1));
        if (cost < MIN_COST || cost > MAX_COST) {
            refuse(
                    "line " + number + " has a cost of " + cost + ", outside " + MIN_COST + " to " + MAX_COST,
                    "htpasswd -B -C 10 FILE NAME");
            return;
        }
        if (users.putIfAbsent(name, hash.group()) != null) {
            refuse("line " + number + " names a user that an earlier line names", "keep one of the two");
        }
    }

    private void refuse(String what, String hint) {
        complaints++;
        file.refuse(file.path() + ": " + what, hint);
    }
}
