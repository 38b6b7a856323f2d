package dev.pratique.signer.sigstore;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.FakeCertificateLog;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.attestations.trust.TrustedRoot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * A Sigstore on loopback that answers as the real servers do, and lies where a test wants it to: Fulcio, Rekor v1 and v2, a
 * timestamp authority. They check what they are shown: the proof that the key is at hand, and signatures.
 */
public final class FakeSigstore implements AutoCloseable {
    private static final int MAX = 4 << 20;

    /** What a service can answer wrongly. */
    public enum Lie {
        CERTIFICATE_OF_OTHER_KEY,
        CERTIFICATE_OF_OTHER_SUBJECT,
        CERTIFICATE_BY_OTHER_AUTHORITY,
        CERTIFICATE_OF_ANOTHER_TIME,
        CERTIFICATE_NOT_LOGGED,
        ENTRY_OF_OTHER_SIGNATURE,
        ENTRY_BY_OTHER_LOG,
        PROMISE_BY_OTHER_KEY,
        CHECKPOINT_BY_OTHER_KEY,
        ENTRY_WITHOUT_PROOF,
        TIMESTAMP_OF_OTHER_BYTES,
        TIMESTAMP_TO_OTHER_REQUEST,
        TIMESTAMP_BY_OTHER_AUTHORITY,
        TIMESTAMP_OF_ANOTHER_TIME
    }

    /** Where Fulcio puts what a certificate log promises. */
    public enum Promise {
        /** Into the certificate. */
        EMBEDDED,
        /** Beside the certificate, as with an authority that issues in one step. */
        DETACHED,
        /** There is no certificate log. */
        NONE
    }

    /** Answers instead of a service. */
    @FunctionalInterface
    public interface Trouble {
        /** Whether it answered. */
        boolean makes(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final Instant now;
    private final Pki.Authority authority = Pki.root("fulcio root").intermediate("fulcio");
    private final Pki.Authority stranger = Pki.root("stranger root").intermediate("stranger");
    private final FakeCertificateLog certificateLog = FakeCertificateLog.named("ct.example");
    private final FakeLog rekor1 = FakeLog.v1("rekor1.example", TestKey.A);
    private final FakeLog rekor2 = FakeLog.v2("rekor2.example", TestKey.ED25519);
    private final FakeLog unknown1 = FakeLog.v1("unknown.example", TestKey.C);
    private final FakeLog unknown2 = FakeLog.v2("unknown.example", TestKey.C);
    private final FakeStamps stamps = new FakeStamps();
    private final FakeStamps unknownStamps = new FakeStamps();
    private Promise promise = Promise.EMBEDDED;
    private final Set<Lie> lies = EnumSet.noneOf(Lie.class);
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
    private final Map<String, byte[]> entries = new ConcurrentHashMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    /** @param now what its clocks say */
    public FakeSigstore(Instant now) throws IOException {
        this.now = now;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where a service is: {@code fulcio}, {@code rekor1}, {@code rekor2} or {@code tsa}. */
    public String url(String service) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + service;
    }

    public FakeSigstore promising(Promise how) {
        promise = how;
        return this;
    }

    public FakeSigstore lying(Lie lie) {
        lies.add(lie);
        return this;
    }

    /** @param service whose requests go there first */
    public FakeSigstore trouble(String service, Trouble trouble) {
        troubles.put("/" + service, trouble);
        return this;
    }

    /** What was asked, as {@code METHOD path}. */
    public List<String> log() {
        return List.copyOf(log);
    }

    /** What is to be trusted of it. */
    public TrustedRoot root() {
        try {
            return TrustedRoot.parse(trustedRoot().getBytes(StandardCharsets.UTF_8));
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code trusted_root.json}. */
    public String trustedRoot() {
        Map<String, Object> always = Map.of("start", "2020-01-01T00:00:00Z");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
        json.put(
                "tlogs",
                List.of(
                        rekor1.inTrustedRoot("PKIX_ECDSA_P256_SHA_256", always),
                        rekor2.inTrustedRoot("PKIX_ED25519", always)));
        json.put("certificateAuthorities", List.of(chain("fulcio", authority.chain(), always)));
        if (promise != Promise.NONE) {
            json.put("ctlogs", List.of(log(certificateLog.trusted(), always)));
        }
        json.put("timestampAuthorities", List.of(chain("tsa", stamps.chain(), always)));
        return JsonWriter.text(json);
    }

    private static Map<String, Object> chain(String name, List<Certificate> chain, Map<String, Object> validFor) {
        List<Object> certificates = new ArrayList<>();
        chain.forEach(one -> certificates.add(Map.of("rawBytes", LogBodies.base64(one.der()))));
        return Map.of(
                "uri",
                "https://" + name + ".example",
                "certChain",
                Map.of("certificates", certificates),
                "validFor",
                validFor);
    }

    private static Map<String, Object> log(TransparencyLog log, Map<String, Object> validFor) {
        return Map.of(
                "baseUrl",
                log.name(),
                "hashAlgorithm",
                "SHA2_256",
                "publicKey",
                Map.of(
                        "rawBytes",
                        LogBodies.base64(log.key().spki()),
                        "keyDetails",
                        "PKIX_ECDSA_P256_SHA_256",
                        "validFor",
                        validFor),
                "logId",
                Map.of("keyId", LogBodies.base64(log.id())));
    }

    /** A signing config v0.2 with these of its services: {@code rekor1}, {@code rekor2}, {@code tsa}. */
    public String signingConfig(String... services) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", "application/vnd.dev.sigstore.signingconfig.v0.2+json");
        json.put("caUrls", List.of(offer("fulcio", 1)));
        List<Object> logs = new ArrayList<>();
        List<Object> authorities = new ArrayList<>();
        for (String service : services) {
            (service.equals("tsa") ? authorities : logs).add(offer(service, service.equals("rekor2") ? 2 : 1));
        }
        json.put("rekorTlogUrls", logs);
        json.put("tsaUrls", authorities);
        json.put("rekorTlogConfig", logs.isEmpty() ? Map.of() : Map.of("selector", "ANY"));
        json.put("tsaConfig", authorities.isEmpty() ? Map.of() : Map.of("selector", "ANY"));
        return JsonWriter.text(json);
    }

    private Map<String, Object> offer(String service, int version) {
        return Map.of(
                "url",
                url(service),
                "majorApiVersion",
                version,
                "validFor",
                Map.of("start", "2020-01-01T00:00:00Z"),
                "operator",
                "sigstore.example");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            log.add(exchange.getRequestMethod() + " " + path);
            for (Map.Entry<String, Trouble> trouble : troubles.entrySet()) {
                if (path.startsWith(trouble.getKey()) && trouble.getValue().makes(exchange)) {
                    return;
                }
            }
            byte[] body = exchange.getRequestBody().readNBytes(MAX);
            if (path.startsWith("/rekor1/api/v1/log/entries/")) {
                byte[] entry = entries.get(path.substring(path.lastIndexOf('/') + 1));
                answer(exchange, entry == null ? 404 : 200, entry == null ? new byte[0] : entry);
                return;
            }
            switch (path) {
                case "/fulcio/api/v2/signingCert" -> certify(exchange, body);
                case "/rekor1/api/v1/log/entries" -> takeV1(exchange, body);
                case "/rekor2/api/v2/log/entries" -> takeV2(exchange, body);
                case "/tsa" -> stamp(exchange, body);
                default -> answer(exchange, 404, new byte[0]);
            }
        } catch (MalformedEvidenceException e) {
            answer(exchange, 400, JsonWriter.bytes(Map.of("code", 3, "message", e.getMessage())));
        }
    }

    public static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private void certify(HttpExchange exchange, byte[] body) throws IOException, MalformedEvidenceException {
        String token = exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length());
        JsonObject claims = StrictJson.parseObject(Base64.getUrlDecoder().decode(token.split("\\.")[1]), "claims", MAX);
        JsonObject request = StrictJson.parseObject(body, "request", MAX).getObject("publicKeyRequest");
        VerificationKey key =
                VerificationKey.parsePem(request.getObject("publicKey").getString("content"));
        String subject = claims.findString("email").orElse(claims.getString("sub"));
        byte[] proof = Base64.getDecoder().decode(request.getString("proofOfPossession"));
        if (key.verify(subject.getBytes(StandardCharsets.UTF_8), proof) != VerificationKey.Verified.BY_THIS_KEY) {
            throw new MalformedEvidenceException("the signature is no proof that the key is at hand");
        }
        List<Object> chain = new ArrayList<>();
        chain.add(pem(leaf(claims, key)));
        authority.chain().forEach(above -> chain.add(pem(above)));
        answer(exchange, 200, JsonWriter.bytes(issued(Map.of("certificates", chain))));
    }

    // fulcio, pkg/server/grpc_server.go: the detached form, without a timestamp, where there is no certificate log.
    private Map<String, Object> issued(Map<String, Object> chain) {
        return switch (promise) {
            case EMBEDDED -> Map.of("signedCertificateEmbeddedSct", Map.of("chain", chain));
            case DETACHED ->
                Map.of(
                        "signedCertificateDetachedSct",
                        Map.of("chain", chain, "signedCertificateTimestamp", LogBodies.base64(new byte[] {'{', '}'})));
            case NONE -> Map.of("signedCertificateDetachedSct", Map.of("chain", chain));
        };
    }

    private Certificate leaf(JsonObject claims, VerificationKey key) throws MalformedEvidenceException {
        GeneralName name = claims.findString("email").isPresent()
                ? Pki.email(claims.getString("email"))
                : Pki.uri(claims.findString("job_workflow_ref")
                        .map(workflow -> "https://github.com/" + workflow)
                        .orElse(claims.getString("sub")));
        if (lies.contains(Lie.CERTIFICATE_OF_OTHER_SUBJECT)) {
            name = Pki.email("somebody@else.test");
        }
        Instant from = lies.contains(Lie.CERTIFICATE_OF_ANOTHER_TIME) ? now.minusSeconds(3600) : now;
        byte[] spki = lies.contains(Lie.CERTIFICATE_OF_OTHER_KEY) ? TestKey.B.spki() : key.spki();
        Pki.Draft draft = Pki.fulcio(TestKey.B, claims.getString("iss"), name)
                .withSpki(spki)
                .valid(from, from.plusSeconds(600));
        Pki.Authority by = lies.contains(Lie.CERTIFICATE_BY_OTHER_AUTHORITY) ? stranger : authority;
        return lies.contains(Lie.CERTIFICATE_NOT_LOGGED) || promise != Promise.EMBEDDED
                ? by.issue(draft)
                : by.issue(draft, from, certificateLog);
    }

    private static String pem(Certificate certificate) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.der())
                + "\n-----END CERTIFICATE-----\n";
    }

    private FakeLog.Defect[] defects() {
        List<FakeLog.Defect> defects = new ArrayList<>();
        if (lies.contains(Lie.PROMISE_BY_OTHER_KEY)) {
            defects.add(FakeLog.Defect.PROMISE_BY_OTHER_KEY);
        }
        if (lies.contains(Lie.CHECKPOINT_BY_OTHER_KEY)) {
            defects.add(FakeLog.Defect.CHECKPOINT_BY_OTHER_KEY);
        }
        return defects.toArray(FakeLog.Defect[]::new);
    }

    private void takeV1(HttpExchange exchange, byte[] body) throws IOException, MalformedEvidenceException {
        byte[] canonical = canonical(body);
        String id = Rekor1Form.id(canonical);
        if (entries.containsKey(id)) {
            exchange.getResponseHeaders().set("Location", "/api/v1/log/entries/" + id);
            answer(exchange, 409, JsonWriter.bytes(Map.of("code", 409, "message", "an equivalent entry exists")));
            return;
        }
        take(body);
        answer(exchange, 201, entries.get(id));
    }

    /** Takes what is sent to Rekor v2 and answers as a gateway that did not wait for the log. */
    public boolean takesAndTimesOut(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX);
        try {
            JsonObject request = StrictJson.parseObject(body, "request", MAX).getObject("hashedRekordRequestV002");
            byte[] canonical = canonicalV2(request);
            entries.put(Rekor1Form.id(canonical), canonical);
        } catch (MalformedEvidenceException e) {
            throw new IOException(e);
        }
        answer(exchange, 504, new byte[0]);
        return true;
    }

    /** Puts what is proposed into Rekor v1. */
    public void take(byte[] proposed) throws IOException {
        try {
            byte[] canonical = canonical(proposed);
            FakeLog by = lies.contains(Lie.ENTRY_BY_OTHER_LOG) ? unknown1 : rekor1;
            Map<String, Object> entry =
                    Rekor1Form.answered(by.add(canonical, now, defects()), !lies.contains(Lie.ENTRY_WITHOUT_PROOF));
            entries.put(Rekor1Form.id(canonical), JsonWriter.bytes(Map.of(Rekor1Form.id(canonical), entry)));
        } catch (MalformedEvidenceException e) {
            throw new IOException(e);
        }
    }

    private byte[] canonical(byte[] proposed) throws MalformedEvidenceException {
        if (lies.contains(Lie.ENTRY_OF_OTHER_SIGNATURE)) {
            return LogBodies.dsse(new byte[] {1}, new byte[] {2}, TestKey.B.spki());
        }
        return Rekor1Form.canonical(StrictJson.parseObject(proposed, "entry", MAX));
    }

    private void takeV2(HttpExchange exchange, byte[] body) throws IOException, MalformedEvidenceException {
        JsonObject request = StrictJson.parseObject(body, "request", MAX).getObject("hashedRekordRequestV002");
        byte[] canonical = canonicalV2(request);
        // rekor-tiles: AlreadyExists, and nothing that leads to the entry.
        if (entries.putIfAbsent(Rekor1Form.id(canonical), canonical) != null) {
            answer(exchange, 409, JsonWriter.bytes(Map.of("code", 6, "message", "an equivalent entry already exists")));
            return;
        }
        FakeLog by = lies.contains(Lie.ENTRY_BY_OTHER_LOG) ? unknown2 : rekor2;
        Map<String, Object> taken = by.add(canonical, now, defects());
        if (lies.contains(Lie.ENTRY_WITHOUT_PROOF)) {
            taken.remove("inclusionProof");
        }
        answer(exchange, 201, JsonWriter.bytes(taken));
    }

    private byte[] canonicalV2(JsonObject request) throws MalformedEvidenceException {
        Map<String, Object> entry = new LinkedHashMap<>();
        String digest = lies.contains(Lie.ENTRY_OF_OTHER_SIGNATURE)
                ? LogBodies.base64(new byte[32])
                : request.getString("digest");
        entry.put("data", Map.of("algorithm", "SHA2_256", "digest", digest));
        entry.put("signature", request.getObject("signature"));
        return LogBodies.body("hashedrekord", "0.0.2", Map.of("hashedRekordV002", entry));
    }

    private void stamp(HttpExchange exchange, byte[] body) throws IOException {
        FakeStamps by = lies.contains(Lie.TIMESTAMP_BY_OTHER_AUTHORITY) ? unknownStamps : stamps;
        Instant at = lies.contains(Lie.TIMESTAMP_OF_ANOTHER_TIME) ? now.plusSeconds(7200) : now;
        boolean otherBytes = lies.contains(Lie.TIMESTAMP_OF_OTHER_BYTES);
        byte[] response = otherBytes || lies.contains(Lie.TIMESTAMP_TO_OTHER_REQUEST)
                ? by.answerToOther(body, at, otherBytes)
                : by.answer(body, at);
        answer(exchange, 201, response);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
