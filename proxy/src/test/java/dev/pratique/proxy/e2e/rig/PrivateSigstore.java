package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The servers of a Sigstore, all of them real: Fulcio with a certificate transparency log, one without, one of another
 * authority; Rekor v1 and v2; a timestamp authority; and an issuer of tokens with the claims of GitHub and others. The
 * scripts beside the checkout start them at fixed ports, so this needs a network namespace of its own, in which nothing can
 * leave the machine either.
 */
public final class PrivateSigstore implements AutoCloseable {
    private static final String ISSUERS = "http://127.0.0.1:18888/";
    private static final String TIMESTAMPS = "http://127.0.0.1:18380/api/v1/timestamp";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path home = Scratch.directory("sigstore");
    private final Path scripts;
    private final Tool bash = Tool.named("bash");
    private final Tool cosign = Tool.named("cosign");

    private PrivateSigstore(Path scripts) {
        this.scripts = scripts;
        String path = System.getenv("PATH") + ":/usr/local/go/bin";
        String programs = Tool.named("fulcio").directory().toString();
        bash.with("PATH", path).with("BIN", programs).with("STACK_TTL", "1800");
        bash.with("W", home.resolve("run").toString())
                .with("PKI", home.resolve("pki").toString())
                .with("OUT", home.resolve("out").toString());
        cosign.with("COSIGN_PASSWORD", "")
                .with("COSIGN_YES", "true")
                .with("TUF_ROOT", home.resolve("tuf").toString());
    }

    /** What a signature has beside itself, and where it is put. */
    public enum Way {
        /** A bundle with an entry of Rekor v2 and a timestamp, as cosign 3 does it unless it is told otherwise. */
        REKOR2("signing_config.rekor2.json"),
        /** A bundle with an entry of Rekor v1 and nothing else. */
        REKOR1("signing_config.rekor1-notsa.json"),
        /** A bundle with an entry of Rekor v1 and a timestamp. */
        REKOR1_STAMPED("signing_config.rekor1.json"),
        /** A bundle with a timestamp and in no log. */
        STAMPED("signing_config.tsa-only.json"),
        /** A bundle in no log and without a timestamp. */
        BARE("signing_config.none.json"),
        /** As {@link #REKOR2}, with a certificate that no transparency log has. */
        NO_SCT("signing_config.noct.json"),
        /** As {@link #REKOR2}, with a certificate of an authority that nobody knows. */
        OTHER_AUTHORITY("signing_config.otherca.json"),
        /** A {@code .sig} or {@code .att} tag with an entry of Rekor v1 in an annotation. */
        OLD("old"),
        /** As {@link #OLD}, with a timestamp in another annotation. */
        OLD_STAMPED("old"),
        /** As {@link #OLD}, in no log. */
        OLD_BARE("old");

        private final String signingConfig;

        Way(String signingConfig) {
            this.signingConfig = signingConfig;
        }
    }

    /** Starts all of it; the caller closes. */
    public static PrivateSigstore start() {
        alone();
        Path scripts = Path.of(System.getProperty("pratique.shared"), "stack").toAbsolutePath();
        PrivateSigstore sigstore = new PrivateSigstore(scripts);
        try {
            Files.createDirectory(sigstore.home.resolve("out"));
            sigstore.script("pki.sh", sigstore.home.resolve("pki").toString());
            sigstore.script("pki-byo.sh");
            sigstore.stack("start", "oidc", "tsa", "rekor2", "db", "ctfe", "fulcio", "rekor1");
            sigstore.stack("start", "fulcio_noct", "fulcio_other");
            sigstore.script("roots.sh", sigstore.home.toString());
            sigstore.cosign.output("generate-key-pair", "--output-key-prefix", sigstore.file("key"));
            return sigstore;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            sigstore.close();
            throw e;
        }
    }

    /** Skips what would start servers at fixed ports beside others' programs, but not in CI. */
    private static void alone() {
        try {
            boolean alone = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .allMatch(InetAddress::isLoopbackAddress);
            String how = "a private Sigstore wants a network namespace of its own: .ci/nightly sigstore";
            if (!alone && "true".equals(System.getenv("CI"))) {
                throw new AssertionError(how);
            }
            Assumptions.assumeTrue(alone, how);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void script(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(scripts.resolve(name).toString()));
        all.addAll(List.of(arguments));
        Tool.Ran ran = bash.run(PATIENCE, all.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.toString()).isZero();
    }

    private void stack(String... arguments) {
        List<String> all = new ArrayList<>(List.of(scripts.resolve("stack.sh").toString()));
        all.addAll(List.of(arguments));
        Tool.Ran ran = bash.run(PATIENCE, all.toArray(String[]::new));
        // The script goes on where a server does not come up, and says so.
        assertThat(ran.succeeded() && !ran.said().contains("NOT UP"))
                .as(ran.toString())
                .isTrue();
    }

    /** Who issues tokens of this kind ({@code gh}, {@code gitlab}, {@code email}, …). */
    public static String issuer(String kind) {
        return ISSUERS + kind;
    }

    /** cosign's arguments for a signature without a key, by whom a profile of the issuer describes. */
    public static List<String> as(String kind, String profile) {
        Web.Answer token = Web.get(issuer(kind) + "/token?profile=" + profile);
        assertThat(token.status()).as(token.toString()).isEqualTo(200);
        return List.of("--identity-token", token.text());
    }

    /** The same by a run of GitHub's. */
    public static List<String> as(GitHubRun run) {
        return List.of("--identity-token", run.token(issuer("gh")));
    }

    /** cosign's arguments for a signature with a key and nothing else. */
    public List<String> asKey() {
        return List.of("--key", file("key.key"));
    }

    /** That key's public half, in PEM. */
    public String publicKey() {
        return read("key.pub");
    }

    /** cosign's arguments for a signature with the private authority's key and certificate. */
    public List<String> asOwnCertificate() {
        return List.of("--key", file("out/k-byo.key"), "--certificate", file("pki/byo-leaf.crt"));
    }

    /** A certificate of that authority for the same signer, which ended in the second in which it was issued. */
    public List<String> asEndedCertificate() {
        Tool openssl = Tool.named("openssl");
        openssl.output(
                ("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /O=acme/CN=ended -keyout "
                                + file("ended.pem") + " -out " + file("ended.csr"))
                        .split(" "));
        String extensions = Scratch.file(".cnf", """
                        basicConstraints = critical,CA:FALSE
                        keyUsage = critical,digitalSignature
                        extendedKeyUsage = codeSigning
                        subjectAltName = email:release@acme.test
                        """).toString();
        openssl.output(("x509 -req -days 0 -sha256 -in " + file("ended.csr") + " -CA " + file("pki/byo-int.crt")
                        + " -CAkey " + file("pki/byo-int.key") + " -CAcreateserial -extfile " + extensions + " -out "
                        + file("ended.crt"))
                .split(" "));
        cosign.output("import-key-pair", "--key", file("ended.pem"), "--output-key-prefix", file("ended"));
        return List.of("--key", file("ended.key"), "--certificate", file("ended.crt"));
    }

    /** @param image by digest, where the registry is */
    public void sign(List<String> who, Way way, String image) {
        List<String> command = new ArrayList<>(List.of("sign"));
        command.addAll(who);
        command.addAll(arguments(way));
        // With a trusted root cosign verifies the certificate itself, and would not sign with what these tests are
        // about.
        if (!who.contains("--certificate") && way != Way.OTHER_AUTHORITY) {
            command.addAll(List.of("--trusted-root", file("trusted_root.json")));
        }
        command.add(image);
        cosign.output(command.toArray(String[]::new));
    }

    /** @param type as cosign names predicate types */
    public void attest(List<String> who, Way way, String type, Path predicate, String image) {
        List<String> command = new ArrayList<>(List.of("attest", "--type", type, "--predicate", predicate.toString()));
        command.addAll(who);
        command.addAll(arguments(way));
        command.addAll(List.of("--trusted-root", file("trusted_root.json"), image));
        cosign.output(command.toArray(String[]::new));
    }

    private List<String> arguments(Way way) {
        if (!way.signingConfig.equals("old")) {
            return List.of("--signing-config", file(way.signingConfig));
        }
        List<String> old = List.of(
                "--new-bundle-format=false",
                "--use-signing-config=false",
                "--fulcio-url=http://127.0.0.1:18555",
                "--rekor-url=http://127.0.0.1:18300");
        return switch (way) {
            case OLD_STAMPED -> plus(old, "--timestamp-server-url=" + TIMESTAMPS);
            case OLD_BARE -> plus(old, "--tlog-upload=false");
            default -> old;
        };
    }

    private static List<String> plus(List<String> some, String one) {
        return Stream.concat(some.stream(), Stream.of(one)).toList();
    }

    /**
     * The same by our own program.
     *
     * @param more arguments, the command first
     */
    public Tool.Ran ours(List<String> who, Way way, String image, String... more) {
        return oursBy(rootFor(who, way), who, way, image, more);
    }

    /** The same by a trusted root of this file. */
    public Tool.Ran oursBy(String root, List<String> who, Way way, String image, String... more) {
        List<String> command = new ArrayList<>(List.of(more));
        command.addAll(who);
        command.addAll(List.of("--trusted-root", root));
        command.addAll(way.signingConfig.equals("old") ? older(way) : signingConfig(way));
        command.add(image);
        return Program.signer(Map.of("COSIGN_PASSWORD", ""), command.toArray(String[]::new));
    }

    /** Which services {@link #ours} asks. */
    public List<String> signingConfig(Way way) {
        return List.of("--signing-config", file(way.signingConfig));
    }

    private String rootFor(List<String> who, Way way) {
        return file(
                way == Way.NO_SCT
                        ? "trusted_root.noct.json"
                        : who.contains("--certificate") ? "trusted_root.byo.json" : "trusted_root.json");
    }

    private static List<String> older(Way way) {
        List<String> named = new ArrayList<>(List.of("--format", "cosign", "--rekor-url", "http://127.0.0.1:18300"));
        named.addAll(List.of("--fulcio-url", "http://127.0.0.1:18555"));
        if (way == Way.OLD_STAMPED) {
            named.addAll(List.of("--timestamp-server-url", TIMESTAMPS));
        }
        return named;
    }

    /** What cosign says of an image that this run should have signed. */
    public Tool.Ran verify(GitHubRun run, Way way, String image) {
        List<String> command = new ArrayList<>(List.of("verify", "--certificate-identity", run.subject()));
        command.addAll(List.of("--certificate-oidc-issuer", issuer("gh"), "--trusted-root", file("trusted_root.json")));
        switch (way) {
            case STAMPED -> command.addAll(List.of("--use-signed-timestamps", "--insecure-ignore-tlog"));
            case NO_SCT -> command.add("--insecure-ignore-sct");
            case REKOR1_STAMPED -> command.add("--use-signed-timestamps");
            case OLD -> command.add("--new-bundle-format=false");
            case OLD_STAMPED -> command.addAll(List.of("--use-signed-timestamps", "--new-bundle-format=false"));
            default -> {}
        }
        command.add(image);
        return cosign.run(command.toArray(String[]::new));
    }

    /** What cosign says of an attestation that this run should have made. */
    public Tool.Ran verifyAttestation(GitHubRun run, String type, Way way, String image) {
        List<String> command = new ArrayList<>(List.of("verify-attestation", "--type", type));
        command.addAll(List.of("--certificate-identity", run.subject(), "--certificate-oidc-issuer", issuer("gh")));
        command.addAll(List.of("--trusted-root", file("trusted_root.json")));
        command.add("--new-bundle-format=" + !way.signingConfig.equals("old"));
        command.add(image);
        return cosign.run(command.toArray(String[]::new));
    }

    /** The signing config by which a signature gets these things; of the newer ways. */
    public String signingConfigFile(Way way) {
        return file(way.signingConfig);
    }

    /** The file of {@link #trustedRoot(String)}. */
    public String trustedRootFile() {
        return file("trusted_root.json");
    }

    /** The file of {@link #publicKey}. */
    public String publicKeyFile() {
        return file("key.pub");
    }

    /** A trusted root as cosign writes it: {@code trusted_root.json}, or with a variant's name before {@code .json}. */
    public String trustedRoot(String file) {
        return read(file);
    }

    /** The private authority's own certificate and the one below it, in PEM. */
    public String ownAuthority() {
        return read("pki/byo-chain.crt");
    }

    /** The certificate of {@link #asOwnCertificate}, in PEM. */
    public String ownCertificate() {
        return read("pki/byo-leaf.crt");
    }

    private String read(String name) {
        try {
            return Files.readString(home.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String file(String name) {
        return home.resolve(name).toString();
    }

    @Override
    public void close() {
        stack("stop");
    }
}
