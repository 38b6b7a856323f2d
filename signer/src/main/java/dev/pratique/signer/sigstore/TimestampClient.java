package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;

/** Asks a timestamp authority when it saw a signature (RFC 3161), and believes it only where it proves. */
public final class TimestampClient {
    private static final int MAX_ANSWER = 64 << 10;
    private static final int NONCE_BITS = 64;

    private final Service service;
    private final ServiceClient client;
    private final List<TimestampAuthority> authorities;
    private final SecureRandom random = new SecureRandom();

    public TimestampClient(Service service, ServiceClient client, List<TimestampAuthority> authorities) {
        this.service = service;
        this.client = client;
        this.authorities = List.copyOf(authorities);
    }

    Service service() {
        return service;
    }

    /**
     * A timestamp of a signature.
     *
     * @return DER of the whole response, as bundles have it
     * @throws Failure also where it is over something else, or of an authority that is not trusted
     */
    byte[] stamp(byte[] signature) throws Failure {
        TimeStampRequest request = request(signature);
        Map<String, String> headers = Map.of("Content-Type", "application/timestamp-query");
        Answer answer = client.send(service, new Call("POST", service.uri(), headers, encoded(request), MAX_ANSWER));
        if (answer.status() != 200 && answer.status() != 201) {
            throw ServiceClient.refused(
                    service,
                    answer,
                    Optional.empty(),
                    "its address has a path, as in https://tsa.example/api/v1/timestamp");
        }
        requireAnswerTo(request, answer.body());
        try {
            boolean trusted = TimestampToken.parse(answer.body())
                    .prove(signature, authorities)
                    .isPresent();
            if (!trusted) {
                throw Failure.of(
                        Kind.FAILED,
                        service + " is no timestamp authority of the trusted root",
                        "--trusted-root FILE names those that count; without it those of the public Sigstore do");
            }
            return answer.body();
        } catch (MalformedEvidenceException e) {
            throw ServiceClient.unreadable(service, e);
        } catch (UnprovenException e) {
            throw ServiceClient.lied(service, String.valueOf(e.getMessage())).because(e);
        }
    }

    private TimeStampRequest request(byte[] signature) {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        // RFC 3161 section 2.4.1, certReq: asked for only where the trusted root does not have the signer's
        // certificate.
        generator.setCertReq(authorities.stream()
                .anyMatch(authority -> authority.chain().get(0).isAuthority()));
        return generator.generate(
                NISTObjectIdentifiers.id_sha256, Hash.SHA_256.of(signature), new BigInteger(NONCE_BITS, random));
    }

    private static byte[] encoded(TimeStampRequest request) throws Failure {
        try {
            return request.getEncoded();
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "a timestamp request cannot be written",
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }

    /**
     * RFC 3161 section 2.2: the client "SHALL then verify that what was time-stamped corresponds to what was requested to be
     * time-stamped", by imprint and nonce.
     */
    private void requireAnswerTo(TimeStampRequest request, byte[] body) throws Failure {
        try {
            TimeStampResponse response = new TimeStampResponse(body);
            if (response.getTimeStampToken() == null) {
                throw ServiceClient.lied(service, "no timestamp, status " + response.getStatus());
            }
            response.validate(request);
        } catch (TSPException e) {
            throw ServiceClient.lied(service, "a timestamp of something else, or to another request")
                    .because(e);
        } catch (IOException | RuntimeException e) {
            // BouncyCastle throws unchecked exceptions for DER that is none.
            throw Failure.of(
                            Kind.FAILED,
                            service + " answered with what is no timestamp response",
                            "its address has a path, as in https://tsa.example/api/v1/timestamp")
                    .because(e);
        }
    }
}
