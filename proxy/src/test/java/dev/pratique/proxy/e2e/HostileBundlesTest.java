package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.proxy.e2e.rig.CarelessRegistry;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.LayoutFiles;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Evidence that is made to be expensive, beside images in a registry where others' images are pulled at the same time. */
class HostileBundlesTest {
    private static final int MANY = 100_000;
    private static final int MEGABYTE = 1 << 20;

    private static final Map<String, Hostile> HOSTILE = new LinkedHashMap<>();
    private static final Map<String, String> SUBJECTS = new LinkedHashMap<>();
    private static CarelessRegistry registry;
    private static RunningProxy proxy;
    private static CorpusCase good;

    /**
     * What lies beside an image, and what is said.
     *
     * @param saw part of what a finding says
     */
    private record Hostile(String saw, Placing placing) {}

    private interface Placing {
        void beside(LayoutFiles layout, String image);
    }

    @BeforeAll
    static void start() {
        good = CorpusCase.all().stream()
                .filter(one -> one.accepted() && one.builders().isEmpty())
                .findFirst()
                .orElseThrow();
        make();
        registry = CarelessRegistry.start();
        registry.serve("good", good.layout());
        HOSTILE.forEach((name, hostile) -> {
            LayoutFiles layout = new LayoutFiles();
            String image = layout.image(name);
            hostile.placing().beside(layout, image);
            registry.serve(name, layout.directory());
            SUBJECTS.put(name, image);
        });
        proxy = new ProxyConfig()
                .upstream("hostile.test", registry.url())
                .signer("acme", good.publicKey())
                .settings("tags: {ttl: 0}")
                .trust("""
                          ci: {identities: [{issuer: 'https://issuer.example', subject: ci@acme.example}]}
                        roots:
                          sigstore: {builtIn: public-good, offline: true}
                        """)
                .policy("""
                        rules:
                          - {name: all, repositories: ['hostile.test/**'], signedBy: {any: [acme, ci]}}
                        """)
                .start();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, registry);
    }

    private static void make() {
        bundle("nested-arrays", "", material("\"tlogEntries\":" + "[".repeat(MEGABYTE / 2) + "]".repeat(MEGABYTE / 2)));
        bundle(
                "nested-objects",
                "",
                material("\"x\":" + "{\"x\":".repeat(MEGABYTE / 6) + "1" + "}".repeat(MEGABYTE / 6)));
        bundle("entries", "", material("\"tlogEntries\":[" + times(MANY, "{}") + "]"));
        bundle("entries-33", "32", material("\"tlogEntries\":[" + times(33, "{}") + "]"));
        bundle(
                "timestamps",
                "",
                material("\"timestampVerificationData\":{\"rfc3161Timestamps\":[" + times(MANY, "{}") + "]}"));
        bundle(
                "timestamps-33",
                "32",
                material("\"timestampVerificationData\":{\"rfc3161Timestamps\":[" + times(33, "{}") + "]}"));
        bundle("extension", "", material("\"certificate\":{\"rawBytes\":\"" + base64(der(10 * MEGABYTE)) + "\"}"));
        bundle(
                "timestamp",
                "",
                material("\"certificate\":{\"rawBytes\":\"" + base64(der(600))
                        + "\"},\"timestampVerificationData\":{\"rfc3161Timestamps\":[{\"signedTimestamp\":\""
                        + base64(der(8 * MEGABYTE)) + "\"}]}"));
        bundle(
                "proof",
                "",
                material("\"tlogEntries\":[{\"logIndex\":\"1\",\"logId\":{\"keyId\":\"" + base64(new byte[32])
                        + "\"},\"kindVersion\":{\"kind\":\"dsse\",\"version\":\"0.0.1\"},\"canonicalizedBody\":\"e30=\",\"inclusionProof\":"
                        + "{\"logIndex\":\"1\",\"treeSize\":\"1099511627776\",\"rootHash\":\"" + base64(new byte[32])
                        + "\",\"hashes\":["
                        + times(MANY, "\"" + base64(new byte[32]) + "\"")
                        + "],\"checkpoint\":{\"envelope\":\"x\"}}}]"));
        bundle("number", "", material("\"tlogEntries\":[{\"logIndex\":1" + "0".repeat(MEGABYTE) + "}]"));
        String annotation = "dev.sigstore.cosign/";
        signature("chain", Map.of(annotation + "certificate", pem(1), annotation + "chain", pem(MEGABYTE / 60)));
        signature("old-bundle", Map.of(annotation + "bundle", "[".repeat(MEGABYTE)));
        signature(
                "old-timestamp",
                Map.of(
                        annotation + "rfc3161timestamp",
                        "{\"SignedRFC3161Timestamp\":\"" + base64(der(MEGABYTE / 2)) + "\"}"));
    }

    private static void bundle(String name, String saw, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        HOSTILE.put(name, new Hostile(saw, (layout, image) -> layout.bundle(bytes, image)));
    }

    private static void signature(String name, Map<String, String> annotations) {
        Map<String, String> all = new LinkedHashMap<>(annotations);
        all.put("dev.cosignproject.cosign/signature", base64(new byte[70]));
        byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
        HOSTILE.put(name, new Hostile("", (layout, image) -> layout.signature(payload, all, image)));
    }

    private static String material(String members) {
        String key = members.contains("\"certificate\"") ? "" : "\"publicKey\":{\"hint\":\"x\"},";
        return "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":{" + key
                + members
                + "},\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\""
                + base64(new byte[70]) + "\"}]}}";
    }

    private static String times(int count, String one) {
        return (one + ",").repeat(count - 1) + one;
    }

    /** A sequence of one octet string of so many bytes. */
    private static byte[] der(int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 12);
        header(out, 0x30, length + 5);
        header(out, 0x04, length);
        out.writeBytes(new byte[length]);
        return out.toByteArray();
    }

    private static void header(ByteArrayOutputStream out, int tag, int length) {
        out.write(tag);
        out.write(0x83);
        out.write(length >> 16);
        out.write(length >> 8);
        out.write(length);
    }

    private static String pem(int count) {
        return ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n").repeat(count);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @TestFactory
    Stream<DynamicTest> is_refused_for_being_malformed() {
        return HOSTILE.keySet().stream()
                .map(name -> dynamicTest(name, () -> {
                    long began = System.nanoTime();
                    Web.Answer answer = pull(name, SUBJECTS.get(name));
                    System.out.printf("[hostile] %s: %d ms%n", name, (System.nanoTime() - began) / 1_000_000);
                    assertThat(Refused.of(answer))
                            .as(answer.toString())
                            .isEqualTo(new Refused(403, "DENIED", "MALFORMED_EVIDENCE"));
                    assertThat(answer.text()).contains(HOSTILE.get(name).saw());
                }));
    }

    @Test
    void keeps_nobody_else_from_pulling() throws InterruptedException, ExecutionException {
        AtomicBoolean going = new AtomicBoolean(true);
        ExecutorService clients = Executors.newFixedThreadPool(2 + HOSTILE.size());
        try {
            List<Future<Integer>> others = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                others.add(clients.submit(() -> pullWhile(going)));
            }
            List<Future<Web.Answer>> hostile = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                HOSTILE.keySet().forEach(name -> hostile.add(clients.submit(() -> pull(name, SUBJECTS.get(name)))));
            }
            for (Future<Web.Answer> one : hostile) {
                // 503 where so many at a time are more than there is memory for; never admitted.
                assertThat(one.get().status()).as(one.get().toString()).isIn(403, 503);
            }
            going.set(false);
            for (Future<Integer> one : others) {
                assertThat(one.get()).isPositive();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** How often a good image was pulled, and never refused. */
    private static int pullWhile(AtomicBoolean going) {
        int pulls = 0;
        while (going.get()) {
            Web.Answer answer = pull("good", good.digest());
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            pulls++;
        }
        return pulls;
    }

    private static Web.Answer pull(String repository, String digest) {
        return Web.get(proxy.url() + "/v2/hostile.test/" + repository + "/manifests/" + digest);
    }
}
