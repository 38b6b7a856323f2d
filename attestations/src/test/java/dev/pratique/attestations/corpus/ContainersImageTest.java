package dev.pratique.attestations.corpus;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.testing.LayoutRegistry;
import dev.pratique.attestations.testing.Shared;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Images that containers/image (podman, skopeo, CRI-O) tests its own verification with. */
class ContainersImageTest {
    private static final String CASES = "corpus/containers-image/";

    private static String answer(String name, String key) throws Exception {
        Path layout = Shared.path(CASES + "oci-layouts/" + name);
        JsonObject image = Shared.objects(
                        Shared.object(layout.resolve("index.json")).get("manifests"))
                .get(0);
        return Answers.of(Gate.verification(
                LayoutRegistry.read(layout, true),
                image.getString("digest"),
                Gate.trusting(Shared.path(CASES + "fixtures/" + key))));
    }

    // What the payload says of the tag in its docker-reference is not judged: no signature of a tag is asked for here.
    @Test
    void every_image_gets_the_expected_answer_for_the_expected_reason() throws Exception {
        Answers answers = new Answers();
        for (String name : new String[] {
            "dir-img-cosign-valid", "dir-img-cosign-valid-with-tag", "dir-img-cosign-modified-manifest"
        }) {
            answers.add(name, answer(name, "cosign.pub"));
            answers.add(name + ", another key", answer(name, "cosign2.pub"));
        }
        answers.areExactly(
                "containers-image",
                Map.of(
                        "dir-img-cosign-valid", Answers.VERIFIED,
                        "dir-img-cosign-valid, another key", "NO_TRUSTED_KEY",
                        "dir-img-cosign-valid-with-tag", Answers.VERIFIED,
                        "dir-img-cosign-valid-with-tag, another key", "NO_TRUSTED_KEY",
                        "dir-img-cosign-modified-manifest", "OTHER_SUBJECT",
                        "dir-img-cosign-modified-manifest, another key", "NO_TRUSTED_KEY"));
    }
}
