package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificatePath;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.certificate.SignedCertificateTimestamps;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.keys.Pem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a Fulcio for a certificate that says whose a key is (fulcio.proto, API v2), and believes it only where it proves. */
public final class Fulcio {
    private static final int MAX_ANSWER = 256 << 10;
    private static final int MAX_CHAIN = 10;
    /** How far clocks may differ before a new certificate seems not to have begun. */
    private static final Duration LEEWAY = Duration.ofMinutes(5);

    private final Service service;
    private final ServiceClient client;
    private final TrustedRoot root;
    private final InstantSource clock;

    public Fulcio(Service service, ServiceClient client, TrustedRoot root, InstantSource clock) {
        this.service = service;
        this.client = client;
        this.root = root;
        this.clock = clock;
    }

    /**
     * What Fulcio said.
     *
     * @param chain the key's certificate first, then what is above it
     */
    public record Certified(List<Certificate> chain, ProvedCertificate proved) {}

    /**
     * Certifies that the key is the token's subject's.
     *
     * @throws Failure also where the answer is about another key or subject, or of an authority that is not trusted
     */
    public Certified certify(IdentityToken token, Signer key) throws Failure {
        if (!service.isPrivate()) {
            throw Failure.of(
                    Kind.USAGE,
                    service + " is spoken to in plain HTTP, where everybody on the way could take the identity token",
                    "use its https address");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", token.authorization());
        headers.put("Content-Type", "application/json");
        Answer answer = client.send(
                service,
                new Call("POST", service.resolve("/api/v2/signingCert"), headers, request(token, key), MAX_ANSWER));
        if (answer.status() != 200 && answer.status() != 201) {
            throw ServiceClient.refused(
                    service,
                    answer,
                    Optional.of(token),
                    "is " + token.issuer() + " an issuer that it knows, and the token one for it?");
        }
        try {
            return proved(chain(read(answer.body())), token, key);
        } catch (MalformedEvidenceException e) {
            throw ServiceClient.unreadable(service, e);
        }
    }

    // fulcio.proto, PublicKeyRequest: "The public key to be stored in the requested certificate along with a signed
    // challenge as proof of possession of the private key."
    private static byte[] request(IdentityToken token, Signer key) throws Failure {
        try {
            byte[] proof = key.sign(token.proofSubject().getBytes(StandardCharsets.UTF_8));
            Map<String, Object> publicKey = new LinkedHashMap<>();
            publicKey.put("algorithm", "ECDSA");
            publicKey.put("content", Pem.publicKey(key.publicKey()));
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("publicKey", publicKey);
            request.put("proofOfPossession", Base64.getEncoder().encodeToString(proof));
            return JsonWriter.bytes(Map.of("publicKeyRequest", request));
        } catch (SigningException e) {
            throw Failure.of(
                            Kind.FAILED,
                            String.valueOf(e.getMessage()),
                            "run it again: the key of a certificate is made anew each time")
                    .because(e);
        }
    }

    /**
     * What it answered with.
     *
     * @param detached whether a certificate log's promise, if there is one, is not in the certificate
     */
    private record Issued(List<Certificate> chain, boolean detached, boolean promised) {}

    /** The chain, if it can be used as it is. */
    private List<Certificate> chain(Issued issued) throws Failure {
        if (!issued.detached() || root.certificateLogs().isEmpty()) {
            return issued.chain();
        }
        throw issued.promised()
                ? Failure.of(
                        Kind.FAILED,
                        service
                                + " gave what its certificate log promised (the SCT) beside the certificate, and a bundle"
                                + " has no place for it",
                        "nothing was stored; a Fulcio with a CA of its own (file, KMS, PKCS #11, Tink) puts it inside")
                : Failure.of(
                        Kind.FAILED,
                        service
                                + " has put the certificate into no certificate log, and the trusted root has such logs",
                        "nothing was stored; give the authority's own trusted root, without ctlogs: --trusted-root FILE; or"
                                + " start it with --ct-log-url");
    }

    // fulcio.proto, SigningCertificate: "signed_certificate_detached_sct" also where there is no certificate log at
    // all.
    private static Issued read(byte[] body) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(body, "the answer", MAX_ANSWER);
        Optional<JsonObject> detached = json.findObject("signedCertificateDetachedSct");
        if (detached.isPresent() && json.find("signedCertificateEmbeddedSct").isEmpty()) {
            boolean promised = detached.get()
                    .findString("signedCertificateTimestamp")
                    .filter(text -> !text.isEmpty())
                    .isPresent();
            return new Issued(chain(detached.get()), true, promised);
        }
        return new Issued(chain(json.getObject("signedCertificateEmbeddedSct")), false, false);
    }

    private static List<Certificate> chain(JsonObject certificate) throws MalformedEvidenceException {
        List<Certificate> chain = new ArrayList<>();
        for (JsonValue pem : certificate.getObject("chain").get("certificates").asArray("certificates", MAX_CHAIN)) {
            chain.addAll(Certificate.parsePem(pem.asString("a certificate"), 1));
        }
        if (chain.isEmpty()) {
            throw new MalformedEvidenceException("there is no certificate in it");
        }
        return chain;
    }

    private Certified proved(List<Certificate> chain, IdentityToken token, Signer key) throws Failure {
        Certificate leaf = chain.get(0);
        if (!Arrays.equals(leaf.spki(), key.publicKey())) {
            throw ServiceClient.lied(service, "a certificate of another key");
        }
        try {
            ProvedCertificate proved = path(leaf);
            if (!token.matches(proved.identity())) {
                throw ServiceClient.lied(service, "a certificate of " + proved.identity() + ", not of " + token);
            }
            if (!root.certificateLogs().isEmpty()) {
                SignedCertificateTimestamps.prove(proved, Optional.empty(), root.certificateLogs());
            }
            return new Certified(chain, proved);
        } catch (UnprovenException e) {
            throw (e.rejection() == Rejection.CERTIFICATE_TIME
                            ? clock(leaf)
                            : ServiceClient.lied(service, "a certificate that does not hold: " + e.getMessage()))
                    .because(e);
        }
    }

    private ProvedCertificate path(Certificate leaf) throws UnprovenException {
        Instant now = clock.instant();
        try {
            return CertificatePath.prove(leaf, List.of(), root.authorities(), now);
        } catch (UnprovenException e) {
            if (e.rejection() != Rejection.CERTIFICATE_TIME) {
                throw e;
            }
            return CertificatePath.prove(leaf, List.of(), root.authorities(), now.plus(LEEWAY));
        }
    }

    private Failure clock(Certificate leaf) {
        return Failure.of(
                Kind.FAILED,
                service + " has made a " + leaf.brief() + ", which is not now",
                "set the clock: this machine's says " + clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }
}
