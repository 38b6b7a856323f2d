package dev.pratique.signer.http;

import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows a proxy the name and password that its variable has, once in each exchange; shows servers nothing. */
final class ProxyLogin extends Authenticator {
    private final ProxyVariables variables;
    // The JDK asks up to twenty times, which is how accounts are locked.
    private final ThreadLocal<Boolean> shown = ThreadLocal.withInitial(() -> false);

    ProxyLogin(ProxyVariables variables) {
        this.variables = variables;
    }

    /** Before each, on the thread that makes it. */
    void startOfExchange() {
        shown.set(false);
    }

    /**
     * The Proxy-Authorization header (RFC 7617) of a request that the proxy itself reads, which those of HTTPS are not: through
     * a tunnel it would come to the server.
     */
    Optional<String> header(URI uri) {
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            return Optional.empty();
        }
        return variables.login(uri).map(login -> {
            byte[] pair =
                    (login.getUserName() + ":" + new String(login.getPassword())).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        });
    }

    /** What to say where a proxy does not let us through. */
    static Failure refused(URI to, IOException answer) {
        String host = String.valueOf(to.getHost());
        boolean login = String.valueOf(answer.getMessage()).contains("407");
        Failure said = login
                ? Failure.of(
                        Kind.NOT_AUTHORISED,
                        "the proxy on the way to " + host + " asks for a login, or refuses the one that it has (407)",
                        "HTTPS_PROXY=http://NAME:PASSWORD@PROXY:PORT has it; what is special in it is written as in a URL")
                : Failure.of(
                        Kind.UNREACHABLE,
                        "the proxy on the way to " + host + " does not let us through",
                        "ask whoever runs it, or put " + host + " into NO_PROXY if it can be reached without");
        return said.because(answer);
    }

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY || shown.get()) {
            return null;
        }
        shown.set(true);
        try {
            return variables.login(getRequestingURL().toURI()).orElse(null);
        } catch (URISyntaxException noAddress) {
            return null;
        }
    }
}
