package dev.pratique.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.proxy.upstream.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;

/** The native library for signatures beside that for TLS: two that come from one source, in one process. */
class CorrettoSignaturesTest {
    private static final byte[] MESSAGE = "what was signed".getBytes(StandardCharsets.UTF_8);

    @Test
    void the_proxy_verifies_with_the_native_library_and_installs_it_nowhere() {
        assertThat(VerificationKey.computedBy()).startsWith("AmazonCorrettoCryptoProvider ");
        assertThat(Security.getProvider("AmazonCorrettoCryptoProvider")).isNull();
    }

    @Test
    void boringssl_speaks_tls_while_aws_lc_verifies() throws Exception {
        assertThat(OpenSsl.isAvailable()).isTrue();
        var authority = new TestCertificates();
        var issued = authority.issue("CN=proxy", 30, new GeneralName(GeneralName.dNSName, "proxy"));
        SslContext server = SslContextBuilder.forServer(issued.key(), issued.certificate())
                .sslProvider(SslProvider.OPENSSL)
                .build();
        SslContext client = SslContextBuilder.forClient()
                .trustManager(authority.authority())
                .sslProvider(SslProvider.OPENSSL)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> rounds = new ArrayList<>();
            for (String curve : List.of("secp256r1", "secp384r1", "secp521r1")) {
                rounds.add(threads.submit(() -> verify(curve, 100)));
                rounds.add(threads.submit(() -> speak(server, client, 20)));
            }
            int done = 0;
            for (Future<Integer> round : rounds) {
                done += round.get();
            }
            assertThat(done).isEqualTo(3 * 100 + 3 * 20);
        } finally {
            threads.shutdownNow();
        }
    }

    private static int verify(String curve, int rounds) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new java.security.spec.ECGenParameterSpec(curve));
        KeyPair pair = generator.generateKeyPair();
        String hash = curve.equals("secp256r1") ? "SHA256" : curve.equals("secp384r1") ? "SHA384" : "SHA512";
        Signature signer = Signature.getInstance(hash + "withECDSA");
        signer.initSign(pair.getPrivate());
        signer.update(MESSAGE);
        byte[] good = signer.sign();
        byte[] other = Arrays.copyOf(MESSAGE, MESSAGE.length + 1);
        VerificationKey key = VerificationKey.parseSpki(pair.getPublic().getEncoded());
        int right = 0;
        for (int i = 0; i < rounds; i++) {
            boolean held = key.verify(MESSAGE, good) == Verified.BY_THIS_KEY;
            boolean fooled = key.verify(other, good) == Verified.BY_THIS_KEY;
            right += held && !fooled ? 1 : 0;
        }
        return right;
    }

    /** Handshakes in memory, each with a word from one end to the other. */
    private static int speak(SslContext server, SslContext client, int rounds) throws IOException {
        int heard = 0;
        for (int i = 0; i < rounds; i++) {
            var there = new EmbeddedChannel(server.newHandler(Unpooled.buffer().alloc()));
            var here = new EmbeddedChannel(client.newHandler(Unpooled.buffer().alloc(), "proxy", 443));
            while (carry(here, there) || carry(there, here)) {
                here.runPendingTasks();
                there.runPendingTasks();
            }
            here.writeOutbound(Unpooled.copiedBuffer(MESSAGE));
            carry(here, there);
            ByteBuf word = there.readInbound();
            heard += word != null && Arrays.equals(ByteBufUtil.getBytes(word), MESSAGE) ? 1 : 0;
            if (word != null) {
                word.release();
            }
            here.finishAndReleaseAll();
            there.finishAndReleaseAll();
        }
        return heard;
    }

    private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
        boolean any = false;
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            any = true;
            to.writeInbound(bytes);
        }
        return any;
    }

    /** As where somebody removed the jar, or runs on a machine that it has no library for. */
    @Test
    void without_the_library_signatures_are_verified_in_java() throws Exception {
        List<URL> without = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            if (!entry.contains("AmazonCorrettoCryptoProvider")) {
                without.add(Path.of(entry).toUri().toURL());
            }
        }
        try (var loader = new URLClassLoader(without.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> key = loader.loadClass(VerificationKey.class.getName());
            assertThat(key).isNotSameAs(VerificationKey.class);
            assertThat(key.getMethod("computedBy").invoke(null)).isEqualTo("Java");
        }
    }
}
