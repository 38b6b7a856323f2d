package dev.pratique.attestations.image;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.testing.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image specification's own schema cases; where we answer otherwise, here is why. */
class ImageSpecCorpusTest {
    private static final String OTHER_ALGORITHM =
            "descriptor.md registers sha256 and sha512; a digest that cannot be checked here is none (REG-11)";
    private static final Map<String, String> STRICTER = Map.of(
            "expected pass: test bounds of algorithm field in digest.", OTHER_ALGORITHM,
            "expected success: test for alternate digest algorithm", OTHER_ALGORITHM,
            "expected success: test for alternate digest encoding", OTHER_ALGORITHM);
    private static final Map<String, String> LOOSER = Map.of(
            "expected failure: Env is invalid",
            "the environment of the process is not read here, and decides nothing",
            "expected failure: artifactType does not match pattern (invalid first subtype character)",
            "registries copy it from what anybody pushed: one odd entry must not make a whole referrers list unreadable");

    @ParameterizedTest
    @ValueSource(strings = {"manifest", "imageindex", "config", "descriptor"})
    void answers_the_specifications_cases_as_its_schema_does_or_says_why_not(String kind) throws Exception {
        List<JsonObject> cases = Shared.objects(Shared.json(Shared.path("corpus/image-spec/" + kind + ".json")));
        List<String> wrong = new ArrayList<>();
        int accepted = 0;
        for (JsonObject one : cases) {
            String name = one.getString("desc");
            boolean expected = one.get("fail") instanceof dev.pratique.attestations.json.JsonValue.JsonBoolean fail
                    && !fail.value();
            boolean read = reads(kind, utf8(one.getString("json")));
            accepted += read ? 1 : 0;
            if (read != expected && !(read ? LOOSER : STRICTER).containsKey(name)) {
                wrong.add((read ? "accepted: " : "rejected: ") + name);
            }
        }
        System.out.println(
                "image-spec " + kind + ": " + accepted + " accepted, " + (cases.size() - accepted) + " rejected");
        assertThat(wrong).isEmpty();
        assertThat(accepted).isPositive();
    }

    private static boolean reads(String kind, byte[] json) {
        try {
            switch (kind) {
                case "manifest", "imageindex" -> Manifest.parse(json, null);
                case "config" -> ImageConfig.parse(json);
                default -> Descriptor.from(StrictJson.parse(json, "descriptor", 1 << 20), "descriptor");
            }
            return true;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }
}
