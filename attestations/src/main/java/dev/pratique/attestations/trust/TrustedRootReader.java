package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** One trusted_root.json on its way in. */
final class TrustedRootReader {
    /** By media type, whether it is of version 0.2 or later. */
    private static final Map<String, Boolean> MEDIA_TYPES = Map.of(
            "application/vnd.dev.sigstore.trustedroot+json;version=0.1", false,
            "application/vnd.dev.sigstore.trustedroot.v0.1+json", false,
            "application/vnd.dev.sigstore.trustedroot+json;version=0.2", true,
            "application/vnd.dev.sigstore.trustedroot.v0.2+json", true);

    /** A log lasts for a year or two; those that ended stay. */
    private static final int MAX_INSTANCES = 256;

    private static final int MAX_CHAIN = 10;
    /** protobuf: "from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z inclusive". */
    private static final Pattern TIMESTAMP =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(Z|[+-][0-9:]{5})");

    private final boolean second;
    private final Map<Digest, String> operators = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    private TrustedRootReader(boolean second) {
        this.second = second;
    }

    static TrustedRoot read(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "trusted root", TrustedRoot.MAX_BYTES);
        Boolean second = MEDIA_TYPES.get(json.getString("mediaType"));
        if (second == null) {
            throw new MalformedEvidenceException("the trusted root is not of version 0.1 or 0.2");
        }
        TrustedRootReader reader = new TrustedRootReader(second);
        List<CertificateAuthority> authorities = new ArrayList<>();
        for (JsonObject one : instances(json, "certificateAuthorities")) {
            authorities.add(reader.authority(one));
        }
        List<TransparencyLog> logs = reader.logs(json, "tlogs");
        List<TransparencyLog> certificateLogs = reader.logs(json, "ctlogs");
        List<TimestampAuthority> timestamps = new ArrayList<>();
        for (JsonObject one : instances(json, "timestampAuthorities")) {
            reader.timestampAuthority(one).ifPresent(timestamps::add);
        }
        return new TrustedRoot(authorities, logs, certificateLogs, timestamps, reader.operators, reader.notes);
    }

    private static List<JsonObject> instances(JsonObject json, String name) throws MalformedEvidenceException {
        List<JsonObject> instances = new ArrayList<>();
        for (JsonValue one : json.arrayOrEmpty(name, MAX_INSTANCES)) {
            instances.add(one.asObject("an entry of '" + name + "'"));
        }
        return instances;
    }

    private CertificateAuthority authority(JsonObject json) throws MalformedEvidenceException {
        return new CertificateAuthority(name(json), chain(json), validity(json), false);
    }

    private Optional<TimestampAuthority> timestampAuthority(JsonObject json) throws MalformedEvidenceException {
        List<Certificate> chain = chain(json);
        String name = name(json);
        if (chain.size() == 1 && !chain.get(0).isAuthority()) {
            notes.add("timestamp authority " + name
                    + " is not used: its certificate comes without the authority's above");
            return Optional.empty();
        }
        remember(json, Digest.sha256(chain.get(chain.size() - 1).spki()));
        return Optional.of(new TimestampAuthority(name, chain, validity(json)));
    }

    private static String name(JsonObject json) throws MalformedEvidenceException {
        Optional<String> uri = json.findString("uri").filter(text -> !text.isEmpty());
        if (uri.isPresent()) {
            return Printable.line(uri.get());
        }
        Optional<JsonObject> subject = json.findObject("subject");
        Optional<String> common =
                subject.isEmpty() ? Optional.empty() : subject.get().findString("commonName");
        return Printable.line(common.orElse("without a name"));
    }

    private static List<Certificate> chain(JsonObject json) throws MalformedEvidenceException {
        List<Certificate> chain = new ArrayList<>();
        for (JsonValue one : json.getObject("certChain").get("certificates").asArray("'certificates'", MAX_CHAIN)) {
            String raw = one.asObject("a certificate").getString("rawBytes");
            chain.add(Certificate.parse(StrictBase64.decode(raw, "a certificate's rawBytes")));
        }
        if (chain.isEmpty()) {
            throw new MalformedEvidenceException("an authority of the trusted root has no certificate");
        }
        return chain;
    }

    private List<TransparencyLog> logs(JsonObject json, String name) throws MalformedEvidenceException {
        List<TransparencyLog> logs = new ArrayList<>();
        for (JsonObject one : instances(json, name)) {
            log(one).ifPresent(logs::add);
        }
        return logs;
    }

    private Optional<TransparencyLog> log(JsonObject json) throws MalformedEvidenceException {
        String baseUrl = json.findString("baseUrl").orElse("");
        String name = baseUrl.isEmpty() ? "without a name" : Printable.line(baseUrl);
        JsonObject publicKey = json.getObject("publicKey");
        byte[] raw = StrictBase64.decode(publicKey.getString("rawBytes"), "a log's rawBytes");
        Validity validity = validity(publicKey);
        byte[] given = id(json);
        String hash = word(json, "hashAlgorithm").orElse("SHA2_256");
        // RFC 6962 section 2.1: "The hashing algorithm used in Merkle Trees is SHA-256".
        if (!hash.equals("SHA2_256")) {
            return unused(name, "its tree is hashed with " + hash);
        }
        String written = word(publicKey, "keyDetails").orElse("none");
        Optional<KeyDetails> details = KeyDetails.of(written);
        if (details.isEmpty()) {
            return unused(name, "its key is of a kind that is not verified: " + written);
        }
        VerificationKey key;
        try {
            key = details.get().key(raw);
        } catch (MalformedEvidenceException e) {
            return unused(name, e.getMessage());
        }
        Optional<SignatureAlgorithm> algorithm = details.get().algorithm(key);
        if (algorithm.isEmpty()) {
            return unused(name, "its key is not of the kind " + written);
        }
        remember(json, key.id());
        byte[] id = given.length > 0 ? given : HexFormat.of().parseHex(key.id().hex());
        return Optional.of(new TransparencyLog(name, id, key, Set.of(algorithm.get()), origin(baseUrl), validity));
    }

    private Optional<TransparencyLog> unused(String log, String why) {
        notes.add("log " + log + " is not used: " + Printable.line(why));
        return Optional.empty();
    }

    /** An enumeration's name; protobuf's JSON may have its number, which nobody writes: then it is none that is known. */
    private static Optional<String> word(JsonObject json, String name) throws MalformedEvidenceException {
        Optional<JsonValue> value = json.find(name);
        if (value.isPresent() && value.get() instanceof JsonValue.JsonNumber number) {
            return Optional.of(number.text());
        }
        return json.findString(name);
    }

    /** As log entries name it. logId has it for all that are in use; "when not set" the other, or the key, says it. */
    private byte[] id(JsonObject json) throws MalformedEvidenceException {
        Optional<JsonObject> logId = json.findObject("logId");
        Optional<JsonObject> checkpointKeyId = second ? json.findObject("checkpointKeyId") : Optional.empty();
        Optional<JsonObject> id = logId.or(() -> checkpointKeyId);
        return id.isEmpty() ? new byte[0] : StrictBase64.decode(id.get().getString("keyId"), "a log's keyId");
    }

    /**
     * sigstore_trustroot.proto, base_url: "SHOULD match the origin on the log checkpoint", "MAY be a scheme-less URL". The
     * origin of a tile log is its name: the host, with the path where it has one.
     */
    static Optional<String> origin(String baseUrl) {
        int scheme = baseUrl.indexOf("://");
        String rest = scheme < 0 ? baseUrl : baseUrl.substring(scheme + 3);
        String trimmed = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        String origin = scheme < 0 ? trimmed : trimmed.replaceFirst("^([^/:]+):[0-9]{1,5}(?=/|$)", "$1");
        return origin.isEmpty() ? Optional.empty() : Optional.of(origin);
    }

    private void remember(JsonObject json, Digest key) throws MalformedEvidenceException {
        if (second) {
            json.findString("operator")
                    .filter(operator -> !operator.isEmpty())
                    .ifPresent(operator -> operators.put(key, Printable.line(operator)));
        }
    }

    /**
     * sigstore_common.proto, TimeRange: "The time range is closed and includes both the start and end times", "End is
     * optional".
     */
    private static Validity validity(JsonObject json) throws MalformedEvidenceException {
        Optional<JsonObject> range = json.findObject("validFor");
        if (range.isEmpty()) {
            return Validity.ALWAYS;
        }
        Instant start = instant(range.get().getString("start"));
        Optional<String> written = range.get().findString("end");
        Optional<Instant> end = written.isEmpty() ? Optional.empty() : Optional.of(instant(written.get()));
        if (end.isPresent() && end.get().isBefore(start)) {
            throw new MalformedEvidenceException("'validFor' ends before it starts");
        }
        return Validity.closed(start, end);
    }

    private static Instant instant(String text) throws MalformedEvidenceException {
        if (!TIMESTAMP.matcher(text).matches()) {
            throw new MalformedEvidenceException("a time of 'validFor' is not as RFC 3339 writes it");
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedEvidenceException("a time of 'validFor' is none", e);
        }
    }
}
