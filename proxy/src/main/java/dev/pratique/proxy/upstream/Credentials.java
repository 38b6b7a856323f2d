package dev.pratique.proxy.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A user name and password (RFC 7617). Its text never shows the password. */
public record Credentials(String username, String password) {

    /** The value of an Authorization header. */
    String basic() {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
        return "Credentials[username=" + username + ", password=***]";
    }
}
