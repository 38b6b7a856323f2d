package dev.pratique.attestations.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.transparency.LogEntry;
import dev.pratique.attestations.transparency.TransparencyInputs;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is larger than anything honest is answered by a limit, before it is looked at. The sentence says which, and so how
 * little was done; clocks are not asked.
 */
class LimitsTest {
    private static final int MEGABYTE = 1 << 20;
    private static final String HASH = "A".repeat(43) + "=";

    private static void assertMalformed(ThrowingCallable parser, String message) {
        assertThatThrownBy(parser)
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "[[],", "[0,["})
    void a_bundle_of_a_megabyte_of_nested_JSON_is_read_to_its_64th_level(String level) {
        byte[] bundle = ("{\"verificationMaterial\":" + level.repeat(MEGABYTE / level.length())).getBytes(UTF_8);
        assertMalformed(() -> SigstoreBundle.parse(bundle), "bundle is nested deeper than 64");
        assertMalformed(() -> DsseEnvelope.parse(bundle), "nested deeper than 64");
        assertMalformed(() -> Statement.parse(bundle), "nested deeper than 64");
    }

    @Test
    void BND_06_a_hundred_thousand_log_entries_are_counted_and_none_is_read() {
        assertMalformed(() -> SigstoreBundle.parse(withEntries(33)), "has 33 entries, more than 32");
        assertMalformed(() -> SigstoreBundle.parse(withEntries(99_000)), "has 99000 entries, more than 32");
        assertMalformed(() -> SigstoreBundle.parse(withEntries(100_000)), "has more values than are read");
        assertMalformed(() -> SigstoreBundle.parse(withEntries(1_000_000)), "has more values than are read");
    }

    private static byte[] withEntries(int number) {
        return ("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"messageSignature\":{\"messageDigest\":"
                        + "{\"algorithm\":\"SHA2_256\",\"digest\":\"" + HASH + "\"},\"signature\":\"MAYCAQECAQE=\"},"
                        + "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"x\"},\"tlogEntries\":["
                        + String.join(",", Collections.nCopies(number, "0")) + "]}}")
                .getBytes(UTF_8);
    }

    @Test
    void a_certificate_with_an_extension_of_ten_megabytes_is_not_read() {
        byte[] extension = tagged(
                0x30,
                tagged(0x30, joined(new byte[] {0x06, 0x03, 0x55, 0x1d, 0x11}, tagged(0x04, new byte[10 * MEGABYTE]))));
        byte[] certificate = tagged(0x30, tagged(0x30, tagged(0xa3, extension)));
        assertMalformed(() -> Certificate.parse(certificate), "bytes; up to 65536 are read");
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n";
        assertMalformed(() -> Certificate.parsePem(pem, 8), "PEM block is too long");
        assertMalformed(() -> TimestampToken.parse(certificate), "bytes; up to 65536 are read");
    }

    @Test
    void a_bundle_is_read_up_to_16_MiB() {
        byte[] large = new byte[EvidenceLimits.MAX_ENVELOPE_BYTES + 1];
        assertMalformed(() -> SigstoreBundle.parse(large), "bundle is larger than 16777216 bytes");
    }

    @Test
    void a_proof_in_a_tree_of_2_to_the_40_leaves_takes_forty_hashes_and_more_than_64_are_counted_not_read()
            throws Exception {
        Map<String, byte[]> entries = Seeds.committed(FuzzTarget.LOG_ENTRY);
        String entry = new String(entries.values().iterator().next(), UTF_8);
        LogEntry large = LogEntry.fromBundle(StrictJson.parseObject(inTree(entry, 40), "entry", MEGABYTE));
        assertThatThrownBy(() -> TransparencyInputs.inclusion(large))
                .isInstanceOfSatisfying(
                        UnprovenException.class,
                        e -> assertThat(e.saw()).isEqualTo("an inclusion proof that does not lead to its root hash"));
        LogEntry tooShort = LogEntry.fromBundle(StrictJson.parseObject(inTree(entry, 39), "entry", MEGABYTE));
        assertThatThrownBy(() -> TransparencyInputs.inclusion(tooShort))
                .isInstanceOfSatisfying(
                        UnprovenException.class,
                        e -> assertThat(e.saw())
                                .startsWith("an inclusion proof of 39 hashes, which is no path to leaf 5"));
        assertMalformed(
                () -> LogEntry.fromBundle(StrictJson.parseObject(inTree(entry, 65), "entry", MEGABYTE)),
                "has 65 entries, more than 64");
        assertMalformed(
                () -> LogEntry.fromBundle(StrictJson.parseObject(inTree(entry, 90_000), "entry", 16 * MEGABYTE)),
                "has 90000 entries, more than 64");
    }

    private static byte[] inTree(String entry, int hashes) {
        String proof = "\"inclusionProof\":{\"logIndex\":\"5\",\"treeSize\":\"" + (1L << 40) + "\",\"rootHash\":\""
                + HASH + "\",\"hashes\":[" + String.join(",", Collections.nCopies(hashes, "\"" + HASH + "\"")) + "]},";
        int from = entry.indexOf("\"inclusionProof\"");
        int to = entry.indexOf("\"canonicalizedBody\"");
        assertThat(from).isPositive();
        assertThat(to).isGreaterThan(from);
        return (entry.substring(0, from) + proof + entry.substring(to)).getBytes(UTF_8);
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        out.write(0x84);
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(content.length >>> shift);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
