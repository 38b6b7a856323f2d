package dev.pratique.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.proxy.FakeRegistry.Answer;
import dev.pratique.proxy.FakeRegistryFault;
import dev.pratique.proxy.admission.Admission.Confirmation;
import dev.pratique.proxy.admission.TestAdmissions;
import dev.pratique.proxy.store.DiskBudget;
import dev.pratique.proxy.upstream.Rig;
import dev.pratique.proxy.upstream.TestCertificates;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
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
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store cannot take is passed on. */
class RelayUnkeptTest {
    private static final DiskBudget ONE_MEGABYTE = new DiskBudget(1 << 20, OptionalLong.of(0), 0);

    @TempDir
    Path dir;

    private final AtomicInteger confirmed = new AtomicInteger();
    private RelayRig rig;

    private void start(SslContext tls, boolean sizes) throws Exception {
        rig = new RelayRig(dir.resolve("store"), Duration.ofSeconds(1), tls, ONE_MEGABYTE);
        rig.admit(digest -> TestAdmissions.blob(
                Rig.APP,
                digest,
                sizes ? OptionalLong.of(5 << 20) : OptionalLong.empty(),
                Confirmation.NONE,
                confirmed::incrementAndGet));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void assertNothingKept(Digest blob) throws IOException {
        assertThat(rig.store.contains(blob)).isFalse();
        assertThat(rig.store.bytesStored()).isZero();
        try (var partial = Files.list(dir.resolve("store/partial"))) {
            assertThat(partial).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_blob_that_is_too_large_comes_whole_whether_that_is_known_before_or_seen_on_the_way(boolean sizeKnown)
            throws Exception {
        start(null, sizeKnown);
        byte[] content = random(5 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        try (Client client = rig.connect()) {
            for (int time = 0; time < 2; time++) {
                assertThat(client.ask("GET", blob).length()).isEqualTo(content.length);
                assertThat(client.bodyEquals(content)).isTrue();
            }
        }
        Awaitility.await().until(() -> rig.outcomes.size() == 2);
        assertThat(rig.outcomes).containsOnly("served " + content.length);
        assertThat(confirmed).hasValue(2);
        assertNothingKept(blob);
    }

    @Test
    void it_comes_whole_for_many_at_once_fast_and_slow() throws Exception {
        start(null, false);
        byte[] content = random(5 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        ExecutorService clients = Executors.newFixedThreadPool(12);
        List<Future<Boolean>> right = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            boolean slow = number % 3 == 0;
            right.add(clients.submit(() -> {
                try (Client client = rig.connect()) {
                    client.ask("GET", blob);
                    if (slow) {
                        Thread.sleep(300);
                    }
                    return client.bodyEquals(content);
                }
            }));
        }
        for (Future<Boolean> each : right) {
            assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
        }
        clients.shutdown();
        assertNothingKept(blob);
    }

    @Test
    void it_comes_whole_over_tls() throws Exception {
        start(new JdkSslContext(new TestCertificates().server("localhost", 30), false, ClientAuth.NONE), false);
        byte[] content = random(5 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (Client client =
                new Client(trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), rig.port()))) {
            client.ask("GET", blob);
            assertThat(client.bodyEquals(content)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void no_client_gets_the_whole_of_other_bytes(boolean sizeKnown) throws Exception {
        start(null, sizeKnown);
        byte[] content = random(5 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        rig.registry.fault("GET", FakeRegistryFault.wrongBytes());
        rig.registry.fault("GET", FakeRegistryFault.wrongBytes());
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            assertThat(got(client)).isLessThan(content.length);
        }
        Awaitility.await().until(() -> rig.outcomes.contains("aborted the bytes have another digest"));
        assertThat(confirmed).hasValue(0);
        assertNothingKept(blob);
    }

    /** The second body alone has the right digest: only comparing it with what the client has shows the mixture. */
    @ParameterizedTest
    @ValueSource(ints = {0, 300_000})
    void no_client_gets_the_beginning_of_one_body_and_the_rest_of_another(int differs) throws Exception {
        start(null, false);
        byte[] content = random(5 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        byte[] other = content.clone();
        other[differs] ^= 1;
        // So slowly that the client has the beginning before there is no more room.
        rig.registry.fault(
                "GET",
                1,
                (request, normal, socket) -> FakeRegistryFault.slowly(256 << 10, Duration.ofMillis(100))
                        .answer(request, new Answer(normal.status(), normal.headers(), other), socket));
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            byte[] begun = client.body(differs + 1);
            assertThat(begun[differs]).isEqualTo(other[differs]);
            assertThat(differs + 1 + got(client)).isLessThan(content.length);
        }
        Awaitility.await().until(() -> rig.outcomes.size() == 1);
        assertThat(rig.outcomes.get(0)).startsWith("aborted the upstream serves other bytes than before");
        assertThat(confirmed).hasValue(0);
        assertNothingKept(blob);
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            assertThat(client.bodyEquals(content)).isTrue();
        }
    }

    private static long got(Client client) {
        long got = 0;
        try {
            while (client.body(1).length == 1) {
                got++;
            }
        } catch (IOException cut) {
            assertThat(cut).isNotInstanceOf(EOFException.class);
        }
        return got;
    }

    @Test
    void an_upstream_that_ends_early_cuts_the_client_too() throws Exception {
        start(null, true);
        byte[] content = random(5 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        rig.registry.fault("GET", FakeRegistryFault.truncate(2 << 20));
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            assertThat(got(client)).isLessThan(content.length);
        }
        Awaitility.await().until(() -> rig.outcomes.size() == 1);
        assertThat(rig.outcomes.get(0)).startsWith("aborted ");
    }

    @Test
    void a_client_that_stops_reading_is_cut_off() throws Exception {
        start(null, false);
        byte[] content = random(64 << 20);
        Digest blob = rig.registry.blob("acme/app", content);
        try (Client client = rig.connect()) {
            client.ask("GET", blob);
            Awaitility.await().until(() -> rig.outcomes.contains("aborted the client stopped reading"));
        }
    }

    @Test
    void a_manifest_that_went_is_to_be_judged_again() throws Exception {
        start(null, false);
        AtomicInteger gone = new AtomicInteger();
        Digest manifest = Digest.sha256(random(100));
        rig.admit(digest -> TestAdmissions.manifest(
                Rig.APP,
                digest,
                MediaType.OCI_MANIFEST,
                List.of(),
                Confirmation.CURRENT,
                confirmed::incrementAndGet,
                gone::incrementAndGet));
        try (Client client = rig.connect()) {
            client.ask("GET", manifest);
        }
        Awaitility.await().until(() -> rig.outcomes.equals(List.of("gone")));
        assertThat(gone).hasValue(1);
    }
}
