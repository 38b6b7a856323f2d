package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckCommandTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private Path config;
    private Digest image;
    private String name;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home);
        registry = new TestRegistry(true);
        image = registry.image("team/app", "v1");
        registry.image("team/app", "latest");
        name = registry.host() + "/team/app";
        config = TestConfig.write(home.resolve("config"), registry.host(), """
                - {name: ours, repositories: ["REGISTRY/team/**"], signedBy: {any: [ci]}, tags: {refuse: [latest]}}
                - {name: bases, repositories: ["REGISTRY/base/**"], mode: warn, base: catalog}
                - {name: lab, repositories: ["REGISTRY/lab/**"], admit: unverified}
                - {name: no, repositories: ["REGISTRY/no/**"], refuse: not here}
                """);
        TestKeys.write(config.resolve("ci"));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void whatIsMissingIsSaidAndSigningIsTheRemedy() {
        assertThat(check(name + ":v1")).isEqualTo(3);
        assertThat(terminal.out())
                .contains("digest:    " + image)
                .contains("rule:      ours (environment default)")
                .contains("asks for:  a signature by ci")
                .contains("answer:    refused, UNSIGNED")
                .contains("evidence: failed, no signature or attestation was found")
                .contains("remedy:    sign it where it is built");
        assertThat(terminal.run("sign", "--key", config.resolve("ci.key").toString(), name + ":v1"))
                .isZero();
        assertThat(check(name + ":v1")).isZero();
        assertThat(terminal.out()).contains("answer:    admitted\n").contains("identity: passed, signed by ci");
    }

    @Test
    void whoHasSignedAndWhoIsMissingIsSaid() throws Exception {
        TestConfig.write(config, registry.host(), """
                - {name: ours, repositories: ["REGISTRY/team/**"], signedBy: {atLeast: 2, of: [ci, qa, ops]}}
                """);
        TestKeys.write(config.resolve("qa"), "EC", "secp521r1");
        TestKeys.write(config.resolve("ops"), "Ed25519", "");
        Files.writeString(
                config.resolve("trust.yaml"), "signers: {ci: {key: ci.pub}, qa: {key: qa.pub}, ops: {key: ops.pub}}\n");
        sign("ops");
        sign("ops");
        assertThat(check(name + ":v1")).isEqualTo(3);
        assertThat(terminal.out())
                .contains("asks for:  a signature by 2 of ci, ops, qa, each with a key of its own")
                .contains("answer:    refused, TOO_FEW_SIGNERS")
                .contains("found 1: ops; missing: ci, qa")
                .contains("remedy:    have the signers that are named as missing sign it too");
        sign("qa");
        assertThat(check(name + ":v1")).isZero();
        Files.writeString(
                config.resolve("trust.yaml"),
                "signers: {ci: {key: ci.pub}, qa: {key: qa.pub, validUntil: 2001-01-01}, ops: {key: ops.pub}}\n");
        assertThat(check(name + ":v1")).isEqualTo(3);
        assertThat(terminal.out())
                .contains("answer:    refused, KEY_EXPIRED")
                .contains("of qa counted until 2001-01-01T00:00:00Z")
                .contains("remedy:    sign it again with the signer's present key");
    }

    private void sign(String signer) {
        assertThat(terminal.run("sign", "--key", config.resolve(signer + ".key").toString(), name + ":v1"))
                .isZero();
    }

    /** As any file: SHA-384 of it, SHA-512, or all of it for Ed25519. */
    @ParameterizedTest
    @CsvSource({"EC, secp256r1", "EC, secp384r1", "EC, secp521r1", "RSA, 2048", "Ed25519, ''"})
    void aSignatureOverTheManifestsOwnBytesCountsWhateverTheKindOfKey(String algorithm, String parameter)
            throws Exception {
        TestKeys.write(config.resolve("ci"), algorithm, parameter);
        Path manifest = Files.write(home.resolve("manifest.json"), registry.bytes("team/app", image));
        Path bundle = home.resolve("manifest.sigstore.json");
        String key = config.resolve("ci.key").toString();
        assertThat(terminal.run("sign", "--key", key, "--bundle", bundle.toString(), manifest.toString()))
                .as(terminal.err())
                .isZero();
        EvidenceArtifact referrer = BundleReferrer.of(
                registry.described("team/app", image), Files.readAllBytes(bundle), "none", Instant.EPOCH);
        referrer.blobs().forEach(blob -> registry.blob(blob.bytes()));
        registry.store("team/app", "evidence", referrer.manifest(), referrer.mediaType());
        assertThat(check(name + ":v1")).isEqualTo(3);
        assertThat(terminal.out()).contains("answer:    refused, NOT_A_SIGNATURE");
        Files.writeString(config.resolve("trust.yaml"), "signers: {ci: {key: ci.pub, counts: [sign, message]}}\n");
        assertThat(check(name + ":v1")).as(terminal.out()).isZero();
        assertThat(terminal.out()).contains("subject: passed, it signs these very bytes");
    }

    @Test
    void anEnvironmentOfNoListenerIsAMistakeAndNotTheDefault() {
        assertThat(terminal.run(
                        "check", "--config", config.toString(), "--environment", "prd", "127.0.0.1:1/acme/app:1"))
                .isEqualTo(64);
        assertThat(terminal.err())
                .contains("no listener's clients are of the environment 'prd'", "known here: default");
    }

    @Test
    void aProgramReadsTheSame() throws Exception {
        assertThat(check(name + ":v1", "-o", "json")).isEqualTo(3);
        JsonObject json = StrictJson.parseObject(terminal.out().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
        assertThat(json.getString("schema")).isEqualTo("pratique.check/v1");
        assertThat(json.getString("answer")).isEqualTo("refused");
        assertThat(json.getString("reason")).isEqualTo("UNSIGNED");
        assertThat(json.getString("digest")).isEqualTo(image.toString());
        assertThat(json.arrayOrEmpty("findings", 99)).isNotEmpty();
    }

    @Test
    void rulesOfTheRequestComeFirst() {
        assertThat(check(name + ":latest")).isEqualTo(3);
        assertThat(terminal.out()).contains("TAG_REFUSED");
        assertThat(check(registry.host() + "/no/app:v1")).isEqualTo(3);
        assertThat(terminal.out()).contains("REFUSED_BY_RULE", "not here");
        assertThat(check(registry.host() + "/else/app:v1")).isEqualTo(3);
        assertThat(terminal.out()).contains("NO_RULE");
        assertThat(check("elsewhere.example/team/app:v1")).isEqualTo(3);
        assertThat(terminal.out()).contains("UNKNOWN_UPSTREAM");
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void warnAndUnverifiedAdmit() {
        registry.image("base/app", "v1");
        registry.image("lab/app", "v1");
        assertThat(check(registry.host() + "/base/app:v1")).isZero();
        assertThat(terminal.out()).contains("answer:    admitted, ", "warning:   would be refused");
        assertThat(check(registry.host() + "/lab/app:v1")).isZero();
        assertThat(terminal.out()).contains("the rule admits without evidence");
    }

    @Test
    void unreadableEvidenceIsUndecided() {
        registry.trouble(exchange -> {
            boolean referrers = exchange.getRequestURI().getPath().contains("/referrers/");
            if (referrers) {
                TestRegistry.answer(exchange, 403, null, new byte[0]);
            }
            return referrers;
        });
        assertThat(check(name + ":v1")).isEqualTo(4);
        assertThat(terminal.out()).contains("answer:    undecided", "referrers API could not be read");
    }

    @Test
    void missingDeniedAndUnreachableDiffer() {
        assertThat(check(name + ":none")).isEqualTo(3);
        assertThat(terminal.out()).contains("MANIFEST_UNKNOWN");
        registry.trouble(exchange -> {
            TestRegistry.answer(exchange, 403, null, new byte[0]);
            return true;
        });
        assertThat(check(name + ":v1")).isEqualTo(77);
        registry.close();
        assertThat(check(name + ":v1")).isEqualTo(69);
    }

    @Test
    void aBrokenConfigurationIsNotUsed() throws Exception {
        Files.writeString(config.resolve("policy.yaml"), "rulez: []\n");
        assertThat(check(name + ":v1")).isEqualTo(78);
        assertThat(terminal.err()).contains("policy.yaml:1", "hint: see: pratique config check --config " + config);
        assertThat(terminal.run("config", "check", "--config", config.toString()))
                .isEqualTo(78);
        assertThat(terminal.out()).contains(config + "/policy.yaml:1: ", "hint: ");
        assertThat(terminal.run("config", "check", "--config", config.toString(), "-o", "json"))
                .isEqualTo(78);
        assertThat(terminal.out()).contains("\"schema\":\"pratique.config.check/v1\"", "\"file\":\"policy.yaml\"");
    }

    @Test
    void aConfigurationInOrderSaysSo() {
        assertThat(terminal.run("config", "check", "--config", config.toString()))
                .isZero();
        assertThat(terminal.out()).contains("is in order: 1 upstream, 1 signer, 4 rules, 0 bases; revision ");
        assertThat(terminal.run(
                        "config", "check", "--config", home.resolve("none").toString()))
                .isEqualTo(78);
        assertThat(terminal.err()).contains("is not a directory");
    }

    /** What a pipeline has of the production proxy: the files, and none of the secrets that they name. */
    private void keepSecretsElsewhere() throws Exception {
        Files.writeString(config.resolve("proxy.yaml"), """
                listen:
                  - name: nodes
                    address: "10.1.2.3:5060"
                    tls: {certificate: /run/proxy/tls.pem, key: /run/proxy/tls.key, password: {env: TLS_KEY_PASSWORD}}
                    clients: {certificates: /run/proxy/clients.pem, passwords: /run/proxy/users}
                storage: {directory: store}
                upstreams:
                  REGISTRY:
                    url: "http://REGISTRY"
                    plainHttp: true
                    credentials: {username: robot, password: {file: /run/proxy/password}}
                  other.example: {layout: /run/proxy/images}
                """.replace("REGISTRY", registry.host()));
        Path policy = config.resolve("policy.yaml");
        Files.writeString(
                policy,
                "environments: {prod: {match: {clientCertificate: 'spiffe://acme/prod/**'}}}\n"
                        + Files.readString(policy));
    }

    @Test
    void judgesWithoutTheSecretsOfTheProxy() throws Exception {
        keepSecretsElsewhere();
        assertThat(check(name + ":v1", "--environment", "prod"))
                .as(terminal.err())
                .isEqualTo(3);
        assertThat(terminal.out()).contains("answer:    refused, UNSIGNED", "rule:      ours (environment prod)");
        sign("ci");
        assertThat(check(name + ":v1", "--environment", "prod"))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out()).contains("answer:    admitted\n");
        Files.writeString(
                config.resolve("trust.yaml"),
                "roots: {sigstore: {builtIn: public-good, offline: true}}\nsigners: {ci: {key: ci.pub}}\n");
        String directory = config.toString();
        String key = config.resolve("ci.pub").toString();
        assertThat(terminal.run("verify", "--key", key, "--config", directory, name + ":v1"))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.run("trust", "show", "--config", directory))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.run("trust", "update", "--config", directory))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.run("mirror", "containerd", "--config", directory))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out()).contains("https://10.1.2.3:5060");
    }

    /** On the proxy's machine this is what finds out. */
    @Test
    void saysWhichSecretsTheProxyLacks() throws Exception {
        keepSecretsElsewhere();
        assertThat(terminal.run("config", "check", "--config", config.toString()))
                .isEqualTo(78);
        assertThat(terminal.out())
                .contains(
                        "proxy.yaml:4: listen[0].tls.certificate names no readable file of PEM certificates",
                        "proxy.yaml:4: listen[0].tls.key names no readable file of a private key",
                        "proxy.yaml:4: listen[0].tls.password cannot be read",
                        "hint: env names a variable of the proxy's environment; it is not set, or empty",
                        "proxy.yaml:5: listen[0].clients.certificates names no readable file of PEM certificates",
                        "proxy.yaml:5: listen[0].clients.passwords names no readable file of users",
                        "credentials.password cannot be read",
                        "hint: file names a file that the proxy can read; it is not there, or empty, or over 64 KiB",
                        ".layout is not a directory");
        assertThat(terminal.run("config", "show", "--config", config.toString()))
                .isEqualTo(78);
    }

    private int check(String image, String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"check", image, "--config", config.toString()}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return terminal.run(args);
    }
}
