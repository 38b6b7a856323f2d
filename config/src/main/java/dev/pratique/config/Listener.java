package dev.pratique.config;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A port on which clients pull.
 *
 * @param name as policy.yaml's environments name it
 * @param upstream canonical name of the upstream for requests that name none; one of {@link ProxySettings#upstreams}
 * @param anonymous whether anybody who reaches it may pull with the upstreams' credentials
 * @param asks how clients come in, whatever the configuration was read for
 * @param tls with what it shows who it is; empty: plain HTTP, or read to judge
 * @param clients whom it lets in; {@link Clients#ANYBODY} where it was read to judge
 */
public record Listener(
        String name,
        ListenAddress address,
        Optional<String> upstream,
        boolean anonymous,
        Asks asks,
        Optional<Tls> tls,
        Clients clients) {

    /**
     * What the file says of how clients come in.
     *
     * @param tls over HTTPS
     * @param certificates with certificates of their own
     * @param passwords with passwords
     */
    public record Asks(boolean tls, boolean certificates, boolean passwords) {
        /** Plain HTTP, and whoever reaches the port is let in. */
        public static final Asks NOTHING = new Asks(false, false, false);

        static Asks of(Optional<Tls> tls, Clients clients) {
            return new Asks(
                    tls.isPresent(),
                    !clients.authorities().isEmpty(),
                    !clients.passwords().isEmpty());
        }

        /** Whether clients must show who they are. */
        public boolean whoTheyAre() {
            return certificates || passwords;
        }
    }

    /** Whether all that it asks for is here: without, it would let in more than the file says. */
    public boolean canServe() {
        return asks.equals(Asks.of(tls, clients));
    }

    /**
     * What a server needs for TLS.
     *
     * @param chain the server's certificate first; never empty
     * @param key of the first certificate: ECDSA P-256 or P-384, or RSA
     */
    public record Tls(List<X509Certificate> chain, PrivateKey key) {
        public Tls {
            chain = List.copyOf(chain);
        }

        /** The server's own certificate. */
        public X509Certificate certificate() {
            return chain.get(0);
        }

        /** Never the key. */
        @Override
        public String toString() {
            return "Tls[" + certificate().getSubjectX500Principal() + "]";
        }
    }

    /**
     * How clients show who they are; where there are several ways, each suffices.
     *
     * @param authorities who issues clients' certificates; empty: none is asked for
     * @param passwords bcrypt hashes by user name; empty: no password is asked for
     */
    public record Clients(List<X509Certificate> authorities, Map<String, String> passwords) {
        /** Whoever reaches the port is let in. */
        public static final Clients ANYBODY = new Clients(List.of(), Map.of());

        public Clients {
            authorities = List.copyOf(authorities);
            passwords = Map.copyOf(passwords);
        }

        /** Whether clients must show who they are. */
        public boolean known() {
            return !authorities.isEmpty() || !passwords.isEmpty();
        }

        /** Never the hashes. */
        @Override
        public String toString() {
            return "Clients[" + authorities.size() + " authorities, " + passwords.size() + " users]";
        }
    }
}
