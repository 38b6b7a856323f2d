package dev.pratique.attestations.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.testing.Shared;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every vector of Wycheproof for what is verified, through {@link TrustedKey} and not only through the JDK. */
class WycheproofTest {

    @ParameterizedTest
    @ValueSource(strings = {"ecdsa_secp256r1_sha256_test.json", "rsa_signature_2048_sha256_test.json"})
    void every_vector_gets_the_published_answer(String file) throws Exception {
        JsonObject vectors = Shared.object(Shared.path("corpus/wycheproof/" + file));
        int accepted = 0;
        int rejected = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonObject group : Shared.objects(vectors.get("testGroups"))) {
            TrustedKey key = TrustedKey.of(HexFormat.of().parseHex(group.getString("publicKeyDer")));
            for (JsonObject vector : Shared.objects(group.get("tests"))) {
                boolean verified = verifies(key, vector);
                accepted += verified ? 1 : 0;
                rejected += verified ? 0 : 1;
                // "acceptable" is one vector of RSA: DigestInfo without the NULL of its parameters, which RFC 8017
                // appendix A.2.4 allows a verifier to take. Either answer is safe.
                boolean expected = vector.getString("result").equals("valid");
                if (verified != expected && !vector.getString("result").equals("acceptable")) {
                    wrong.add(vector.get("tcId") + " " + vector.getString("comment"));
                }
            }
        }
        System.out.println(file + ": " + accepted + " accepted, " + rejected + " rejected");
        assertThat(wrong).isEmpty();
        assertThat(accepted).isPositive();
        assertThat(accepted + rejected)
                .isEqualTo((int) vectors.get("numberOfTests").asSize("numberOfTests"));
    }

    private static boolean verifies(TrustedKey key, JsonObject vector) throws MalformedEvidenceException {
        byte[] message = HexFormat.of().parseHex(vector.getString("msg"));
        byte[] signature = HexFormat.of().parseHex(vector.getString("sig"));
        try {
            return key.verify(message, signature) == TrustedKey.Verified.BY_THIS_KEY;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }
}
