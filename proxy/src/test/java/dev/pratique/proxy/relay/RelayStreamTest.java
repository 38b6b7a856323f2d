package dev.pratique.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.FakeRegistryFault;
import dev.pratique.proxy.admission.Admission.Confirmation;
import dev.pratique.proxy.admission.TestAdmissions;
import dev.pratique.proxy.store.DiskBudget;
import dev.pratique.proxy.upstream.Rig;
import dev.pratique.proxy.upstream.TestCertificates;
import dev.pratique.proxy.upstream.Timeouts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients and upstreams of different speeds. */
class RelayStreamTest {
    @TempDir
    Path dir;

    private RelayRig rig;
    private final ExecutorService clients = Executors.newCachedThreadPool();

    private void start(SslContext tls) throws Exception {
        serve(new RelayRig(dir.resolve("store"), Duration.ofSeconds(1), tls));
    }

    private void serve(RelayRig made) {
        rig = made;
        rig.admit(digest -> TestAdmissions.blob(Rig.APP, digest, OptionalLong.empty(), Confirmation.CURRENT, () -> {}));
    }

    @AfterEach
    void stop() throws Exception {
        clients.shutdownNow();
        rig.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    @DisplayName("RES-01: 200 clients of one cold blob are one transfer, and all get the right bytes")
    void many_followers_share_one_transfer() throws Exception {
        Duration patience = Duration.ofMinutes(1); // so many on a busy machine are slow, not stalled
        serve(new RelayRig(
                dir.resolve("store"),
                patience,
                null,
                DiskBudget.UNLIMITED,
                new Timeouts(patience, patience, patience, patience.multipliedBy(3))));
        byte[] content = random(64 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            results.add(clients.submit(() -> {
                try (Client client = rig.connect()) {
                    return client.ask("GET", blob).status() == 200 && client.bodyEquals(content);
                }
            }));
        }
        for (Future<Boolean> result : results) {
            assertThat(result.get(180, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(rig.registry.count("GET")).isOne();
        Awaitility.await().until(() -> rig.outcomes.size() == 200);
        assertThat(rig.outcomes).containsOnly("served " + content.length);
    }

    @Test
    void the_first_bytes_come_before_the_last_have_arrived() throws Exception {
        start(null);
        byte[] content = random(1 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        rig.registry.fault("GET", FakeRegistryFault.slowly(256 << 10, Duration.ofMillis(150)));
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            client.body(200 << 10);
            assertThat(rig.store.contains(blob)).isFalse();
            client.body(content.length - (200 << 10));
        }
    }

    @Test
    void a_client_that_leaves_does_not_end_the_fill() throws Exception {
        start(null);
        byte[] content = random(4 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        rig.registry.fault("GET", FakeRegistryFault.slowly(512 << 10, Duration.ofMillis(100)));
        try (Client leaving = rig.connect()) {
            leaving.ask("GET", blob);
            leaving.body(100_000);
        }
        try (Client staying = rig.connect()) {
            staying.ask("GET", blob);
            assertThat(staying.bodyEquals(content)).isTrue();
        }
        Awaitility.await().until(() -> rig.store.contains(blob));
        assertThat(rig.registry.count("GET")).isOne();
        Awaitility.await().until(() -> rig.outcomes.size() == 2);
        assertThat(rig.outcomes).contains("aborted the client left", "served " + content.length);
    }

    @Test
    void nobody_waiting_does_not_end_the_fill_either() throws Exception {
        start(null);
        byte[] content = random(2 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        rig.registry.fault("GET", FakeRegistryFault.slowly(256 << 10, Duration.ofMillis(50)));
        try (Client leaving = rig.connect()) {
            leaving.ask("GET", blob);
        }
        Awaitility.await().until(() -> rig.store.contains(blob));
    }

    @Test
    @DisplayName("HTTP-06: a client that stops reading is cut off, and nobody else waits for it")
    void a_client_that_stops_reading_is_cut_off() throws Exception {
        start(null);
        byte[] content = random(32 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        try (Client cold = rig.connect()) {
            cold.ask("GET", blob);
            try (Client other = rig.connect()) {
                other.ask("GET", blob);
                assertThat(other.bodyEquals(content)).isTrue();
            }
            Awaitility.await().until(() -> rig.outcomes.contains("aborted the client stopped reading"));
        }
        Awaitility.await().until(() -> rig.store.fills().active() == 0);
        rig.outcomes.clear();
        try (Client warm = rig.connect()) {
            warm.ask("GET", blob);
            Awaitility.await().until(() -> rig.outcomes.contains("aborted the client stopped reading"));
        }
    }

    @Test
    void tls_clients_get_the_same_bytes() throws Exception {
        start(new JdkSslContext(new TestCertificates().server("localhost", 30), false, ClientAuth.NONE));
        byte[] content = random(3 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        for (int i = 0; i < 2; i++) {
            try (Client client = new Client(
                    trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), rig.port()))) {
                assertThat(client.ask("GET", blob).length()).isEqualTo(content.length);
                assertThat(client.bodyEquals(content)).isTrue();
            }
            Awaitility.await()
                    .until(() -> rig.store.contains(blob) && rig.store.fills().active() == 0);
        }
    }
}
