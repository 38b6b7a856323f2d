package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Crowd;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.TarLayer;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The proxy is killed again and again while it fills its store. */
@Tag("e2e")
class CrashE2eTest {
    private static final int ROUNDS = Integer.parseInt(
            Optional.ofNullable(System.getenv("PRATIQUE_CRASHES")).orElse("10"));
    private static final int CLIENTS = 8;
    private static final int LAYER = 3 << 20;
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['upstream.test/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private static final List<Image> SIGNED = new ArrayList<>();
    private static final List<Image> UNSIGNED = new ArrayList<>();
    private static final Map<String, Image> IMAGE_OF_BLOB = new TreeMap<>();

    private static Stock stock;
    private static Front front;

    private final Path storage = Scratch.directory("crashing");
    private final Random random = new Random();
    private ProxyConfig config;
    private long whole;
    private long brokenOff;
    private long survived;
    private long colds = 1;

    @BeforeAll
    static void stockUp() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        for (int number = 0; number < 5; number++) {
            Image app = stock.images()
                    .on(stock.current(), "crash/app" + number, "1.0", TarLayer.random(LAYER), TarLayer.random(LAYER));
            Stock.signer(Stock.ACME)
                    .sign(Layout.BUNDLE, app.pinned(stock.registry().host()));
            SIGNED.add(app);
            stock.images().listed(app).forEach(blob -> IMAGE_OF_BLOB.put(blob, app));
        }
        UNSIGNED.add(stock.images().on(stock.current(), "crash/unsigned", "1.0", TarLayer.random(LAYER)));
        Image guests = stock.images().on(stock.current(), "crash/guests", "1.0", TarLayer.random(LAYER));
        Stock.signer(Stock.GUEST)
                .sign(Layout.BUNDLE, guests.pinned(stock.registry().host()));
        UNSIGNED.add(guests);
    }

    @AfterAll
    static void stop() {
        Ending.all(front);
    }

    @Test
    @DisplayName(
            "RES-03 killed at random moments of a cold pull: no wrong byte, nothing complete lost, nothing admitted")
    void survives_being_killed_at_any_moment() throws Exception {
        config = stock.config()
                .storage(storage)
                .upstream("upstream.test", front.url())
                .policy(POLICY);
        front.fail(".*/blobs/.*", Fault.paced(8 << 20));
        for (int round = 0; round < ROUNDS; round++) {
            Set<String> complete = complete();
            try (RunningProxy proxy = config.start()) {
                checkAfterStart(proxy, complete);
                pullAndKill(proxy);
            }
            if (complete().size() >= IMAGE_OF_BLOB.size() || random.nextInt(5) == 0) {
                empty(storage);
                colds++;
            }
        }
        System.out.printf(
                "[crash] %d kills over %d cold stores: %d contents came whole and right, %d answers broke off,"
                        + " %d complete blobs were still there after a restart%n",
                ROUNDS, colds, whole, brokenOff, survived);
        assertThat(whole).isPositive();
        assertThat(survived).isPositive();
    }

    private void pullAndKill(RunningProxy proxy) throws InterruptedException {
        try (Crowd crowd = new Crowd(proxy.url(), CLIENTS, SIGNED, UNSIGNED)) {
            Thread.sleep(random.nextInt(1800));
            proxy.crash();
            crowd.stop();
            assertThat(crowd.wrong()).isEmpty();
            whole += crowd.whole();
            brokenOff += crowd.broken();
        }
    }

    private void checkAfterStart(RunningProxy proxy, Set<String> complete) throws IOException {
        try (Stream<Path> partial = Files.list(storage.resolve("content/partial"))) {
            assertThat(partial).as("what was half-written is gone").isEmpty();
        }
        assertThat(complete()).as("what was complete is there").containsAll(complete);
        front.forget();
        for (String blob : complete) {
            Image image = IMAGE_OF_BLOB.get(blob);
            if (image != null) {
                assertThat(Web.get(proxy.url() + image.manifestPath()).status()).isEqualTo(200);
                String path = "/v2/" + image.repository() + "/blobs/" + blob;
                assertThat(digest(Web.get(proxy.url() + path).body())).isEqualTo(blob);
                assertThat(front.gets(path)).as("not fetched again: " + path).isZero();
                survived++;
            }
        }
        for (Image image : UNSIGNED) {
            Web.Answer answer = Web.get(proxy.url() + image.manifestPath());
            assertThat(answer.status()).as(answer.toString()).isBetween(300, 499);
            assertThat(answer.text()).contains(image == UNSIGNED.get(0) ? "UNSIGNED" : "WRONG_SIGNER");
            assertThat(proxy.decisions())
                    .noneMatch(line -> line.contains(image.digest()) && line.contains("\"admitted\""));
        }
    }

    /** Digests of all files that stand under a digest; each must have it. */
    private Set<String> complete() throws IOException {
        Set<String> complete = new HashSet<>();
        Path blobs = storage.resolve("content/blobs/sha256");
        if (Files.isDirectory(blobs)) {
            try (Stream<Path> files = Files.walk(blobs)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = "sha256:" + file.getFileName();
                    assertThat(digest(Files.readAllBytes(file))).isEqualTo(name);
                    complete.add(name);
                }
            }
        }
        complete.retainAll(IMAGE_OF_BLOB.keySet());
        return complete;
    }

    private static String digest(byte[] bytes) {
        return Digest.sha256(bytes).toString();
    }

    private static void empty(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(directory)) {
                    Files.delete(file);
                }
            }
        }
    }
}
