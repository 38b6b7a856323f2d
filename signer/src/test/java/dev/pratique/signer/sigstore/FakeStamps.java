package dev.pratique.signer.sigstore;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.TestKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/** A timestamp authority that answers requests (RFC 3161) with BouncyCastle's own classes. */
final class FakeStamps {
    private final KeyPair pair = TestKey.pair("EC", 256);
    private final Pki.Authority root = Pki.root("tsa");
    private final Certificate signer = root.issue(Pki.authority("tsa signer", TestKey.p256())
            .withSpki(pair.getPublic().getEncoded())
            .without(Pki.BASIC_CONSTRAINTS)
            .usage(KeyUsage.digitalSignature)
            .purposes(true, KeyPurposeId.id_kp_timeStamping));

    /** The signer's certificate first. */
    List<Certificate> chain() {
        return List.of(signer, root.certificate());
    }

    byte[] answer(byte[] request, Instant at) {
        try {
            return answer(new TimeStampRequest(request), at);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** To a request of somebody else, for other bytes. */
    byte[] answerToOther(byte[] request, Instant at, boolean otherImprint) {
        try {
            TimeStampRequest asked = new TimeStampRequest(request);
            byte[] imprint = otherImprint ? new byte[32] : asked.getMessageImprintDigest();
            BigInteger nonce = otherImprint ? asked.getNonce() : BigInteger.TEN;
            return answer(new TimeStampRequestGenerator().generate(TSPAlgorithms.SHA256, imprint, nonce), at);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] answer(TimeStampRequest request, Instant at) {
        try {
            TimeStampTokenGenerator tokens = new TimeStampTokenGenerator(
                    new JcaSimpleSignerInfoGeneratorBuilder()
                            .build("SHA256withECDSA", pair.getPrivate(), new X509CertificateHolder(signer.der())),
                    new JcaDigestCalculatorProviderBuilder().build().get(new AlgorithmIdentifier(TSPAlgorithms.SHA256)),
                    new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.2"));
            return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
                    .generate(request, BigInteger.ONE, Date.from(at))
                    .getEncoded();
        } catch (IOException | TSPException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }
}
