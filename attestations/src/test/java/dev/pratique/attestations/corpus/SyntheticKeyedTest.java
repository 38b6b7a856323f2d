package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.testing.FakeRegistry;
import dev.pratique.attestations.testing.LayoutRegistry;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every case of the public synthetic suite of keyed signatures gets its answer for the reason that it is about. */
class SyntheticKeyedTest {
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("att-builder-mismatch", "PROVENANCE_BUILDER"),
            Map.entry("att-no-sigs", "MALFORMED_EVIDENCE"),
            Map.entry("att-no-subject", "MALFORMED_EVIDENCE"),
            Map.entry("att-ok", "ADMITTED"),
            Map.entry("att-only-vuln", "NO_PROVENANCE"),
            Map.entry("att-subject-other", "OTHER_SUBJECT"),
            Map.entry("att-wrong-key", "SIGNATURE_UNTRUSTED"),
            Map.entry("bref-ok", "ADMITTED"),
            Map.entry("bref-wrong-key", "SIGNATURE_UNTRUSTED"),
            Map.entry("index-only-child-signed", "UNSIGNED"),
            Map.entry("index-signed", "ADMITTED"),
            // Cold, a child stands on its own evidence; that an admitted index admits it is the gate's to know.
            Map.entry("index-signed-pull-child", "UNSIGNED"),
            Map.entry("polyglot-as-manifest", "MANIFEST_INVALID"),
            Map.entry("registry-wrong-bytes-for-digest", "WRONG"),
            Map.entry("sig-empty-annotation", "MALFORMED_EVIDENCE"),
            Map.entry("sig-first-bad-second-good", "ADMITTED"),
            Map.entry("sig-none", "UNSIGNED"),
            Map.entry("sig-ok-p256", "ADMITTED"),
            Map.entry("sig-ok-rsa", "ADMITTED"),
            Map.entry("sig-replay-other-image", "OTHER_SUBJECT"),
            Map.entry("sig-tampered-payload", "SIGNATURE_UNTRUSTED"),
            Map.entry("sig-wrong-valid-key", "SIGNATURE_UNTRUSTED"));

    @Test
    void every_case_gets_the_expected_answer_for_the_expected_reason() throws Exception {
        Path suite = Shared.path("corpus/synthetic-cosign-keyed");
        File[] folders = suite.resolve("cases").toFile().listFiles(File::isDirectory);
        Map<String, String> answers = new TreeMap<>();
        for (File folder : folders) {
            JsonObject one = Shared.object(folder.toPath().resolve("case.json"));
            FakeRegistry registry = LayoutRegistry.read(folder.toPath(), true);
            JsonObject wanted =
                    Shared.objects(one.getObject("policy").get("require")).get(0);
            String answer = Gate.answer(
                    registry,
                    one.getString("ref"),
                    Gate.trusting(suite.resolve(wanted.getString("key"))),
                    requirements(wanted));
            answers.put(folder.getName(), answer);
            if (one.getString("expect").equals("accept")
                    || one.getString("expect").equals("reject")) {
                assertThat(answer.equals("ADMITTED"))
                        .as(folder.getName())
                        .isEqualTo(one.getString("expect").equals("accept"));
            }
        }
        long accepts = answers.values().stream().filter("ADMITTED"::equals).count();
        System.out.println("synthetic-cosign-keyed: " + accepts + " accepts, " + (answers.size() - accepts)
                + " rejects; none waits for another kind of key");
        assertThat(answers).containsExactlyInAnyOrderEntriesOf(EXPECTED);
    }

    private static Requirements requirements(JsonObject wanted) throws Exception {
        if (wanted.getString("type").equals("cosign-key")) {
            return Shelf.signedBy("signer");
        }
        assertThat(wanted.getString("predicateType")).isEqualTo(Provenance.V1);
        Set<String> builders = wanted.findString("builderId").map(Set::of).orElse(Set.of());
        return Shelf.withProvenance(Set.of(), "signer", builders, Set.of());
    }
}
