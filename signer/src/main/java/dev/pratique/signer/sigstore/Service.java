package dev.pratique.signer.sigstore;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Loopback;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * One of Sigstore's services at its address.
 *
 * @param role what it is for people: "certificate authority"
 * @param uri http or https with a host, without query and fragment
 */
public record Service(String role, URI uri) {

    /**
     * @param option that names it, for people
     * @throws Failure where it is no address
     */
    public static Service at(String role, String address, String option) throws Failure {
        try {
            URI uri = new URI(address);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return new Service(role, uri);
            }
        } catch (URISyntaxException e) {
            throw noAddress(option).because(e);
        }
        throw noAddress(option);
    }

    private static Failure noAddress(String option) {
        return Failure.of(
                Kind.USAGE, option + " is not the address of a service", "write it as https://fulcio.example");
    }

    /** One below its address. */
    URI resolve(String path) {
        String base = uri.toString().replaceAll("/+$", "");
        return URI.create(base + path);
    }

    /** Whether what is said to it can be read by nobody on the way. */
    boolean isPrivate() {
        return "https".equals(uri.getScheme()) || Loopback.is(uri);
    }

    @Override
    public String toString() {
        return role + " " + uri;
    }
}
