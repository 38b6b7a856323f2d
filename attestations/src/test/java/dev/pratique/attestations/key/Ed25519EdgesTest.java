package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.TestKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One answer to every edge of Ed25519 on which verifiers differ: whatever no honest signer makes is refused. */
class Ed25519EdgesTest {
    private static final String SPKI = "302a300506032b6570032100";
    private static final byte[] MESSAGE = Evidence.utf8("what was signed");
    /** The eight points of small order with the other encodings of some (CCTV, ed25519). */
    private static final List<String> SMALL = List.of(
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    @Test
    void SIG_02_only_signatures_without_any_edge_are_accepted() throws Exception {
        Map<String, Integer> accepted = new TreeMap<>();
        int all = 0;
        for (JsonObject vector : Shared.objects(Shared.json(Shared.path("corpus/cctv/ed25519vectors.json")))) {
            List<String> flags = flags(vector);
            all++;
            if (verifies(vector.getString("key"), vector.getString("sig"), vector.getString("msg"))) {
                accepted.merge(String.join(" ", flags), 1, Integer::sum);
            }
        }
        System.out.println("cctv ed25519: " + all + " vectors, accepted by flags: " + accepted);
        assertThat(all).isEqualTo(914);
        assertThat(accepted).isEqualTo(Map.of("", 1));
    }

    private static List<String> flags(JsonObject vector) throws MalformedEvidenceException {
        List<String> flags = new ArrayList<>();
        if (vector.find("flags").isPresent()) {
            for (JsonValue flag : vector.get("flags").asArray("flags", 20)) {
                flags.add(flag.asString("flag"));
            }
        }
        return flags;
    }

    private static boolean verifies(String key, String signature, String message) {
        try {
            return VerificationKey.parseSpki(HexFormat.of().parseHex(SPKI + key))
                            .verify(Evidence.utf8(message), HexFormat.of().parseHex(signature))
                    == VerificationKey.Verified.BY_THIS_KEY;
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    @Test
    void SIG_02_points_of_small_order_are_no_keys_and_no_signatures() throws Exception {
        for (String small : SMALL) {
            assertThat(verifies(small, small + "00".repeat(32), "any"))
                    .as(small)
                    .isFalse();
            byte[] signature = HexFormat.of().parseHex(small + "00".repeat(32));
            assertThat(TestKey.ED25519.trusted().verify(MESSAGE, signature))
                    .isEqualTo(VerificationKey.Verified.NOT_BY_THIS_KEY);
        }
    }

    @Test
    void SIG_15_a_number_beyond_the_order_is_no_other_spelling_of_a_signature() throws Exception {
        byte[] good = TestKey.ED25519.sign(MESSAGE);
        byte[] order = HexFormat.of().parseHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        byte[] other = good.clone();
        int carry = 0;
        for (int i = 0; i < order.length; i++) {
            int sum = (good[32 + i] & 0xff) + (order[i] & 0xff) + carry;
            other[32 + i] = (byte) sum;
            carry = sum >> 8;
        }
        VerificationKey key = TestKey.ED25519.trusted();
        assertThat(key.verify(MESSAGE, good)).isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        assertThat(key.verify(MESSAGE, other)).isEqualTo(VerificationKey.Verified.NOT_BY_THIS_KEY);
    }

    @Test
    void the_message_and_its_hash_are_signed_in_two_ways_and_neither_is_the_other() throws Exception {
        VerificationKey key = TestKey.ED25519.trusted();
        SignatureAlgorithm pure = key.algorithm("ed25519").orElseThrow();
        SignatureAlgorithm prehashed = key.algorithm("ed25519-ph").orElseThrow();
        assertThat(key.defaultAlgorithm()).isEqualTo(pure);
        byte[] signedPure = TestKey.ED25519.sign(MESSAGE);
        byte[] signedHash = TestKey.ED25519.signPrehashed(MESSAGE);
        assertThat(key.verify(pure, MESSAGE, signedPure)).isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        assertThat(key.verify(prehashed, MESSAGE, signedHash)).isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        assertThat(key.verify(pure, MESSAGE, signedHash)).isEqualTo(VerificationKey.Verified.NOT_BY_THIS_KEY);
        assertThat(key.verify(prehashed, MESSAGE, signedPure)).isEqualTo(VerificationKey.Verified.NOT_BY_THIS_KEY);
    }
}
