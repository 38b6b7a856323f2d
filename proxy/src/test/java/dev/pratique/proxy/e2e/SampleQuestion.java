package dev.pratique.proxy.e2e;

import dev.pratique.proxy.e2e.rig.ProxyConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One run of cosign on a recorded image as a question to the proxy: a signer, a root and a rule that ask what the flags ask.
 *
 * @param name of signer, root, rule and repository
 */
record SampleQuestion(String name, SampleCase sample, SampleCase.Check check) {
    private static final String UPSTREAM = "samples.test";

    /** Where the image is put for this question alone. */
    String repository() {
        return name + "/" + sample.id();
    }

    /** As a client names it. */
    String path() {
        return "/v2/" + UPSTREAM + "/" + repository() + "/manifests/" + subject();
    }

    String subject() {
        String image = last();
        return image.substring(image.indexOf("@") + 1);
    }

    String label() {
        return sample.id() + ": " + check.label();
    }

    /** Why no configuration can ask this, if so. */
    Optional<String> notAsked() {
        if (has("-a")) {
            return Optional.of("no rule asks for annotations of a signature");
        }
        if (type().equals(Optional.of("link"))) {
            return Optional.of("no rule asks for a statement of any type but provenance");
        }
        if (flag("--certificate-identity-regexp").equals(Optional.of(".*"))) {
            return Optional.of("whoever comes is nobody: such a signer is a problem of the configuration");
        }
        return Optional.empty();
    }

    /** Writes the files that the signer needs, and its line. */
    String signer(ProxyConfig config) {
        Optional<String> key = flag("--key");
        if (key.isPresent()) {
            config.write(name + ".pub", read(Path.of(key.get())));
            return "{key: " + name + ".pub" + algorithms(key.get()) + witnesses() + counts() + "}";
        }
        StringBuilder identity = new StringBuilder();
        text(identity, "subject", "--certificate-identity");
        text(identity, "issuer", "--certificate-oidc-issuer");
        text(identity, "githubWorkflowRepository", "--certificate-github-workflow-repository");
        text(identity, "githubWorkflowRef", "--certificate-github-workflow-ref");
        return "{identities: [{" + identity.substring(2) + "}], roots: [" + name + "]" + counts() + "}";
    }

    /** As cosign asks: the log unless it is told not to, timestamps where it is told to. */
    private String witnesses() {
        return byTheClock() ? "" : ", roots: [" + name + "]";
    }

    /** Without the flag cosign verifies with SHA-256, whatever the key. */
    private String algorithms(String key) {
        return key.endsWith("k-p384.pub")
                        && flag("--signature-digest-algorithm").isEmpty()
                ? ", algorithms: [ecdsa-sha2-256-nistp384]"
                : "";
    }

    /** For cosign any statement attests; here only provenance has a rule of its own. */
    private String counts() {
        return type().isPresent() && !provenance() ? ", counts: [sign, any-statement]" : "";
    }

    private void text(StringBuilder identity, String member, String flag) {
        flag(flag).ifPresent(text -> identity.append(", %s: '%s'".formatted(member, text)));
        // An authority of one's own has no issuers; for cosign that is an empty one.
        flag(flag + "-regexp")
                .filter(text -> !text.equals(".*"))
                .ifPresent(text -> identity.append(", %s: {regexp: '%s'}".formatted(member, text)));
    }

    /** Writes the trusted root, and its line. */
    String root(ProxyConfig config) {
        Path trusted = Path.of(flag("--trusted-root").orElseThrow());
        if (isOfOnesOwn() && byTheClock()) {
            config.write(name + ".pem", read(trusted.resolveSibling("pki/byo-ca.crt")));
            return "{certificates: [%s.pem], repositories: ['%s/%s']}".formatted(name, UPSTREAM, repository());
        }
        String own = "";
        if (isOfOnesOwn()) {
            // A bundle of version 0.3 has the signer's certificate alone.
            String chain =
                    read(trusted.resolveSibling("pki/byo-int.crt")) + read(trusted.resolveSibling("pki/byo-ca.crt"));
            config.write(name + ".pem", chain);
            own = "certificates: [" + name + ".pem], ";
        }
        config.write(name + ".json", read(trusted));
        return "{%strustedRoot: %s.json, logs: %d, timestamps: %d, certificateLogs: %d, repositories: ['%s']}"
                .formatted(
                        own,
                        name,
                        has("--insecure-ignore-tlog") ? 0 : 1,
                        has("--use-signed-timestamps") ? 1 : 0,
                        has("--insecure-ignore-sct") ? 0 : 1,
                        UPSTREAM + "/" + repository());
    }

    /** What the rule asks. */
    String rule() {
        String signedBy = "signedBy: {any: [" + name + "]}";
        return "{name: %s, repositories: ['%s/%s'], %s}"
                .formatted(name, UPSTREAM, repository(), provenance() ? "provenance: {" + signedBy + "}" : signedBy);
    }

    private boolean provenance() {
        return type().map(type -> type.startsWith("slsaprovenance")).orElse(false);
    }

    private Optional<String> type() {
        return flag("--type");
    }

    /** An authority of one's own has no issuers; for cosign any will do then. */
    private boolean isOfOnesOwn() {
        return flag("--key").isEmpty()
                && (byTheClock() || flag("--certificate-oidc-issuer-regexp").equals(Optional.of(".*")));
    }

    /** Nobody is asked when it was signed: that is an authority of one's own, and the clock. */
    private boolean byTheClock() {
        return has("--insecure-ignore-tlog") && !has("--use-signed-timestamps");
    }

    private boolean has(String flag) {
        return check.arguments().contains(flag);
    }

    private Optional<String> flag(String flag) {
        List<String> arguments = check.arguments();
        int at = arguments.indexOf(flag);
        return at < 0 ? Optional.empty() : Optional.of(arguments.get(at + 1));
    }

    private String last() {
        return check.arguments().get(check.arguments().size() - 1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
