package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {
    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void write() {
        config = new TestConfig(directory);
    }

    @Test
    void haveDefaultsForAllThatTheFileDoesNotSay() {
        ProxySettings proxy = config.snapshot().proxy();
        assertThat(proxy.listeners())
                .hasToString(
                        "[Listener[name=default, address=127.0.0.1:5060,"
                                + " upstream=Optional.empty, anonymous=false,"
                                + " asks=Asks[tls=false, certificates=false, passwords=false], tls=Optional.empty, clients=Clients[0 authorities, 0 users]]]");
        assertThat(proxy.operator()).hasToString("127.0.0.1:5061");
        assertThat(proxy.storage().directory()).isEqualTo(directory.resolve("store"));
        assertThat(proxy.decisions().file()).contains(directory.resolve("store/decisions.jsonl"));
        assertThat(proxy.tags()).isEqualTo(new ProxySettings.Tags(Duration.ofSeconds(30), Duration.ZERO));
        assertThat(proxy.evidence()).isEqualTo(new ProxySettings.Evidence(Duration.ofHours(24), Duration.ofDays(7)));
        assertThat(proxy.authorisationTtl()).isEqualTo(Duration.ofHours(1));
        assertThat(proxy.limits()).isEqualTo(new ProxySettings.Limits(16, 256, Duration.ofSeconds(20), 4096));
        assertThat(proxy.refusal().statusFor("containerd/v2.1.4")).contains(300);
        assertThat(proxy.refusal().statusFor("skopeo/1.18")).isEmpty();
    }

    @Test
    void takeWhatTheFileSays() {
        config.write("layout/oci-layout", "{}").write("proxy.yaml", """
                        listen: [{name: a, address: "[::1]:0"}, {name: b, address: "registry.internal:5060"}]
                        operator: {address: 127.0.0.1:0, names: [pratique.example, Pratique]}
                        storage: {directory: /srv/store}
                        upstreams:
                          docker.io:
                            url: https://registry-1.docker.io:8443/
                            tokenRealms: ["https://auth.docker.io"]
                            redirects: ["https://store.example:9000/"]
                            missing: [403, 410]
                            timeouts: {connect: 1s, total: 0}
                          localhost:5000: {url: "http://localhost:5000", plainHttp: true}
                          local.example: {layout: layout}
                        authorisation: {ttl: 0}
                        refusal: {status: {"containerd/": 300, "containerd/2.9": 403}}
                        limits: {deadline: 2m}
                        decisions: {file: "-"}
                        """);
        ProxySettings proxy = config.snapshot().proxy();
        assertThat(proxy.listeners())
                .extracting(one -> one.address().toString())
                .containsExactly("[::1]:0", "registry.internal:5060");
        assertThat(proxy.authorisationTtl()).isZero();
        assertThat(proxy.operatorNames()).containsExactly("pratique.example", "Pratique");
        assertThat(proxy.decisions().file()).isEmpty();
        assertThat(proxy.refusal().statusFor("containerd/2.9.1")).contains(403);
        Upstream.Registry hub = (Upstream.Registry) proxy.upstream("docker.io").orElseThrow();
        assertThat(hub.url()).hasToString("https://registry-1.docker.io:8443");
        assertThat(hub.redirects()).hasToString("[https://store.example:9000]");
        assertThat(hub.missing()).containsExactlyInAnyOrder(403, 410);
        assertThat(hub.timeouts())
                .isEqualTo(new Upstream.Timeouts(
                        Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ZERO));
        assertThat(proxy.upstream("local.example"))
                .contains(new Upstream.Layout("local.example", directory.resolve("layout")));
        assertThat(List.copyOf(proxy.upstreams().keySet())).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'a.example: {}'                                               | upstreams["a.example"] is empty
                    'a.example: {missing: [403]}'                                 | upstreams["a.example"] has neither url nor layout
                    'a.example: {layout: keys, url: "https://a.example"}'         | a layout on disk has no url
                    'a.example: {layout: nowhere}'                                | upstreams["a.example"].layout is not a directory
                    'a.example: {url: "https://a.example", plainHttp: true}'      | plainHttp: true stands beside an https url
                    'a.example: {url: "https://a.example", redirects: ["http://b"]}' | upstreams["a.example"].redirects[0] is plain HTTP
                    'a.example: {url: "https://a.example", redirects: ["https://b/x"]}' | upstreams["a.example"].redirects[0] is not scheme, host and port alone
                    'a.example: {url: "https://a.example", redirects: [store]}'   | upstreams["a.example"].redirects[0] is not scheme, host and port alone
                    'a.example: {url: "ftp://a.example"}'                         | upstreams["a.example"].url is not scheme, host and port alone
                    'a.example: {url: a.example}'                                 | upstreams["a.example"].url is not scheme, host and port alone
                    'a.example: {url: "https://a.example", ca: keys/acme.pub}'    | upstreams["a.example"].ca names no readable file of PEM certificates
                    'a.example: {url: "https://a.example", timeouts: {idle: 0}}'  | upstreams["a.example"].timeouts.idle is "0", which is too short
                    'a b: {url: "https://a.example"}'                             | "a b" is not a registry's host
                    """)
    void anUpstreamThatIsNoneIsAProblem(String upstream, String what) {
        config.write("proxy.yaml", TestConfig.PROXY + "  " + upstream + "\n");
        assertThat(config.problems()).extracting(Problem::what).contains(what);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'listen: [{name: a, address: 127.0.0.1:1}, {name: a, address: 127.0.0.1:2}]' | two listeners are called a
                    'listen: [{name: a, address: 127.0.0.1:1}, {name: b, address: 127.0.0.1:1}]' | two listeners have the address 127.0.0.1:1
                    'listen: [{address: 127.0.0.1:5061}]'         | the operator's port 127.0.0.1:5061 is a listener's too
                    'listen: [{address: 127.0.0.1:70000}]'        | listen[0].address is "127.0.0.1:70000", not host:port
                    'listen: [{address: 127.0.0.1:1, upstream: quay.io}]' | "quay.io" is no upstream of proxy.yaml
                    'listen: [{address: 127.0.0.1:1, anonymous: yes}]' | listen[0].anonymous is "yes", not true or false
                    'listen: [{name: a}]'                         | listen[0] lacks address
                    'refusal: {status: {"x/": 200}}'              | refusal.status["x/"] is "200", not a whole number from 300 to 599
                    'refusal: {status: {"x/": 302}}'              | refusal.status["x/"] is 302, which is no refusal
                    'tags: {ttl: 1w}'                             | tags.ttl is "1w", not a duration
                    'cache: {size: 10GiB}'                        | unknown key "cache"
                    """)
    void aSettingThatIsNoneIsAProblem(String setting, String what) {
        config.write("proxy.yaml", TestConfig.PROXY + setting + "\n");
        assertThat(config.problems()).extracting(Problem::what).contains(what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://pratique.example", "pratique.example:5061", "-x", "a b", "*.example"})
    void takeNoNameOfTheOperatorsPortThatIsNoHostName(String name) {
        config.write(
                "proxy.yaml",
                "operator: {names: [\"" + name + "\"]}\nstorage: {directory: s}\n"
                        + "upstreams: {ghcr.io: {url: \"https://ghcr.io\"}}\n");
        assertThat(TestConfig.listed(config.problems(Map.of())))
                .contains("proxy.yaml:1: operator.names[0] is \"" + name + "\", not a host name");
    }
}
