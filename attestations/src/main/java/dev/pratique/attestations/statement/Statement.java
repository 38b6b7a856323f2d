package dev.pratique.attestations.statement;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An in-toto statement (in-toto attestation framework, spec/v1/statement.md; v0.1 has the same members).
 *
 * @param predicateType a URI that says what the predicate means
 * @param subjects what it is about, at least one
 * @param predicate empty where the statement has none
 */
public record Statement(String predicateType, List<Subject> subjects, JsonObject predicate) {
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
    public static final String TYPE_V1 = "https://in-toto.io/Statement/v1";
    public static final String TYPE_V01 = "https://in-toto.io/Statement/v0.1";
    /** "This image is signed", as cosign v3 writes it. */
    public static final String COSIGN_SIGN = "https://sigstore.dev/cosign/sign/v1";

    private static final int MAX_SUBJECTS = 1024;
    /** cosign's users write a handful. */
    private static final int MAX_ANNOTATIONS = 256;

    private static final int MAX_BYTES = 16 << 20;

    /**
     * One of the things that a statement is about (in-toto resource_descriptor.md).
     *
     * @param digests by algorithm, at least one
     * @param annotations those that are text
     */
    public record Subject(Map<String, String> digests, Map<String, String> annotations) {
        public Subject {
            digests = Map.copyOf(digests);
            annotations = Map.copyOf(annotations);
        }

        private boolean is(Digest digest) {
            return digest.hex().equals(digests.get(digest.algorithm().prefix()));
        }
    }

    public Statement {
        subjects = List.copyOf(subjects);
    }

    public static Statement parse(byte[] payload) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseSignedObject(payload, "statement", MAX_BYTES);
        String type = json.getString("_type");
        if (!type.equals(TYPE_V1) && !type.equals(TYPE_V01)) {
            throw new MalformedEvidenceException("_type is not an in-toto Statement of v0.1 or v1");
        }
        List<Subject> subjects = new ArrayList<>();
        for (JsonValue subject : json.arrayOrEmpty("subject", MAX_SUBJECTS)) {
            subjects.add(subject(subject.asObject("subject")));
        }
        if (subjects.isEmpty()) {
            throw new MalformedEvidenceException("the statement has no subject");
        }
        String predicateType = json.getString("predicateType");
        if (predicateType.isEmpty()) {
            throw new MalformedEvidenceException("predicateType is empty");
        }
        JsonObject predicate = json.findObject("predicate").orElse(NO_PREDICATE);
        return new Statement(predicateType, subjects, predicate);
    }

    private static Subject subject(JsonObject json) throws MalformedEvidenceException {
        Map<String, String> digests = json.stringsOrEmpty("digest", 16);
        if (digests.isEmpty()) {
            // statement.md: each element MUST have a digest.
            throw new MalformedEvidenceException("a subject has no digest");
        }
        Map<String, String> annotations = json.find("annotations")
                .filter(JsonObject.class::isInstance)
                .map(object -> ((JsonObject) object).stringMembers(MAX_ANNOTATIONS))
                .orElse(Map.of());
        return new Subject(digests, annotations);
    }

    private static final JsonObject NO_PREDICATE = JsonObject.empty();

    /**
     * Whether a subject is this digest: the same algorithm and the same lower-case hex (in-toto digest_set.md: "lower-case
     * hex"); another algorithm's name beside the same hex says nothing.
     */
    public boolean isAbout(Digest digest) {
        return subjects.stream().anyMatch(subject -> subject.is(digest));
    }

    /** What the statement says beside, about the subject that is this digest; of several such, only what all of them say. */
    public Map<String, String> annotations(Digest digest) {
        Map<String, String> common = new HashMap<>();
        boolean first = true;
        for (Subject subject : subjects) {
            if (subject.is(digest)) {
                if (first) {
                    common.putAll(subject.annotations());
                }
                common.entrySet().retainAll(subject.annotations().entrySet());
                first = false;
            }
        }
        return Map.copyOf(common);
    }
}
