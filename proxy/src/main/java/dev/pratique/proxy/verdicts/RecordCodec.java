package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records as JSON: readable with any tool when an operator must look, and parsed as strictly as a stranger's. */
final class RecordCodec {
    private static final int MAX_BYTES = 128 << 20;
    private static final int MAX_LIST = 4096;
    /** A record of another form is a miss; raise it when the form changes. */
    private static final long FORM = 1;

    private RecordCodec() {}

    static byte[] write(StoredVerdict stored) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("form", FORM);
        json.put("judgedAt", stored.judgedAt().toEpochMilli());
        json.put("foundAt", stored.foundAt().toEpochMilli());
        json.put("validUntil", stored.verdict().validUntil().toEpochMilli());
        stored.verdict().wouldRefuse().ifPresent(reason -> json.put("wouldRefuse", reason.name()));
        json.put("warnings", stored.verdict().warnings());
        json.put(
                "findings",
                stored.verdict().findings().stream().map(RecordCodec::finding).toList());
        return JsonWriter.bytes(json);
    }

    static StoredVerdict readVerdict(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = open(bytes);
        List<Finding> findings = new ArrayList<>();
        for (JsonValue value : json.arrayOrEmpty("findings", MAX_LIST)) {
            findings.add(finding(value.asObject("finding")));
        }
        Optional<String> wouldRefuse = json.findString("wouldRefuse");
        Verdict.Admitted verdict = new Verdict.Admitted(
                findings,
                strings(json, "warnings"),
                wouldRefuse.isPresent()
                        ? Optional.of(constant(RefusalReason.class, wouldRefuse.get()))
                        : Optional.empty(),
                instant(json, "validUntil"));
        return new StoredVerdict(verdict, instant(json, "judgedAt"), instant(json, "foundAt"));
    }

    private static Finding finding(JsonObject json) throws MalformedEvidenceException {
        Check check = constant(Check.class, json.getString("check"));
        Finding.Outcome outcome = constant(Finding.Outcome.class, json.getString("outcome"));
        if (!check.outcomes().contains(outcome)) {
            throw new MalformedEvidenceException("the record has an answer that its question cannot have");
        }
        return new Finding(check, outcome, json.getString("saw"), json.getString("where"));
    }

    static byte[] write(Member member) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("form", FORM);
        json.put("kind", member.kind().name());
        json.put("size", Long.toString(member.size()));
        json.put("mediaType", member.mediaType());
        json.put("parents", member.parents().stream().map(Digest::toString).toList());
        json.put("confirmedAt", member.confirmedAt());
        return JsonWriter.bytes(json);
    }

    static Member readMember(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = open(bytes);
        List<Digest> parents = new ArrayList<>();
        for (String parent : strings(json, "parents")) {
            parents.add(Digest.parse(parent));
        }
        return new Member(
                constant(Member.Kind.class, json.getString("kind")),
                number(json.getString("size")),
                json.getString("mediaType"),
                parents,
                json.get("confirmedAt").asSize("confirmedAt"));
    }

    static byte[] write(FoundEvidence found) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("form", FORM);
        json.put("foundAt", found.foundAt().toEpochMilli());
        json.put("limits", found.limits().stream().sorted().map(Enum::name).toList());
        json.put("unread", found.unread().stream().map(RecordCodec::source).toList());
        json.put("broken", found.broken().stream().map(RecordCodec::source).toList());
        json.put("items", found.items().stream().map(RecordCodec::item).toList());
        return JsonWriter.bytes(json);
    }

    static FoundEvidence readEvidence(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = open(bytes);
        List<EvidenceBytes> items = new ArrayList<>();
        for (JsonValue value : json.arrayOrEmpty("items", MAX_LIST)) {
            JsonObject item = value.asObject("item");
            items.add(new EvidenceBytes(
                    evidenceType(item.getString("mediaType")),
                    StrictBase64.decode(item.getString("bytes"), "bytes"),
                    item.stringsOrEmpty("annotations", MAX_LIST),
                    Digest.parse(item.getString("manifest")),
                    item.getString("source")));
        }
        return new FoundEvidence(
                items, sources(json, "unread"), sources(json, "broken"), limits(json), instant(json, "foundAt"));
    }

    private static Set<EvidenceLimit> limits(JsonObject json) throws MalformedEvidenceException {
        Set<EvidenceLimit> limits = EnumSet.noneOf(EvidenceLimit.class);
        // What was written before says only that there was a limit. It was this one that was reached first.
        if (json.find("limitReached").orElse(null) instanceof JsonValue.JsonBoolean flag && flag.value()) {
            limits.add(EvidenceLimit.MANIFESTS);
        }
        for (String name : strings(json, "limits")) {
            limits.add(constant(EvidenceLimit.class, name));
        }
        return limits;
    }

    private static String evidenceType(String mediaType) throws MalformedEvidenceException {
        return EvidenceBytes.Kind.of(mediaType)
                .map(kind -> mediaType)
                .orElseThrow(() -> new MalformedEvidenceException("the record holds what is no evidence"));
    }

    static byte[] write(VerdictStore.SeenTag seen) {
        return (seen.digest() + " " + seen.at().toEpochMilli()).getBytes(StandardCharsets.US_ASCII);
    }

    static VerdictStore.SeenTag readTag(byte[] bytes) throws MalformedEvidenceException {
        String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", -1);
        if (parts.length != 2) {
            throw new MalformedEvidenceException("the record of a tag has another form");
        }
        return new VerdictStore.SeenTag(Digest.parse(parts[0]), Instant.ofEpochMilli(number(parts[1])));
    }

    private static JsonObject open(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "record", MAX_BYTES);
        if (json.get("form").asSize("form") != FORM) {
            throw new MalformedEvidenceException("the record is of another form");
        }
        return json;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("check", finding.check().name());
        json.put("outcome", finding.outcome().name());
        json.put("saw", finding.saw());
        json.put("where", finding.where());
        return json;
    }

    private static Map<String, Object> item(EvidenceBytes item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", item.mediaType());
        json.put("bytes", Base64.getEncoder().encodeToString(item.bytes()));
        json.put("annotations", item.annotations());
        json.put("manifest", item.manifest().toString());
        json.put("source", item.source());
        return json;
    }

    private static Map<String, Object> source(UnreadSource source) {
        return Map.of("source", source.source(), "what", source.what());
    }

    private static List<UnreadSource> sources(JsonObject json, String name) throws MalformedEvidenceException {
        List<UnreadSource> sources = new ArrayList<>();
        for (JsonValue value : json.arrayOrEmpty(name, MAX_LIST)) {
            JsonObject source = value.asObject(name);
            sources.add(new UnreadSource(source.getString("source"), source.getString("what")));
        }
        return sources;
    }

    private static List<String> strings(JsonObject json, String name) throws MalformedEvidenceException {
        List<String> strings = new ArrayList<>();
        for (JsonValue value : json.arrayOrEmpty(name, MAX_LIST)) {
            strings.add(value.asString(name));
        }
        return strings;
    }

    private static Instant instant(JsonObject json, String name) throws MalformedEvidenceException {
        return Instant.ofEpochMilli(json.get(name).asSize(name));
    }

    private static long number(String text) throws MalformedEvidenceException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedEvidenceException("not a number", e);
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) throws MalformedEvidenceException {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw new MalformedEvidenceException("the record has an unknown " + type.getSimpleName());
    }
}
