package dev.pratique.proxy.e2e.rig;

import java.nio.file.Path;

/** A private certificate authority, as a company has one, which no machine trusts until it is told to. */
public final class Authority {
    private final Tool openssl = Tool.named("openssl");
    private final Path directory = Scratch.directory("authority");

    private Authority() {}

    /** A new one with a key of its own. */
    public static Authority create() {
        Authority created = new Authority();
        created.request("ca", "/CN=Private authority of a test", "basicConstraints=critical,CA:TRUE");
        return created;
    }

    /**
     * PEM files of a server.
     *
     * @param chain its certificate
     * @param key its private key, PKCS #8, not encrypted
     */
    public record Issued(Path chain, Path key) {}

    /** Its own certificate, in PEM: what clients must be given. */
    public Path certificate() {
        return directory.resolve("ca.crt");
    }

    /** A certificate for servers on 127.0.0.1 and localhost. */
    public Issued issue(String name) {
        request(
                name,
                "/CN=" + name,
                "subjectAltName=IP:127.0.0.1,DNS:localhost",
                "-CA",
                certificate().toString(),
                "-CAkey",
                directory.resolve("ca.key").toString());
        return new Issued(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
    }

    private void request(String name, String subject, String extension, String... more) {
        String[] fixed = {
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            subject,
            "-addext",
            extension,
            "-keyout",
            directory.resolve(name + ".key").toString(),
            "-out",
            directory.resolve(name + ".crt").toString()
        };
        String[] all = java.util.Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        openssl.output(all);
    }
}
