package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Crowd;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.SmallDisk;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.TarLayer;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More is pulled than the store's disk holds. */
@Tag("e2e")
class SmallDiskE2eTest {
    private static final int DISK_MIB = 200;
    private static final int IMAGES = 12;
    private static final int LAYER = 12 << 20;
    private static final int CLIENTS = 8;
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['upstream.test/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private static final List<Image> SIGNED = new ArrayList<>();
    private static final List<Image> UNSIGNED = new ArrayList<>();

    private static Stock stock;
    private static Front front;

    @BeforeAll
    static void stockUp() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        for (int number = 0; number < IMAGES; number++) {
            SIGNED.add(signed("small/app" + number));
        }
        UNSIGNED.add(stock.images().on(stock.current(), "small/unsigned", "1.0", TarLayer.random(1 << 20)));
    }

    private static Image signed(String repository) {
        Image app =
                stock.images().on(stock.current(), repository, "1.0", TarLayer.random(LAYER), TarLayer.random(LAYER));
        Stock.signer(Stock.ACME).sign(Layout.BUNDLE, app.pinned(stock.registry().host()));
        return app;
    }

    @AfterAll
    static void stop() {
        Ending.all(front);
    }

    private static RunningProxy start(SmallDisk disk, String storage) {
        return stock.config()
                .storage(disk.directory().resolve("store"), storage)
                .upstream("upstream.test", front.url())
                .policy(POLICY)
                .start();
    }

    /** Once each: the crowd picks at random, and may be done before it has come by every image. */
    private static RunningProxy visited(RunningProxy proxy) throws Exception {
        for (Image image : SIGNED) {
            Web.get(proxy.url() + image.manifestPath());
            Web.get(proxy.url() + "/v2/" + image.repository() + "/blobs/"
                    + stock.images().listed(image).get(0));
        }
        return proxy;
    }

    @Test
    void stays_within_its_limit_and_serves_more_than_that_without_a_wrong_byte() throws Exception {
        long limit = 100_000_000;
        try (SmallDisk disk = SmallDisk.of(DISK_MIB, 20_000);
                RunningProxy proxy = visited(start(disk, "maxBytes: 100MB"));
                Crowd crowd = new Crowd(proxy.url(), CLIENTS, SIGNED, UNSIGNED)) {
            long most = 0;
            while (proxy.metric("pratique_store_evictions_total") < 60
                    && crowd.wrong().isEmpty()) {
                most = Math.max(most, contentBytes(disk));
                Thread.sleep(50);
            }
            crowd.stop();
            report("limit of 100 MB", crowd, proxy);
            assertThat(crowd.wrong()).isEmpty();
            assertThat(crowd.broken()).isZero();
            assertThat(most).isLessThanOrEqualTo(limit).isGreaterThan(limit / 2);
            assertThat(proxy.metric("pratique_store_evicted_misses_total")).isPositive();

            front.forget();
            for (Image image : SIGNED) {
                assertThat(Web.get(proxy.url() + image.manifestPath()).status()).isEqualTo(200);
                String config = stock.images().listed(image).get(0);
                assertThat(Web.get(proxy.url() + "/v2/" + image.repository() + "/blobs/" + config)
                                .status())
                        .isEqualTo(200);
                assertThat(front.gets(image.manifestPath())).isZero();
                assertThat(front.gets("/v2/" + image.repository() + "/blobs/" + config))
                        .isZero();
            }
        }
    }

    @Test
    void passes_on_what_a_full_disk_cannot_take_and_recovers_without_a_restart() throws Exception {
        try (SmallDisk disk = SmallDisk.of(DISK_MIB, 20_000);
                RunningProxy proxy = start(disk, "keepFree: 0");
                Crowd crowd = new Crowd(proxy.url(), CLIENTS, SIGNED, UNSIGNED)) {
            await("more than the disk holds was pulled")
                    .atMost(Duration.ofSeconds(120))
                    .until(() -> proxy.metric("pratique_store_evictions_total") > 10);
            disk.fillUp();
            await("the disk is seen to be full")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> diskFull(proxy) > 0 && disk(proxy).contains("the disk is full"));
            await("nothing is kept any more").atMost(Duration.ofSeconds(60)).until(() -> {
                disk.fillUp();
                return proxy.metric("pratique_store_unkept_total") > 20;
            });
            Image fresh = signed("small/fresh");
            assertThat(Web.get(proxy.url() + fresh.manifestPath()).status())
                    .as("what was never seen is judged and served all the same")
                    .isEqualTo(200);
            long before = crowd.whole();
            await("clients go on getting all they ask for")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> crowd.whole() > before + 50);

            disk.relieve();
            await("content is kept again").atMost(Duration.ofSeconds(60)).until(() -> contentBytes(disk) > 40_000_000);
            crowd.stop();
            report("full disk", crowd, proxy);
            assertThat(crowd.wrong()).isEmpty();
            assertThat(said(proxy, "the disk is full")).as(proxy.said()).isBetween(1L, 6L);

            Image after = signed("small/after");
            assertThat(Web.get(proxy.url() + after.manifestPath()).status()).isEqualTo(200);
            proxy.crash();
            front.forget();
            try (RunningProxy again = proxy.config().start()) {
                assertThat(Web.get(again.url() + after.manifestPath()).status()).isEqualTo(200);
                assertThat(again.metric("pratique_verdict_cache_total", "result=\"stored\""))
                        .as("verdicts are written again, too")
                        .isPositive();
                assertThat(front.gets(after.manifestPath())).isZero();
            }
        }
    }

    @Test
    void makes_room_where_the_disk_has_bytes_but_no_inodes_left() throws Exception {
        try (SmallDisk disk = SmallDisk.of(DISK_MIB, 120);
                RunningProxy proxy = start(disk, "maxBytes: 0");
                Crowd crowd = new Crowd(proxy.url(), CLIENTS, SIGNED, UNSIGNED)) {
            await("much is stored").atMost(Duration.ofSeconds(60)).until(() -> contentBytes(disk) > 60_000_000);
            await("no file can be made").atMost(Duration.ofSeconds(120)).until(() -> {
                useUpInodes(disk);
                return diskFull(proxy) > 0;
            });
            long before = crowd.whole();
            await("clients go on getting all they ask for")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> crowd.whole() > before + 30);
            crowd.stop();
            report("no inodes", crowd, proxy);
            assertThat(crowd.wrong()).isEmpty();
            assertThat(proxy.metric("pratique_store_evictions_total")).isPositive();
        }
    }

    private static void useUpInodes(SmallDisk disk) {
        try {
            for (int number = 0; number < 1000; number++) {
                Files.createTempFile(disk.directory(), "inode-", "");
            }
        } catch (IOException none) {
            return;
        }
    }

    private static void report(String what, Crowd crowd, RunningProxy proxy) {
        System.out.printf(
                "[disk] %s: %d contents came whole and right, %d answers broke off, answers %s, %.0f removed,"
                        + " %.0f passed on, %.0f times full%n",
                what,
                crowd.whole(),
                crowd.broken(),
                crowd.answers(),
                proxy.metric("pratique_store_evictions_total"),
                proxy.metric("pratique_store_unkept_total"),
                diskFull(proxy));
    }

    private static double diskFull(RunningProxy proxy) {
        return proxy.metric("pratique_store_disk_errors_total", "kind=\"full\"");
    }

    private static String disk(RunningProxy proxy) {
        return Web.get(proxy.operator() + "/readyz").text();
    }

    private static long said(RunningProxy proxy, String text) {
        return proxy.said().lines().filter(line -> line.contains(text)).count();
    }

    private static long contentBytes(SmallDisk disk) {
        try (Stream<Path> files = Files.walk(disk.directory().resolve("store/content"))) {
            return files.mapToLong(SmallDiskE2eTest::size).sum();
        } catch (IOException | UncheckedIOException changing) {
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }
}
