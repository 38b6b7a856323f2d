package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.upstream.TestCertificates;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientCertificatesTest {
    private final Instant now = Instant.now();

    @Test
    @DisplayName("RES-01: certificates that all vouch for each other are not tried in every order")
    void a_long_chain_is_not_searched_for_a_path() throws Exception {
        X509Certificate authority = new TestCertificates().authority();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            keys.add(generator.generateKeyPair());
        }
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(certificate("client", generator.generateKeyPair(), "0", keys.get(0)));
        for (int i = 0; i < keys.size(); i++) {
            for (int j = 0; j < keys.size(); j++) {
                if (i != j) {
                    chain.add(certificate("" + i, keys.get(i), "" + j, keys.get(j)));
                }
            }
        }
        ClientCertificates.Judged judged =
                new ClientCertificates(List.of(authority)).judge(chain.toArray(new X509Certificate[0]), now);
        assertThat(judged.wrong()).isEqualTo("the client sent more certificates than a chain has");
    }

    private X509Certificate certificate(String subject, KeyPair of, String issuer, KeyPair by) throws Exception {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.ONE,
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                new X500Name("CN=" + subject),
                of.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(!subject.equals("client")));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
    }
}
