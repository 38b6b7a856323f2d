package dev.pratique.config;

/** What a configuration is read for. It says how much of proxy.yaml must be there; of the other files all must be, always. */
public enum Purpose {
    /** To serve by it, on the proxy's machine: every secret, certificate and directory that the files name must be there. */
    SERVE,

    /**
     * To judge by it, on whatever machine. What only the proxy's machine has is not looked for: passwords of upstreams, listeners'
     * certificates, keys and users, layouts on disk. No secret is read. What the files say of them must be well-formed all the same.
     */
    JUDGE
}
