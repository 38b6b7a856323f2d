package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Repository;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/** Where a repository's registry is reached. */
@FunctionalInterface
public interface Endpoints {
    /** Hosts to which plain HTTP never leaves the machine. */
    Pattern LOOPBACK = Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?");

    /** Base addresses without a path, in the order in which they are tried; never empty. */
    List<URI> of(Repository repository);

    /**
     * HTTPS, and as cosign does it plain HTTP for loopback.
     *
     * @param allowHttp whether any registry may be spoken to in plain HTTP where it does not speak TLS
     */
    static Endpoints standard(boolean allowHttp) {
        return repository -> {
            String host = repository.registry().equals("docker.io") ? "registry-1.docker.io" : repository.registry();
            URI https = URI.create("https://" + host);
            URI http = URI.create("http://" + host);
            if (LOOPBACK.matcher(host).matches()) {
                return List.of(http, https);
            }
            return allowHttp ? List.of(https, http) : List.of(https);
        };
    }
}
