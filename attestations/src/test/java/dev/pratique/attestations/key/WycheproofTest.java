package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.testing.Shared;
import java.io.File;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vector of Wycheproof for what is verified, through {@link VerificationKey} and not only through the JDK. */
class WycheproofTest {

    private static final String SAME = "default";
    private static final String RAW = "ecdsa_secp256r1_sha256_p1363_test.json";

    static Stream<Arguments> files() {
        return Stream.of(
                arguments("ecdsa_secp256r1_sha256_test.json", SAME, Arithmetics.JAVA),
                arguments("ecdsa_secp256r1_sha256_test.json", SAME, Arithmetics.NATIVE),
                arguments("ecdsa_secp384r1_sha384_test.json", SAME, Arithmetics.JAVA),
                arguments("ecdsa_secp384r1_sha384_test.json", SAME, Arithmetics.NATIVE),
                arguments("ed25519_test.json", SAME, Arithmetics.JAVA),
                arguments("rsa_signature_2048_sha256_test.json", SAME, Arithmetics.JAVA),
                arguments("rsa_pss_2048_sha256_mgf1_32_test.json", "rsa-sign-pss-2048-sha256", Arithmetics.JAVA),
                arguments("rsa_pss_3072_sha256_mgf1_32_test.json", "rsa-sign-pss-3072-sha256", Arithmetics.JAVA));
    }

    /** Of what nothing here verifies, and so nothing can answer. */
    private static final Map<String, String> NOT_ASKED = Map.of(
            // RFC 7515 signatures over compact tokens. Who issued an identity token is for Fulcio to find out; a
            // pipeline's token is passed on and its claims are believed for nothing. DSSE (protocol.md) is another
            // envelope.
            "json_web_signature_test.json",
            "no JSON Web Signature is verified",
            // FIPS 186-5 appendix A.1 asks it of whoever makes an RSA key. RFC 8017 section 8.2.2 takes (n, e) as
            // given:
            // what is trusted is in trust.yaml or certified, whatever its factors are.
            "primality_test.json",
            "no prime is made or tested: RSA keys are read");

    @Test
    void every_file_is_asked_or_says_why_not() {
        Set<String> asked = files().map(file -> (String) file.get()[0]).collect(Collectors.toCollection(TreeSet::new));
        asked.add(RAW);
        asked.addAll(NOT_ASKED.keySet());
        File[] all = Shared.path("corpus/wycheproof").toFile().listFiles((folder, name) -> name.endsWith(".json"));
        assertThat(all).extracting(File::getName).containsExactlyInAnyOrderElementsOf(asked);
    }

    @ParameterizedTest
    @MethodSource("files")
    void SIG_02_SIG_15_every_vector_gets_the_published_answer(String file, String algorithm, Arithmetics by)
            throws Exception {
        check(
                file,
                algorithm,
                by,
                (key, way, vector) -> verifies(key, way, bytes(vector, "msg"), bytes(vector, "sig")));
    }

    /** Raw numbers side by side are a form of other formats; here they count only as DER. */
    @ParameterizedTest
    @EnumSource(Arithmetics.class)
    void SIG_15_raw_signatures_get_the_published_answer_as_der_and_none_as_they_are(Arithmetics by) throws Exception {
        check(RAW, SAME, by, (key, way, vector) -> {
            byte[] raw = bytes(vector, "sig");
            byte[] message = bytes(vector, "msg");
            assertThat(verifies(key, way, message, raw)).isFalse();
            return raw.length == 64 && verifies(key, way, message, der(raw));
        });
    }

    /** How one vector is tried. */
    private interface Trial {
        boolean accepts(VerificationKey key, SignatureAlgorithm way, JsonObject vector) throws Exception;
    }

    private static void check(String file, String algorithm, Arithmetics by, Trial trial) throws Exception {
        JsonObject vectors = Shared.object(Shared.path("corpus/wycheproof/" + file));
        int accepted = 0;
        int rejected = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonObject group : Shared.objects(vectors.get("testGroups"))) {
            VerificationKey key = by.key(bytes(group, "publicKeyDer"));
            SignatureAlgorithm way = algorithm.equals(SAME)
                    ? key.defaultAlgorithm()
                    : key.algorithm(algorithm).orElseThrow();
            for (JsonObject vector : Shared.objects(group.get("tests"))) {
                boolean verified = trial.accepts(key, way, vector);
                accepted += verified ? 1 : 0;
                rejected += verified ? 0 : 1;
                // "acceptable" may go either way, and goes to refused. It is one vector of RSA: DigestInfo without the
                // NULL of its parameters, which RFC 8017 appendix A.2.4 allows a verifier to take.
                boolean expected = vector.getString("result").equals("valid");
                if (verified != expected) {
                    wrong.add(vector.get("tcId") + " " + vector.getString("comment"));
                }
            }
        }
        System.out.println(file + " by " + by + ": " + accepted + " accepted, " + rejected + " rejected");
        assertThat(wrong).isEmpty();
        assertThat(accepted).isPositive();
        assertThat(accepted + rejected)
                .isEqualTo((int) vectors.get("numberOfTests").asSize("numberOfTests"));
    }

    private static byte[] der(byte[] raw) throws Exception {
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOf(raw, 32))));
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 32, 64))));
        return new DERSequence(numbers).getEncoded("DER");
    }

    private static byte[] bytes(JsonObject object, String name) throws MalformedEvidenceException {
        return HexFormat.of().parseHex(object.getString(name));
    }

    private static boolean verifies(VerificationKey key, SignatureAlgorithm way, byte[] message, byte[] signature) {
        try {
            return key.verify(way, message, signature) == VerificationKey.Verified.BY_THIS_KEY;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }
}
