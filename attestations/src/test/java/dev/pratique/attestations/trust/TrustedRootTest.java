package dev.pratique.attestations.trust;

import static dev.pratique.attestations.testing.Evidence.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.Validity.State;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedRootTest {
    private static final String V01 = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
    private static final String V02 = "application/vnd.dev.sigstore.trustedroot.v0.2+json";

    private static Map<String, Object> root(String mediaType, Object... logs) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("mediaType", mediaType);
        root.put("tlogs", new ArrayList<>(List.of(logs)));
        return root;
    }

    private static Map<String, Object> log(String details, byte[] rawBytes) {
        Map<String, Object> log = new LinkedHashMap<>();
        log.put("baseUrl", "https://rekor.example");
        log.put("hashAlgorithm", "SHA2_256");
        log.put(
                "publicKey",
                new LinkedHashMap<>(Map.of(
                        "rawBytes",
                        base64(rawBytes),
                        "keyDetails",
                        details,
                        "validFor",
                        new LinkedHashMap<>(Map.of("start", "2026-01-01T00:00:00Z")))));
        log.put("logId", new LinkedHashMap<>(Map.of("keyId", base64(new byte[] {1, 2, 3, 4}))));
        return log;
    }

    private static Map<String, Object> log() {
        return log("PKIX_ECDSA_P256_SHA_256", TestKey.A.spki());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> in(Map<String, Object> json, String name) {
        return (Map<String, Object>) json.get(name);
    }

    private static TrustedRoot parse(Map<String, Object> json) throws MalformedEvidenceException {
        return TrustedRoot.parse(JsonWriter.bytes(json));
    }

    private static void refuses(Map<String, Object> json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(why);
    }

    @Test
    void reads_the_public_good_instance() throws Exception {
        TrustedRoot root = TrustedRoot.parse(
                Shared.bytes(Shared.path("corpus/sigstore-trust-roots/public-good/targets/trusted_root.json")));
        assertThat(root.notes()).isEmpty();
        assertThat(root.authorities()).hasSize(2).allMatch(one -> one.name().equals("https://fulcio.sigstore.dev"));
        assertThat(root.authorities().get(1).chain()).hasSize(2);
        assertThat(root.logs())
                .extracting(TransparencyLog::name)
                .containsExactly("https://rekor.sigstore.dev", "https://log2025-1.rekor.sigstore.dev");
        assertThat(root.certificateLogs()).hasSize(2);
        assertThat(root.timestampAuthorities()).hasSize(1);
        assertThat(base64(root.logs().get(0).id())).isEqualTo("wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=");
        assertThat(root.logs().get(0).key().id().hex())
                .isEqualTo("c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d");
    }

    @Test
    void reads_the_staging_instance_with_a_key_in_pkcs1() throws Exception {
        TrustedRoot root = TrustedRoot.parse(
                Shared.bytes(Shared.path("corpus/sigstore-trust-roots/staging/targets/trusted_root.json")));
        assertThat(root.notes()).isEmpty();
        assertThat(root.certificateLogs()).hasSize(5);
        TransparencyLog rsa = root.certificateLogs().get(0);
        assertThat(Digest.sha256(rsa.key().spki()).hex())
                .isEqualTo(HexFormat.of().formatHex(rsa.id()));
    }

    static Stream<Path> recordedRoots() throws IOException {
        List<Path> roots = new ArrayList<>();
        for (String folder : List.of("samples", "corpus/sigstore-conformance", "corpus/synthetic-sigstore-keyless")) {
            try (Stream<Path> files = Files.walk(Shared.path(folder))) {
                files.filter(file -> file.getFileName().toString().matches("trusted_root.*\\.json"))
                        .forEach(roots::add);
            }
        }
        Collections.sort(roots);
        assertThat(roots).hasSizeGreaterThan(25);
        return roots.stream();
    }

    @ParameterizedTest
    @MethodSource("recordedRoots")
    void reads_every_recorded_root_whole(Path file) throws Exception {
        TrustedRoot root = TrustedRoot.parse(Shared.bytes(file));
        assertThat(root.notes()).isEmpty();
        assertThat(root.authorities()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                V01,
                V02,
                "application/vnd.dev.sigstore.trustedroot.v0.1+json",
                "application/vnd.dev.sigstore.trustedroot+json;version=0.2"
            })
    void reads_both_versions_in_both_spellings(String mediaType) throws Exception {
        assertThat(parse(root(mediaType, log())).logs()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/vnd.dev.sigstore.trustedroot.v0.3+json",
                "application/vnd.dev.sigstore.trustedroot+json",
                "application/vnd.dev.sigstore.trustedroot+json;version=0.1 ",
                "application/vnd.dev.sigstore.bundle.v0.3+json"
            })
    void refuses_other_media_types(String mediaType) {
        refuses(root(mediaType, log()), "not of version 0.1 or 0.2");
    }

    @Test
    void both_ends_of_a_range_belong_to_it() throws Exception {
        Map<String, Object> log = log();
        in(in(log, "publicKey"), "validFor").put("end", "2026-12-31T23:59:59.999Z");
        TransparencyLog read = parse(root(V01, log)).logs().get(0);
        assertThat(read.validity().at(Instant.parse("2025-12-31T23:59:59.999999999Z")))
                .isEqualTo(State.NOT_BEGUN);
        assertThat(read.validity().at(Instant.parse("2026-01-01T00:00:00Z"))).isEqualTo(State.VALID);
        assertThat(read.validity().at(Instant.parse("2026-12-31T23:59:59.999Z")))
                .isEqualTo(State.VALID);
        assertThat(read.validity().at(Instant.parse("2026-12-31T23:59:59.999000001Z")))
                .isEqualTo(State.ENDED);
    }

    @Test
    void a_range_without_an_end_is_open_and_one_of_a_single_moment_is_one() throws Exception {
        assertThat(parse(root(V01, log())).logs().get(0).validity().until()).isEmpty();
        Map<String, Object> log = log();
        in(in(log, "publicKey"), "validFor").put("end", "2026-01-01T00:00:00Z");
        assertThat(parse(root(V01, log)).logs().get(0).validity().at(Instant.parse("2026-01-01T00:00:00Z")))
                .isEqualTo(State.VALID);
    }

    @ParameterizedTest
    @CsvSource({
        "2025-01-01T00:00:00Z, ends before it starts",
        "+1000000000-12-31T23:59:59.999999999Z, RFC 3339",
        "2026-02-30T00:00:00Z, none",
        "2026-01-01, RFC 3339",
        "'', RFC 3339"
    })
    void refuses_a_range_that_is_none(String end, String why) {
        Map<String, Object> log = log();
        in(in(log, "publicKey"), "validFor").put("end", end);
        refuses(root(V01, log), why);
    }

    @Test
    void refuses_a_range_without_a_start() {
        Map<String, Object> log = log();
        in(in(log, "publicKey"), "validFor").clear();
        refuses(root(V01, log), "'start' is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "PKIX_ECDSA_P256_SHA_256, A",
        "PKIX_ECDSA_P256_HMAC_SHA_256, A",
        "PKIX_ECDSA_P384_SHA_384, P384",
        "PKIX_ECDSA_P384_SHA_256, P384",
        "PKIX_ECDSA_P521_SHA_512, P521",
        "PKIX_ED25519, ED25519",
        "PKIX_ED25519_PH, ED25519",
        "PKIX_RSA_PKCS1V15_2048_SHA256, RSA",
        "PKIX_RSA_PSS_2048_SHA256, RSA",
        "PKIX_RSA_PKCS1V5, RSA"
    })
    void knows_a_key_by_its_details(String details, String key) throws Exception {
        byte[] spki = keyOf(key).spki();
        TrustedRoot root = parse(root(V01, log(details, spki)));
        assertThat(root.notes()).isEmpty();
        assertThat(root.logs().get(0).key().spki()).isEqualTo(spki);
    }

    private static TestKey keyOf(String name) {
        return switch (name) {
            case "P384" -> TestKey.P384;
            case "P521" -> TestKey.P521;
            case "ED25519" -> TestKey.ED25519;
            case "RSA" -> TestKey.RSA;
            default -> TestKey.A;
        };
    }

    @Test
    void a_log_signs_in_the_one_way_that_its_details_say() throws Exception {
        byte[] message = "checkpoint".getBytes(StandardCharsets.UTF_8);
        TransparencyLog sha384 = parse(root(V01, log("PKIX_ECDSA_P384_SHA_384", TestKey.P384.spki())))
                .logs()
                .get(0);
        TransparencyLog sha256 = parse(root(V01, log("PKIX_ECDSA_P384_SHA_256", TestKey.P384.spki())))
                .logs()
                .get(0);
        byte[] signature = TestKey.P384.sign(message);
        assertThat(sha384.hasSigned(message, signature)).isTrue();
        assertThat(sha256.hasSigned(message, signature)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "ML_DSA_65, of a kind that is not verified: ML_DSA_65",
        "LMS_SHA256, LMS_SHA256",
        "PUBLIC_KEY_DETAILS_UNSPECIFIED, PUBLIC_KEY_DETAILS_UNSPECIFIED",
        "PKIX_ED25519, not of the kind PKIX_ED25519",
        "PKIX_RSA_PKCS1V15_3072_SHA256, not of the kind",
        "PKCS1_RSA_PKCS1V5, ''"
    })
    void leaves_a_log_out_whose_key_it_cannot_use_and_says_so(String details, String why) throws Exception {
        Map<String, Object> odd = log(details, TestKey.A.spki());
        odd.put("baseUrl", "https://odd.example");
        TrustedRoot root = parse(root(V01, odd, log()));
        assertThat(root.logs()).extracting(TransparencyLog::name).containsExactly("https://rekor.example");
        assertThat(root.notes())
                .singleElement()
                .asString()
                .startsWith("log https://odd.example is not used")
                .contains(why);
    }

    @Test
    void leaves_out_details_by_number_and_trees_of_another_hash() throws Exception {
        Map<String, Object> number = log();
        in(number, "publicKey").put("keyDetails", 5);
        Map<String, Object> tree = log();
        tree.put("hashAlgorithm", "SHA2_512");
        TrustedRoot root = parse(root(V01, number, tree));
        assertThat(root.logs()).isEmpty();
        assertThat(root.notes()).hasSize(2);
    }

    @Test
    void takes_the_checkpoints_key_id_and_operator_from_the_second_version_alone() throws Exception {
        Map<String, Object> log = log();
        log.remove("logId");
        log.put("checkpointKeyId", Map.of("keyId", base64(new byte[] {9, 9, 9, 9})));
        log.put("operator", "rekor.example");
        TrustedRoot second = parse(root(V02, log));
        assertThat(second.logs().get(0).id()).containsExactly(9, 9, 9, 9);
        assertThat(second.countedAs(second.logs().get(0).key().id())).isEqualTo("rekor.example");
        TrustedRoot first = parse(root(V01, log));
        assertThat(first.logs().get(0).id()).hasSize(32);
        assertThat(first.countedAs(first.logs().get(0).key().id()))
                .isEqualTo("key " + first.logs().get(0).key().id());
    }

    @Test
    void leaves_a_timestamp_authority_out_that_has_nothing_above_it() throws Exception {
        var sample = Shared.object(Shared.path("samples/trusted_root.json"));
        var authority = Shared.objects(sample.get("timestampAuthorities")).get(0);
        Map<String, Object> alone = new LinkedHashMap<>(authority.members());
        var chain = Shared.objects(authority.getObject("certChain").get("certificates"));
        alone.put("certChain", Map.of("certificates", List.of(chain.get(0))));
        Map<String, Object> root = root(V01);
        root.put("timestampAuthorities", List.of(alone));
        TrustedRoot read = parse(root);
        assertThat(read.timestampAuthorities()).isEmpty();
        assertThat(read.notes()).singleElement().asString().contains("timestamp authority");
    }

    static List<Map<String, Object>> hostile() {
        List<Map<String, Object>> roots = new ArrayList<>();
        roots.add(root(V01, "text"));
        roots.add(map("mediaType", V01, "tlogs", map()));
        roots.add(map("mediaType", V01, "tlogs", List.of(), "Tlogs", List.of()));
        roots.add(map("mediaType", V01, "certificateAuthorities", List.of(map("uri", "x"))));
        roots.add(map(
                "mediaType", V01, "certificateAuthorities", List.of(map("certChain", map("certificates", List.of())))));
        roots.add(map(
                "mediaType",
                V01,
                "certificateAuthorities",
                List.of(map("certChain", map("certificates", List.of(map("rawBytes", "AAAA")))))));
        Map<String, Object> spaces = log();
        in(spaces, "publicKey").put("rawBytes", " " + base64(TestKey.A.spki()));
        roots.add(root(V01, spaces));
        roots.add(map("mediaType", V01, "tlogs", Collections.nCopies(257, map())));
        return roots;
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refuses_what_cannot_be_read_in_one_way(Map<String, Object> json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void refuses_more_than_a_megabyte() {
        Map<String, Object> large = root(V01, log());
        large.put("x", "y".repeat(TrustedRoot.MAX_BYTES));
        refuses(large, "larger than");
    }

    @ParameterizedTest
    @CsvSource({
        "https://log2025-1.rekor.sigstore.dev, log2025-1.rekor.sigstore.dev",
        "https://log.example/, log.example",
        "http://127.0.0.1:3003, 127.0.0.1",
        "https://log.example:8443/shard/1, log.example/shard/1",
        "log.example/shard, log.example/shard"
    })
    void a_tile_log_is_named_as_its_checkpoints_are(String baseUrl, String origin) throws Exception {
        assertThat(TrustedRootReader.origin(baseUrl)).contains(origin);
        assertThat(TrustedRootReader.origin("")).isEmpty();
    }

    @Test
    void reads_the_damaged_in_any_one_byte_or_says_what_is_wrong() {
        byte[] original = Shared.bytes(Shared.path("samples/trusted_root.json"));
        for (int at = 0; at < original.length; at += 7) {
            byte[] damaged = original.clone();
            damaged[at] ^= 0x11;
            try {
                assertThat(TrustedRoot.parse(damaged).authorities()).isNotNull();
            } catch (MalformedEvidenceException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }
}
