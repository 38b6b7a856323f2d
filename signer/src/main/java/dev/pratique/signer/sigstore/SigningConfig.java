package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Validity;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which services a Sigstore has for those who sign (sigstore/protobuf-specs, sigstore_trustroot.proto, SigningConfig v0.2).
 *
 * @param authorities Fulcio
 * @param logs Rekor, of any version
 */
public record SigningConfig(
        List<Offer> authorities, List<Offer> logs, Rule logRule, List<Offer> timestampAuthorities, Rule timestampRule) {
    private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    /** That of the public Sigstore has 1 KiB. */
    public static final int MAX_BYTES = 256 << 10;

    private static final int MAX_SERVICES = 64;

    /** How many of the services are asked. */
    public enum Selector {
        /** All. */
        ALL,
        /** One. */
        ANY,
        /** As many as are counted. */
        EXACT
    }

    /**
     * How many of a kind of service are asked.
     *
     * @param selector empty where the file says none, which is no mistake where there are no services
     * @param count for {@link Selector#EXACT}
     */
    public record Rule(Optional<Selector> selector, int count) {}

    /**
     * A service.
     *
     * @param majorApiVersion 0 for one that is not released
     * @param operator of which no two are asked
     */
    public record Offer(String url, long majorApiVersion, Validity validFor, String operator) {}

    /**
     * Those that are to be asked.
     *
     * @param offers each of another operator, the newest first
     * @param needed how many of them, from the first on; the others stand in for those that do not answer
     */
    public record Selection(List<Offer> offers, int needed) {}

    public SigningConfig {
        authorities = List.copyOf(authorities);
        logs = List.copyOf(logs);
        timestampAuthorities = List.copyOf(timestampAuthorities);
    }

    /** @throws MalformedEvidenceException where it cannot be read, or is of another version */
    public static SigningConfig parse(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "the signing config", MAX_BYTES);
        String mediaType = json.getString("mediaType");
        if (!mediaType.equals(MEDIA_TYPE)) {
            throw new MalformedEvidenceException(
                    "the signing config is not of version 0.2 but " + Printable.line(mediaType));
        }
        return new SigningConfig(
                offers(json, "caUrls"),
                offers(json, "rekorTlogUrls"),
                rule(json, "rekorTlogConfig"),
                offers(json, "tsaUrls"),
                rule(json, "tsaConfig"));
    }

    private static List<Offer> offers(JsonObject json, String name) throws MalformedEvidenceException {
        List<Offer> offers = new ArrayList<>();
        for (JsonValue value : json.arrayOrEmpty(name, MAX_SERVICES)) {
            JsonObject one = value.asObject("an entry of '" + name + "'");
            Optional<JsonValue> version = one.find("majorApiVersion");
            offers.add(new Offer(
                    one.getString("url"),
                    version.isEmpty() ? 0 : version.get().asSize("'majorApiVersion'"),
                    validity(one),
                    one.findString("operator").orElse("")));
        }
        return offers;
    }

    // sigstore_trustroot.proto, Service: "The TimeRange MUST be considered valid *inclusive* of the endpoints".
    private static Validity validity(JsonObject json) throws MalformedEvidenceException {
        Optional<JsonObject> range = json.findObject("validFor");
        if (range.isEmpty()) {
            return Validity.ALWAYS;
        }
        Optional<String> start = range.get().findString("start");
        Optional<String> end = range.get().findString("end");
        Instant first = start.isPresent() ? instant(start.get()) : Instant.EPOCH;
        Optional<Instant> last = end.isPresent() ? Optional.of(instant(end.get())) : Optional.empty();
        if (last.isPresent() && last.get().isBefore(first)) {
            throw new MalformedEvidenceException("'validFor' ends before it starts");
        }
        return Validity.closed(first, last);
    }

    private static Instant instant(String text) throws MalformedEvidenceException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedEvidenceException("a time of 'validFor' is not as RFC 3339 writes it", e);
        }
    }

    private static Rule rule(JsonObject json, String name) throws MalformedEvidenceException {
        Optional<JsonObject> rule = json.findObject(name);
        if (rule.isEmpty() || rule.get().find("selector").isEmpty()) {
            return new Rule(Optional.empty(), 0);
        }
        Optional<JsonValue> count = rule.get().find("count");
        return new Rule(
                selector(rule.get().get("selector"), name),
                count.isEmpty() ? 0 : (int) Math.min(count.get().asSize("'count'"), Integer.MAX_VALUE));
    }

    private static Optional<Selector> selector(JsonValue value, String name) throws MalformedEvidenceException {
        for (Selector one : Selector.values()) {
            if (value instanceof JsonString word && word.value().equals(one.name())) {
                return Optional.of(one);
            }
        }
        // "A client SHOULD throw an error if the value is SERVICE_SELECTOR_UNDEFINED".
        throw new MalformedEvidenceException("the selector of '" + name + "' is none of ALL, ANY and EXACT");
    }

    /**
     * Those of the highest version that is known, valid now, the newest of each operator.
     *
     * @param what they are, for people
     * @param versions that are known here
     * @return nobody where none is offered
     * @throws MalformedEvidenceException where some are offered and too few can be asked
     */
    public static Selection select(String what, List<Offer> offers, Rule rule, Set<Long> versions, Instant now)
            throws MalformedEvidenceException {
        if (offers.isEmpty()) {
            return new Selection(List.of(), 0);
        }
        List<Offer> usable = usable(offers, versions, now);
        if (usable.isEmpty()) {
            throw new MalformedEvidenceException("the signing config has no " + what
                    + " of a version that can be used here ("
                    + versions.stream()
                            .sorted()
                            .map(String::valueOf)
                            .reduce((a, b) -> a + ", " + b)
                            .orElse("") + ") and valid now");
        }
        Selector selector = rule.selector()
                .orElseThrow(() -> new MalformedEvidenceException(
                        "the signing config does not say how many of its " + what + "s to ask"));
        int needed = switch (selector) {
            case ALL -> usable.size();
            case ANY -> 1;
            case EXACT -> rule.count();
        };
        if (needed < 1 || needed > usable.size()) {
            throw new MalformedEvidenceException("the signing config asks for " + needed + " of its " + what + "s, and "
                    + usable.size() + " of different operators can be used");
        }
        return new Selection(usable, needed);
    }

    // "Clients SHOULD NOT select services from multiple API versions"; "clients MUST use the operator to select
    // services from distinct operators".
    private static List<Offer> usable(List<Offer> offers, Set<Long> versions, Instant now) {
        List<Offer> valid = offers.stream()
                .filter(offer -> versions.contains(offer.majorApiVersion()))
                .filter(offer -> offer.validFor().at(now) == Validity.State.VALID)
                .sorted(Comparator.comparing(Offer::majorApiVersion)
                        .thenComparing(offer -> offer.validFor().from().orElse(Instant.EPOCH))
                        .reversed())
                .toList();
        Map<String, Offer> newest = new LinkedHashMap<>();
        for (Offer offer : valid) {
            if (offer.majorApiVersion() == valid.get(0).majorApiVersion()) {
                newest.putIfAbsent(offer.operator(), offer);
            }
        }
        return List.copyOf(newest.values());
    }
}
