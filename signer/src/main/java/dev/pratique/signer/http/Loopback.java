package dev.pratique.signer.http;

import java.net.URI;
import java.util.regex.Pattern;

/** Hosts to which plain HTTP never leaves the machine. */
public final class Loopback {
    private static final Pattern HOST = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\]");

    private Loopback() {}

    public static boolean is(URI uri) {
        return uri.getHost() != null && HOST.matcher(uri.getHost()).matches();
    }
}
