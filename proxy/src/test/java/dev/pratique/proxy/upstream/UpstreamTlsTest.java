package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UpstreamTlsTest {
    private final TestCertificates certificates = new TestCertificates();

    UpstreamTlsTest() throws Exception {}

    private Fetched fetchFrom(FakeRegistry registry, URI address, boolean trusted) {
        registry.manifest("acme/app", MediaType.OCI_MANIFEST, "{}".getBytes(UTF_8), "1.0");
        UpstreamSettings settings = UpstreamSettings.registry(Rig.NAME, address).withTimeouts(Rig.SHORT);
        if (trusted) {
            settings = settings.withAuthorities(List.of(certificates.authority()));
        }
        try (Rig rig = new Rig(settings)) {
            return rig.fetch(Rig.tag("1.0"));
        }
    }

    private static void assertUnread(Fetched fetched, String why) {
        assertThat(fetched)
                .isInstanceOfSatisfying(
                        Fetched.Unread.class,
                        unread -> assertThat(unread.what()).contains(why));
    }

    @Test
    void a_private_authority_is_trusted_where_it_is_configured() throws Exception {
        SSLContext server = certificates.server("localhost", 30);
        try (FakeRegistry registry = FakeRegistry.start(server)) {
            assertThat(fetchFrom(registry, registry.uri(), true)).isInstanceOf(Fetched.Found.class);
            assertUnread(fetchFrom(registry, registry.uri(), false), "not trusted");
        }
    }

    @Test
    void large_bodies_and_many_requests_come_over_one_connection() throws Exception {
        try (FakeRegistry registry = FakeRegistry.start(certificates.server("localhost", 30));
                Rig rig = new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri())
                        .withTimeouts(Rig.SHORT)
                        .withAuthorities(List.of(certificates.authority())))) {
            byte[] content = new byte[4 << 20];
            Digest blob = registry.blob("acme/app", content);
            for (int i = 0; i < 5; i++) {
                assertThat(rig.fetch(Rig.blob(blob))).isInstanceOf(Fetched.Found.class);
            }
            assertThat(registry.connections()).isOne();
        }
    }

    @Test
    @DisplayName("UPS-10: an expired certificate fails closed")
    void an_expired_certificate_is_unread() throws Exception {
        try (FakeRegistry registry = FakeRegistry.start(certificates.server("localhost", -1))) {
            assertUnread(fetchFrom(registry, registry.uri(), true), "has expired");
        }
    }

    @Test
    @DisplayName("UPS-10: a self-signed certificate fails closed")
    void a_self_signed_certificate_is_unread() throws Exception {
        try (FakeRegistry registry = FakeRegistry.start(TestCertificates.selfSigned("localhost"))) {
            assertUnread(fetchFrom(registry, registry.uri(), true), "not trusted: no known authority issued it");
        }
    }

    @Test
    @DisplayName("UPS-10: what ends the connection instead of a handshake fails closed")
    void a_connection_that_ends_in_the_handshake_is_unread() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread closer = new Thread(() -> {
                try {
                    while (true) {
                        mute.accept().close();
                    }
                } catch (IOException over) {
                    return;
                }
            });
            closer.setDaemon(true);
            closer.start();
            try (Rig rig =
                    new Rig(UpstreamSettings.registry(Rig.NAME, URI.create("https://localhost:" + mute.getLocalPort()))
                            .withTimeouts(Rig.SHORT))) {
                assertUnread(rig.fetch(Rig.tag("1.0")), "handshake");
            }
        }
    }

    @Test
    @DisplayName("UPS-10: a certificate for another host fails closed")
    void a_certificate_for_another_host_is_unread() throws Exception {
        try (FakeRegistry registry = FakeRegistry.start(certificates.server("other.example", 30))) {
            assertUnread(fetchFrom(registry, registry.uri(), true), "not for this host");
        }
    }

    @Test
    @DisplayName("UPS-10: plain HTTP where TLS should be fails closed, without another try in plain")
    void plain_http_on_a_tls_port_is_unread() {
        try (FakeRegistry registry = FakeRegistry.start()) {
            URI https = URI.create("https://localhost:" + registry.uri().getPort());
            assertUnread(fetchFrom(registry, https, true), "does not speak TLS");
            assertThat(registry.count("GET")).isZero();
        }
    }

    @Test
    @DisplayName("UPS-04: a redirect from https to http is not followed")
    void a_redirect_to_plain_http_is_wrong() throws Exception {
        try (FakeRegistry registry = FakeRegistry.start(certificates.server("localhost", 30));
                FakeRegistry plain = FakeRegistry.start()) {
            registry.fault("/manifests/", FakeRegistryFault.redirect(307, plain.uri() + "/v2/x"));
            assertThat(fetchFrom(registry, registry.uri(), true)).isInstanceOf(Fetched.Wrong.class);
            assertThat(plain.connections()).isZero();
        }
    }

    @Test
    void certificates_are_read_from_pem() throws Exception {
        String one = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(certificates.authority().getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        assertThat(UpstreamTls.readPem(new ByteArrayInputStream((one + one).getBytes(UTF_8))))
                .hasSize(2)
                .contains(certificates.authority());
    }
}
