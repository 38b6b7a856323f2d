package dev.pratique.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.config.Listener;
import dev.pratique.proxy.FakeRegistryFault;
import dev.pratique.proxy.admission.Admission.Confirmation;
import dev.pratique.proxy.admission.TestAdmissions;
import dev.pratique.proxy.http.ListenerTls;
import dev.pratique.proxy.upstream.Rig;
import dev.pratique.proxy.upstream.TestCertificates;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Content over TLS, with each library that this machine has. */
class RelayTlsTest {
    @TempDir
    Path dir;

    private RelayRig rig;
    private SSLContext trusting;

    static List<SslProvider> providers() {
        return ListenerTls.fastest() == SslProvider.JDK
                ? List.of(SslProvider.JDK)
                : List.of(SslProvider.OPENSSL, SslProvider.JDK);
    }

    private void start(SslProvider provider) throws Exception {
        TestCertificates authority = new TestCertificates();
        var issued = authority.issue("CN=s", 30, new GeneralName(GeneralName.dNSName, "localhost"));
        rig = new RelayRig(
                dir.resolve("store"),
                Duration.ofSeconds(1),
                ListenerTls.context(
                        new Listener.Tls(List.of(issued.certificate()), issued.key()), List.of(), provider));
        rig.admit(digest -> TestAdmissions.blob(Rig.APP, digest, OptionalLong.empty(), Confirmation.CURRENT, () -> {}));
        trusting = authority.client(null);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private Client client() throws IOException {
        return new Client(trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), rig.port()));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("providers")
    void cold_warm_and_partial_content_is_the_same_bytes(SslProvider provider) throws Exception {
        start(provider);
        byte[] content = random((9 << 20) + 12_345);
        Digest blob = rig.registry.blob("acme/app", content);
        for (int i = 0; i < 2; i++) {
            try (Client client = client()) {
                assertThat(client.ask("GET", blob).length()).isEqualTo(content.length);
                assertThat(client.bodyEquals(content)).isTrue();
            }
            Awaitility.await()
                    .until(() -> rig.store.contains(blob) && rig.store.fills().active() == 0);
        }
        try (Client client = client()) {
            assertThat(client.ask("GET", blob, "Range: bytes=65535-200000").status())
                    .isEqualTo(206);
            assertThat(client.body(200_001 - 65_535)).isEqualTo(Arrays.copyOfRange(content, 65_535, 200_001));
            assertThat(client.ask("GET", blob).status())
                    .as("the connection goes on")
                    .isEqualTo(200);
            assertThat(client.bodyEquals(content)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void HTTP_06_a_client_that_stops_reading_is_cut_off(SslProvider provider) throws Exception {
        start(provider);
        byte[] content = random(32 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        for (String state : List.of("cold", "warm")) {
            rig.outcomes.clear();
            try (Client stopped = client()) {
                stopped.ask("GET", blob);
                try (Client other = client()) {
                    other.ask("GET", blob);
                    assertThat(other.bodyEquals(content)).as(state).isTrue();
                }
                Awaitility.await().until(() -> rig.outcomes.contains("aborted the client stopped reading"));
                assertThat(stopped.drain()).as(state).isLessThan(content.length);
            }
            Awaitility.await().until(() -> rig.store.fills().active() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void wrong_bytes_from_the_upstream_never_arrive_whole(SslProvider provider) throws Exception {
        start(provider);
        byte[] content = random(2 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        rig.registry.fault("GET /v2/acme/app/blobs/", 2, FakeRegistryFault.wrongBytesSlowly());
        try (Client client = client()) {
            assertThat(client.ask("GET", blob).status()).isEqualTo(200);
            assertThat(client.drain()).isLessThan(content.length);
        }
        assertThat(rig.store.contains(blob)).isFalse();
    }
}
