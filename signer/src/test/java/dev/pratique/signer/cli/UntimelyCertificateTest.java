package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry whose certificate is by an authority that is trusted, and of another time. */
class UntimelyCertificateTest {
    private static final char[] PASSWORD = "store".toCharArray();

    @TempDir
    private Path home;

    // What checks certificates of TLS looks at the real clock.
    private final Instant now = InstantSource.system().instant();

    @ParameterizedTest
    @CsvSource({"-48, -1, has expired", "1, 48, is not valid yet"})
    void a_certificate_of_another_time_is_said_with_what_the_clock_says(int from, int until, String text)
            throws Exception {
        KeyPair authority = TestAuthority.pair();
        KeyPair pair = TestAuthority.pair();
        X509Certificate above = certificate("authority", authority, authority, -48, 48, true);
        X509Certificate served = certificate("registry", pair, authority, from, until, false);
        Path trusted = home.resolve("ca.pem");
        Files.writeString(trusted, TestKeys.pem("CERTIFICATE", above.getEncoded()));
        TestKeys.write(home.resolve("ci"));
        HttpsServer server = server(pair, served);
        try {
            TestTerminal terminal = new TestTerminal(home).at(now);
            String image = "127.0.0.1:" + server.getAddress().getPort() + "/team/app:v1";
            int exit = terminal.run(
                    "sign", "--key", home.resolve("ci.key").toString(), "--registry-cacert", trusted.toString(), image);
            assertThat(exit).isEqualTo(69);
            assertThat(terminal.err())
                    .contains("cannot be reached: its TLS certificate " + text)
                    .contains(
                            "hint: this machine's clock says " + now.toString().substring(0, 16))
                    .doesNotContain("--registry-cacert");
        } finally {
            server.stop(0);
        }
    }

    private X509Certificate certificate(
            String name, KeyPair pair, KeyPair issuer, int fromHours, int untilHours, boolean authority)
            throws Exception {
        var builder = new JcaX509v3CertificateBuilder(
                        new X500Name("CN=authority"),
                        BigInteger.valueOf(authority ? 1 : 2),
                        Date.from(now.plus(Duration.ofHours(fromHours))),
                        Date.from(now.plus(Duration.ofHours(untilHours))),
                        new X500Name("CN=" + name),
                        pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
    }

    private static HttpsServer server(KeyPair pair, X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", pair.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.start();
        return server;
    }
}
