package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.TarLayer;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many clients of one cold image cost the upstream what one costs. */
@Tag("e2e")
class CrowdE2eTest {
    private static final int CLIENTS = 200;
    private static final int LAYER = 64 << 20;
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['upstream.test/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private static Stock stock;
    private static Front front;
    private static RunningProxy proxy;

    @BeforeAll
    static void start() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        proxy = stock.config()
                .upstream("upstream.test", front.url())
                .policy(POLICY)
                .start();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, front);
    }

    @Test
    @DisplayName("RES-01 200 clients of one cold image cause one transfer, and each gets every byte")
    void two_hundred_clients_of_a_cold_image_cause_one_transfer_and_each_gets_every_byte() throws Exception {
        Image app = signed("signed/crowd");
        List<String> listed = stock.images().listed(app);
        String layer = listed.get(listed.size() - 1);
        CountDownLatch together = new CountDownLatch(1);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<String>> pulls = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Callable<String> pull = () -> {
                    together.await();
                    String manifest = sha256(manifest(app));
                    return manifest + " " + sha256(blob(app, layer));
                };
                pulls.add(clients.submit(pull));
            }
            together.countDown();

            for (Future<String> pull : pulls) {
                assertThat(pull.get()).isEqualTo(app.digest() + " " + layer);
            }
        } finally {
            clients.shutdownNow();
        }

        assertThat(front.gets("/v2/signed/crowd/blobs/" + layer)).isEqualTo(1);
        assertThat(front.gets(app.manifestPath())).isLessThanOrEqualTo(1);
        assertThat(proxy.pulls("admitted", "")).isGreaterThanOrEqualTo(2L * CLIENTS);
    }

    @Test
    void a_client_that_leaves_does_not_stop_the_transfer_for_others() throws Exception {
        Image app = signed("signed/leaver");
        List<String> listed = stock.images().listed(app);
        String layer = listed.get(listed.size() - 1);
        front.fail("/v2/signed/leaver/blobs/" + layer, Fault.slow(500));
        assertThat(Web.get(manifest(app)).status()).isEqualTo(200);

        HttpURLConnection leaver = open(blob(app, layer));
        assertThat(leaver.getInputStream().readNBytes(1 << 16)).hasSize(1 << 16);
        leaver.disconnect();

        await("the layer is stored")
                .atMost(Duration.ofSeconds(30))
                .until(() -> proxy.stores(layer) && sha256(blob(app, layer)).equals(layer));
        assertThat(front.gets("/v2/signed/leaver/blobs/" + layer)).isEqualTo(1);
    }

    private static Image signed(String repository) {
        Image app = stock.images().on(stock.current(), repository, "1.0", TarLayer.random(LAYER));
        Stock.signer(Stock.ACME).sign(Layout.BUNDLE, app.pinned(stock.registry().host()));
        return app;
    }

    private static String manifest(Image image) {
        return proxy.url() + "/v2/" + image.repository() + "/manifests/" + image.tag();
    }

    private static String blob(Image image, String digest) {
        return proxy.url() + "/v2/" + image.repository() + "/blobs/" + digest;
    }

    private static String sha256(String url) throws IOException, NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(open(url).getInputStream(), sha256)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    private static HttpURLConnection open(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(60_000);
        connection.setReadTimeout(120_000);
        return connection;
    }
}
