package dev.pratique.signer.mirror;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses as firewalls name them.
 *
 * @param text in CIDR notation, prefix length included
 * @param six whether they are of IPv6
 */
public record Network(String text, boolean six) {
    private static final Pattern FOUR = Pattern.compile("(\\d{1,3})(\\.\\d{1,3}){3}");
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f:.]{2,45})(?:/(\\d{1,3}))?");

    /** Where a proxy is that is named by its address; empty where it has a name. */
    public static Optional<Network> of(URI proxy) {
        return parse(proxy.getHost().replaceAll("[\\[\\]]", ""));
    }

    /** An address, or a block of them; empty where it is neither. Nothing is looked up. */
    public static Optional<Network> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String address = form.group(1);
        boolean six = address.indexOf(':') >= 0;
        if (!six && !FOUR.matcher(address).matches()) {
            return Optional.empty();
        }
        int most = six ? 128 : 32;
        int length = form.group(2) == null ? most : Integer.parseInt(form.group(2));
        try {
            // Of these characters alone it is a literal, or nothing.
            InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
        return length > most ? Optional.empty() : Optional.of(new Network(address + "/" + length, six));
    }
}
