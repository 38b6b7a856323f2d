package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersTest {
    private static final String HASH = "$2y$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6";
    private static final Duration YEAR = Duration.ofDays(365);

    @TempDir
    private Path directory;

    private TestConfig config;
    private final TestPem server = TestPem.elliptic("secp256r1", 36_500);

    @BeforeEach
    void configure() {
        config = new TestConfig(directory)
                .write("tls/proxy.pem", server.certificatePem())
                .write("tls/proxy.key", server.pkcs8())
                .write("tls/ca.pem", server.certificatePem())
                .write("tls/users", "# nodes\n\nci-1:" + HASH + "\n");
    }

    private void listen(String rest) {
        config.write("proxy.yaml", TestConfig.PROXY + "listen: [{" + rest + "}]\n");
    }

    private String problems() {
        return TestConfig.listed(config.problems());
    }

    @Test
    void https_and_both_ways_to_know_a_client_are_read() {
        listen("address: '0.0.0.0:5060', tls: {certificate: tls/proxy.pem, key: tls/proxy.key},"
                + " clients: {certificates: tls/ca.pem, passwords: tls/users}");
        Listener listener = config.snapshot().proxy().listeners().get(0);
        assertThat(listener.tls().orElseThrow().certificate()).isEqualTo(server.certificate());
        assertThat(listener.tls().orElseThrow().key()).isEqualTo(server.keys().getPrivate());
        assertThat(listener.clients().authorities()).containsExactly(server.certificate());
        assertThat(listener.clients().passwords()).isEqualTo(Map.of("ci-1", HASH));
        assertThat(listener.toString()).doesNotContain(HASH).doesNotContain("PrivateKey");
    }

    @Test
    void keys_of_all_common_forms_are_read() {
        TestPem rsa = TestPem.rsa(2048);
        for (String key : List.of(server.pkcs8(), server.traditional(), server.encrypted("hunter2"))) {
            config.write("tls/proxy.key", key).write("tls/password", "hunter2\n");
            boolean encrypted = key.contains("ENCRYPTED");
            listen("address: 127.0.0.1:1, tls: {certificate: tls/proxy.pem, key: tls/proxy.key"
                    + (encrypted ? ", password: {file: tls/password}}" : "}"));
            assertThat(problems()).isEmpty();
        }
        config.write("tls/proxy.pem", rsa.certificatePem()).write("tls/proxy.key", rsa.traditional());
        listen("address: 127.0.0.1:1, tls: {certificate: tls/proxy.pem, key: tls/proxy.key}");
        assertThat(problems()).isEmpty();
    }

    @Test
    void what_cannot_be_served_is_said_with_what_to_do() {
        config.write("tls/other.key", TestPem.elliptic("secp256r1", 1).pkcs8())
                .write("tls/small.pem", TestPem.rsa(1024).certificatePem())
                .write("tls/521.pem", TestPem.elliptic("secp521r1", 36_500).certificatePem())
                .write("tls/old.pem", TestPem.elliptic("secp256r1", 1).certificatePem())
                .write("tls/sealed.key", server.encrypted("hunter2"))
                .write("tls/wrong", "not-it")
                .write("tls/junk", "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n");
        assertThat(tls("tls/none.pem", "tls/proxy.key"))
                .isEqualTo("proxy.yaml:5: listen[0].tls.certificate names no readable file of PEM certificates"
                        + "  -> paths are relative to the configuration directory\n");
        assertThat(tls("tls/proxy.key", "tls/proxy.key")).contains("listen[0].tls.certificate holds no certificates");
        assertThat(tls("tls/proxy.pem", "tls/proxy.pem")).contains("listen[0].tls.key holds no private key");
        assertThat(tls("tls/proxy.pem", "tls/junk")).contains("listen[0].tls.key is not a private key in PEM");
        assertThat(tls("tls/proxy.pem", "tls/other.key"))
                .contains("listen[0].tls.key is not the key of the first certificate in listen[0].tls.certificate"
                        + "  -> the server's own certificate comes first");
        assertThat(tls("tls/small.pem", "tls/proxy.key")).contains("has a key that is not served");
        assertThat(tls("tls/521.pem", "tls/proxy.key")).contains("has a key that is not served");
        assertThat(tls("tls/old.pem", "tls/proxy.key"))
                .contains("listen[0].tls.certificate has expired on 2026-01-02T00:00:00Z");
        assertThat(tls("tls/proxy.pem", "tls/sealed.key"))
                .contains("listen[0].tls.key is encrypted  -> say password: {file: PATH} beside it");
        assertThat(tls("tls/proxy.pem", "tls/sealed.key, password: {file: tls/wrong}"))
                .contains("listen[0].tls.key cannot be decrypted with this password")
                .doesNotContain("not-it");
        assertThat(tls("tls/proxy.pem", "tls/sealed.key, password: not-it"))
                .contains("password is not a reference to a secret")
                .doesNotContain("not-it");
        listen("address: 127.0.0.1:1, tls: {key: tls/proxy.key}");
        assertThat(problems()).contains("listen[0].tls lacks certificate");
    }

    private String tls(String certificate, String key) {
        listen("address: 127.0.0.1:1, tls: {certificate: " + certificate + ", key: " + key + "}");
        return problems();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ci:plain|line 1 holds no bcrypt hash",
                "ci:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=|line 1 holds no bcrypt hash",
                "ci:$apr1$abc$def|line 1 holds no bcrypt hash",
                "ci:$2x$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6|line 1 holds no bcrypt hash",
                "ci:$2y$05$tooshort|line 1 holds no bcrypt hash",
                "ci:$2y$31$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6|line 1 has a cost of 31",
                "just-a-word|line 1 is not NAME:HASH",
                ":$2y$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6|line 1 is not NAME:HASH",
                "'# nobody'|names no user",
            })
    void a_file_of_users_holds_bcrypt_only_and_is_never_shown(String line, String complaint) {
        config.write("tls/users", line + "\n");
        listen("address: 127.0.0.1:1, clients: {passwords: tls/users}");
        assertThat(problems()).contains(complaint).doesNotContain("iBDtT8lD1sMXzNiC7JSS0ecX", "qUqP5", "plain");
    }

    @Test
    void two_lines_for_one_user_are_a_problem() {
        config.write("tls/users", "a:" + HASH + "\nb:" + HASH + "\na:" + HASH + "\n");
        listen("address: 127.0.0.1:1, clients: {passwords: tls/users}");
        assertThat(problems()).contains("line 3 names a user that an earlier line names");
    }

    @Test
    void another_file_in_the_place_of_users_does_not_drown_the_operator() {
        config.write("tls/users", "x\n".repeat(5000));
        listen("address: 127.0.0.1:1, clients: {passwords: tls/users}");
        assertThat(config.problems()).hasSize(10);
    }

    @Test
    void an_open_port_with_the_upstreams_credentials_is_a_problem_until_it_asks_who_clients_are() {
        String upstream = """
                storage: {directory: store}
                upstreams:
                  docker.io: {url: "https://registry-1.docker.io", credentials: {username: robot, password: {env: P}}}
                """;
        Map<String, String> secret = Map.of("P", "x");
        config.write("proxy.yaml", upstream + "listen: [{address: '0.0.0.0:1'}]\n");
        assertThat(TestConfig.listed(config.problems(secret)))
                .contains("whoever reaches 0.0.0.0:1 would pull with the upstreams' credentials  -> ask who they are");
        String tls = "tls: {certificate: tls/proxy.pem, key: tls/proxy.key}";
        config.write("proxy.yaml", upstream + "listen: [{address: '0.0.0.0:1', " + tls + "}]\n");
        assertThat(config.problems(secret)).hasSize(1);
        for (String clients : List.of("passwords: tls/users", "certificates: tls/ca.pem")) {
            config.write(
                    "proxy.yaml",
                    upstream + "listen: [{address: '0.0.0.0:1', " + tls + ", clients: {" + clients + "}}]\n");
            assertThat(TestConfig.listed(config.problems(secret))).isEmpty();
        }
    }

    @Test
    void ways_to_know_a_client_that_cannot_work_are_problems() {
        listen("address: '0.0.0.0:1', clients: {passwords: tls/users}");
        assertThat(problems()).contains("passwords for 0.0.0.0:1 would cross the network in the clear");
        listen("address: '0.0.0.0:1', plainHttp: true, clients: {passwords: tls/users}");
        assertThat(problems()).isEmpty();
        listen("address: 127.0.0.1:1, clients: {passwords: tls/users}");
        assertThat(problems()).isEmpty();
        listen("address: 127.0.0.1:1, clients: {certificates: tls/ca.pem}");
        assertThat(problems()).contains("there are no client certificates without TLS");
        listen("address: 127.0.0.1:1, anonymous: true, clients: {passwords: tls/users}");
        assertThat(problems()).contains("anonymous: true stands beside clients");
        listen("address: 127.0.0.1:1, plainHttp: true");
        assertThat(problems()).contains("plainHttp: true says nothing about this listener");
    }

    @Test
    void a_certificate_that_ends_while_it_is_shown_keeps_no_other_change_from_coming_into_force() {
        config.write("tls/proxy.pem", TestPem.elliptic("secp256r1", 1).certificatePem());
        TestPem short1 = TestPem.elliptic("secp256r1", 365);
        TestPem short2 = TestPem.elliptic("secp256r1", 365);
        config.write("tls/proxy.pem", short1.certificatePem()).write("tls/proxy.key", short1.pkcs8());
        listen("address: 127.0.0.1:1, tls: {certificate: tls/proxy.pem, key: tls/proxy.key}");
        Instant[] now = {TestPem.START.plus(YEAR).minusSeconds(1)};
        ConfigWatch watch = new ConfigWatch(directory, Map.of(), new InstantSource() {
            @Override
            public Instant instant() {
                return now[0];
            }
        });
        TestConfig.valid(watch.load());
        now[0] = TestPem.START.plus(YEAR).plusSeconds(1);
        config.write("policy.yaml", "rules: [{name: none, repositories: [\"**\"], refuse: closed}]\n");
        assertThat(TestConfig.valid(watch.poll().orElseThrow()).policy().rules())
                .hasSize(1);
        config.write("tls/proxy.pem", short2.certificatePem()).write("tls/proxy.key", short2.pkcs8());
        assertThat(watch.poll().orElseThrow()).isInstanceOf(Loaded.Invalid.class);
    }

    @Test
    void a_changed_certificate_key_or_file_of_users_is_noticed() {
        config.write("tls/password", "hunter2").write("tls/proxy.key", server.encrypted("hunter2"));
        listen("address: 127.0.0.1:1, tls: {certificate: tls/proxy.pem, key: tls/proxy.key, password: {file:"
                + " tls/password}}, clients: {certificates: tls/ca.pem, passwords: tls/users}");
        ConfigWatch watch = new ConfigWatch(directory, Map.of());
        Snapshot before = TestConfig.valid(watch.load());
        assertThat(watch.poll()).isEmpty();
        config.write("tls/users", "ci-2:" + HASH + "\n");
        Snapshot after = TestConfig.valid(watch.poll().orElseThrow());
        assertThat(after.proxy().listeners().get(0).clients().passwords()).containsOnlyKeys("ci-2");
        assertThat(after.revision()).as("verdicts hang on none of it").isEqualTo(before.revision());
        config.write("tls/password", "hunter22");
        assertThat(watch.poll().orElseThrow()).isInstanceOf(Loaded.Invalid.class);
        config.write("tls/password", "hunter2\n").write("tls/ca.pem", "");
        assertThat(watch.poll().orElseThrow()).isInstanceOf(Loaded.Invalid.class);
    }

    @Test
    void the_first_environment_that_matches_decides_and_all_its_keys_must_hold() throws Exception {
        config.write("proxy.yaml", TestConfig.PROXY + """
                listen:
                  - {name: nodes, address: 127.0.0.1:1, tls: {certificate: tls/proxy.pem, key: tls/proxy.key}, clients: {certificates: tls/ca.pem, passwords: tls/users}}
                  - {name: dev, address: 127.0.0.1:2}
                """).write("policy.yaml", """
                        environments:
                          prod: {match: {clientCertificate: "spiffe://acme/prod/**"}}
                          hosts: {match: {clientCertificate: "*.nodes.example"}}
                          robots: {match: {listener: nodes, user: "ci-*"}}
                          lab: {match: {listener: dev}}
                        """ + TestConfig.POLICY);
        Environments environments = config.snapshot().environments();
        assertThat(environments.names()).containsExactly("default", "hosts", "lab", "prod", "robots");
        assertThat(environments.of("nodes", ClientNames.NONE)).isEqualTo("default");
        assertThat(environments.of("dev", ClientNames.NONE)).isEqualTo("lab");
        assertThat(environments.of("nodes", ClientNames.NONE.withUser("ci-1"))).isEqualTo("robots");
        assertThat(environments.of("dev", ClientNames.NONE.withUser("ci-1"))).isEqualTo("lab");
        ClientNames spiffe = names(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://acme/prod/a/b"));
        assertThat(environments.of("nodes", spiffe)).isEqualTo("prod");
        assertThat(environments.of("nodes", spiffe.withUser("ci-1"))).isEqualTo("prod");
        assertThat(environments.of("nodes", names(new GeneralName(GeneralName.dNSName, "A.nodes.example"))))
                .isEqualTo("hosts");
        assertThat(names(new GeneralName(GeneralName.dNSName, "a.nodes.example"))
                        .hosts())
                .as("the common name does not count beside another name")
                .containsExactly("a.nodes.example");
        assertThat(names().hosts()).containsExactly("proxy.example");
        ClientNames liar = new ClientNames(java.util.Optional.empty(), List.of(), List.of("spiffe://acme/prod/x"));
        assertThat(environments.of("nodes", liar)).as("a host name is no URI").isEqualTo("default");
    }

    private static ClientNames names(GeneralName... names) throws Exception {
        return ClientNames.of(TestPem.elliptic("secp256r1", 1, names).certificate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{clientCertificate: '**'}|environments.e.match.clientCertificate can never match: no listener asks for client certificates",
                "{user: '*'}|environments.e.match.user can never match: no listener asks for passwords",
                "{listener: open, user: '*'}|can never match: the listener \"open\" asks for no passwords",
                "{user: '*a*a*a*a*a****'}|environments.e.match.user is no pattern over names",
                "{listener: opne}|\"opne\" is no listener of proxy.yaml",
                "{}|environments.e.match is empty",
            })
    void a_match_that_can_never_hold_is_a_problem(String test) {
        String[] parts = test.split("\\|", -1);
        boolean asked = parts[0].contains("open") || parts[0].contains("****");
        config.write(
                        "proxy.yaml",
                        TestConfig.PROXY + "listen: [{name: open, address: 127.0.0.1:1}"
                                + (asked
                                        ? ", {name: asks, address: 127.0.0.1:2, clients: {passwords: tls/users}}]\n"
                                        : "]\n"))
                .write("policy.yaml", "environments: {e: {match: " + parts[0] + "}}\n" + TestConfig.POLICY);
        assertThat(problems()).contains(parts[1].replace("****", ""));
    }

    @Test
    void an_environment_behind_one_that_takes_all_its_clients_is_a_problem() {
        config.write("proxy.yaml", TestConfig.PROXY + "listen: [{name: a, address: 127.0.0.1:1}]\n")
                .write(
                        "policy.yaml",
                        "environments:\n  one: {match: {listener: a}}\n  two: {match: {listener: a}}\n"
                                + TestConfig.POLICY);
        assertThat(problems())
                .contains("policy.yaml:3: environments.two.match can never decide: one matches all of it");
    }
}
