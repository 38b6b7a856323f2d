package dev.pratique.attestations.statement;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Shared;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementTest {
    private static final Digest IMAGE = Digest.sha256(utf8("image"));
    private static final String OTHER = Digest.sha256(utf8("other")).hex();
    /** Where we read what in-toto's Go library refuses, and why that is safe. */
    private static final Set<String> LOOSER = Set.of(
            // in-toto statement.md, Fields: "predicate object, optional"; who asks for a predicate's members misses
            // them.
            "no-predicate",
            // statement.md, Fields: "Subject artifacts are matched purely by digest", and digest_set.md lets one
            // name "other immutable references": such a subject is read, and is about no image.
            "subject-bad-hex",
            "subject-short-digest",
            "subject-unknown-alg-only");

    private static boolean isAbout(Map<String, String> digests) throws MalformedEvidenceException {
        return Statement.parse(Evidence.statement("https://x.example/y", digests, map()))
                .isAbout(IMAGE);
    }

    private static Statement annotated(Object... annotationsOfImage) throws MalformedEvidenceException {
        List<Object> subjects = new ArrayList<>();
        subjects.add(map("digest", map("sha256", OTHER), "annotations", map("env", "other", "only", "there")));
        for (Object annotations : annotationsOfImage) {
            subjects.add(map("digest", map("sha256", IMAGE.hex()), "annotations", annotations));
        }
        return Statement.parse(JsonWriter.bytes(
                map("_type", Statement.TYPE_V1, "subject", subjects, "predicateType", "https://x.example/y")));
    }

    @Test
    void annotations_are_those_of_the_subject_and_only_text() throws Exception {
        assertThat(annotated(map("env", "prod", "build", 417, "deep", map("a", "b")))
                        .annotations(IMAGE))
                .isEqualTo(Map.of("env", "prod"));
        assertThat(annotated("text").annotations(IMAGE)).isEmpty();
        assertThat(annotated().annotations(IMAGE)).isEmpty();
    }

    @Test
    void of_several_subjects_of_one_digest_only_what_all_say_is_said() throws Exception {
        assertThat(annotated(map("env", "prod", "team", "x"), map("env", "dev", "team", "x"))
                        .annotations(IMAGE))
                .isEqualTo(Map.of("team", "x"));
    }

    @Test
    void more_annotations_than_anybody_writes_are_none() throws Exception {
        Map<String, Object> many = map();
        for (int i = 0; i < 257; i++) {
            many.put("a" + i, "b");
        }
        assertThat(annotated(many).annotations(IMAGE)).isEmpty();
    }

    private static void refuses(byte[] payload) {
        assertThatThrownBy(() -> Statement.parse(payload)).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void ATT_02_compares_algorithm_and_value() throws Exception {
        assertThat(isAbout(Map.of("sha256", IMAGE.hex()))).isTrue();
        assertThat(isAbout(Map.of("sha256", IMAGE.hex(), "gitCommit", "abc"))).isTrue();
        assertThat(isAbout(Map.of("sha512", IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("sha512_256", IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("sha256", IMAGE.hex().toUpperCase(Locale.ROOT))))
                .isFalse();
        assertThat(isAbout(Map.of("gitCommit", IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("", IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("sha256", ""))).isFalse();
        assertThat(isAbout(Map.of("sha256", "sha256:" + IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("SHA256", IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("sha256", OTHER, "sha512", IMAGE.hex()))).isFalse();
        assertThat(isAbout(Map.of("sha256", IMAGE.hex().substring(1)))).isFalse();
        assertThat(isAbout(Map.of("sha256", IMAGE.hex() + " "))).isFalse();
    }

    @Test
    void any_of_several_subjects_may_be_the_image() throws Exception {
        byte[] payload = JsonWriter.bytes(map(
                "_type",
                Statement.TYPE_V01,
                "subject",
                List.of(map("digest", map("sha256", OTHER)), map("digest", map("sha256", IMAGE.hex()))),
                "predicateType",
                "x"));
        assertThat(Statement.parse(payload).isAbout(IMAGE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not-json",
                "",
                "null",
                "[]",
                "{}",
                "{\"_type\":\"https://in-toto.io/Statement/v0.1\"}",
                "{\"predicate\":{\"builder\":[]}}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"x\"}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":{},\"predicateType\":\"x\"}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{}],\"predicateType\":\"x\"}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[null],\"predicateType\":\"x\"}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":1}}],\"predicateType\":\"x\"}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\"a\"}}]}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\"a\"}}],\"predicateType\":\"x\",\"predicate\":[]}",
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\"a\"}}],\"Subject\":[],\"predicateType\":\"x\"}",
                "{\"_type\":\"https://in-toto.io/Statement/v2\",\"subject\":[{\"digest\":{\"sha256\":\"a\"}}],\"predicateType\":\"x\"}",
                "{\"_TYPE\":\"https://in-toto.io/Statement/v1\",\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\"a\"}}],\"predicateType\":\"x\"}",
            })
    void ATT_03_refuses_what_is_no_statement(String payload) {
        refuses(utf8(payload));
    }

    @Test
    void bounds_subjects_and_digests() {
        Object subject = map("digest", map("sha256", OTHER));
        refuses(JsonWriter.bytes(
                map("_type", Statement.TYPE_V1, "subject", Collections.nCopies(1025, subject), "predicateType", "x")));
        Map<String, Object> digests = map();
        for (int i = 0; i < 17; i++) {
            digests.put("alg" + i, "a");
        }
        refuses(JsonWriter.bytes(
                map("_type", Statement.TYPE_V1, "subject", List.of(map("digest", digests)), "predicateType", "x")));
    }

    @Test
    void answers_in_totos_own_cases_as_in_toto_does_or_says_why_not() throws Exception {
        Digest empty = Digest.sha256(new byte[0]);
        List<JsonObject> cases = Shared.objects(Shared.json(Shared.path("corpus/in-toto/statements.json")));
        assertThat(cases).hasSize(12);
        int looser = 0;
        for (JsonObject one : cases) {
            String name = one.getString("name");
            boolean expected = one.getString("expect").equals("accept");
            boolean read;
            boolean about = false;
            try {
                about = Statement.parse(JsonWriter.bytes(one.get("statement"))).isAbout(empty);
                read = true;
            } catch (MalformedEvidenceException e) {
                read = false;
            }
            if (read && !expected) {
                looser++;
                assertThat(LOOSER).contains(name);
                assertThat(about).as(name).isEqualTo(name.equals("no-predicate"));
            } else {
                assertThat(read).as(name).isEqualTo(expected);
                assertThat(about).as(name).isEqualTo(expected);
            }
        }
        assertThat(looser).isEqualTo(LOOSER.size());
    }

    @Test
    void simple_signing_payloads_say_one_digest_and_that_they_are_signatures() throws Exception {
        assertThat(SimpleSigning.parse(Evidence.payload(IMAGE)).manifestDigest())
                .isEqualTo(IMAGE);
        String good = new String(Evidence.payload(IMAGE), java.nio.charset.StandardCharsets.UTF_8);
        for (String bad : new String[] {
            "",
            "{}",
            "{\"critical\":[]}",
            good.replace(
                    "\"docker-manifest-digest\":",
                    "\"docker-manifest-digest\":\"" + IMAGE + "\",\"x\":1,\"Docker-Manifest-Digest\":"),
            good.replace("\"critical\":", "\"Critical\":{},\"critical\":"),
            good.replace("\"critical\":", "\"critical\":{},\"critical\":"),
            good.replace("cosign container image signature", "cosign blob signature"),
            good.replace("cosign container image signature", ""),
            good.replace("\"type\"", "\"kind\""),
            good.replace("sha256:", "SHA256:"),
            good.replace("sha256:", "md5:"),
            good + "x",
            good + good,
            "\uFEFF" + good
        }) {
            assertThatThrownBy(() -> SimpleSigning.parse(utf8(bad)))
                    .as(bad)
                    .isInstanceOf(MalformedEvidenceException.class);
        }
        assertThat(SimpleSigning.parse(utf8(good.replace("cosign container image", "atomic container")))
                        .manifestDigest())
                .isEqualTo(IMAGE);
    }
}
