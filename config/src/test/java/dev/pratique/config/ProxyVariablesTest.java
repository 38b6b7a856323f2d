package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyVariablesTest {
    private static final URI HOST = URI.create("https://tuf.example/1.root.json");

    private static Proxy of(Map<String, String> environment, URI uri) {
        return new ProxyVariables(environment).select(uri).get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, http://proxy.example:8080, proxy.example, 8080",
        "https_proxy, http://proxy.example:8080/, proxy.example, 8080",
        "HTTPS_PROXY, proxy.example:8080, proxy.example, 8080",
        "HTTPS_PROXY, http://name:word@proxy.example, proxy.example, 3128"
    })
    void leads_through_the_proxy_of_the_scheme(String variable, String value, String host, int port) {
        Proxy proxy = of(Map.of(variable, value), HOST);
        assertThat(proxy.type()).isEqualTo(Proxy.Type.HTTP);
        assertThat(proxy.address()).isEqualTo(InetSocketAddress.createUnresolved(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "tuf.example", "example", ".example", "other, tuf.example ", "tuf.example:443"})
    void goes_straight_where_it_is_said(String exempt) {
        URI withPort = URI.create("https://tuf.example:443/");
        assertThat(of(Map.of("HTTPS_PROXY", "proxy:1", "NO_PROXY", exempt), withPort))
                .isEqualTo(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "f.example", "xample", "tuf.example:8443", "tuf.example.org"})
    void goes_through_the_proxy_where_nothing_else_is_said(String exempt) {
        assertThat(of(Map.of("HTTPS_PROXY", "proxy:1", "NO_PROXY", exempt), HOST))
                .isNotEqualTo(Proxy.NO_PROXY);
    }

    @Test
    void goes_straight_without_variables_to_this_machine_and_for_other_schemes() {
        assertThat(of(Map.of(), HOST)).isEqualTo(Proxy.NO_PROXY);
        assertThat(of(Map.of("HTTP_PROXY", "proxy:1"), HOST)).isEqualTo(Proxy.NO_PROXY);
        assertThat(of(Map.of("HTTP_PROXY", "proxy:1"), URI.create("http://127.0.0.1:3")))
                .isEqualTo(Proxy.NO_PROXY);
        assertThat(of(Map.of("HTTPS_PROXY", "http://"), HOST)).isEqualTo(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.200.3.4, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "10.0.0.0/33, 10.0.0.1, false",
        "10.0.0.0/8, registry.example, false"
    })
    void blocks_of_addresses_are_exempt_as_a_whole(String block, String host, boolean exempt) {
        Proxy proxy = of(Map.of("HTTPS_PROXY", "proxy:1", "NO_PROXY", block), URI.create("https://" + host + "/v2/"));
        assertThat(proxy.equals(Proxy.NO_PROXY)).isEqualTo(exempt);
    }

    @Test
    void a_proxy_that_wants_a_password_is_shown_it_and_nobody_else_is() {
        ProxyVariables variables = new ProxyVariables(
                Map.of("HTTPS_PROXY", "http://name:w%3Ard@proxy.example:8080", "NO_PROXY", "direct.example"));
        PasswordAuthentication login = variables.login(HOST).orElseThrow();
        assertThat(login.getUserName()).isEqualTo("name");
        assertThat(login.getPassword()).isEqualTo("w:rd".toCharArray());
        assertThat(variables.login(URI.create("https://direct.example/"))).isEmpty();
        assertThat(variables.login(URI.create("http://tuf.example/"))).isEmpty();
        assertThat(new ProxyVariables(Map.of("HTTPS_PROXY", "proxy:1")).login(HOST))
                .isEmpty();
    }
}
