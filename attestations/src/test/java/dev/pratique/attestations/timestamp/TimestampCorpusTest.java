package dev.pratique.attestations.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of real authorities and of other projects' tests, each with the reason for which it does not hold. */
class TimestampCorpusTest {
    private static final String PROVED = "proved";
    private static final String STRANGER = "of an authority that is not trusted";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            token/TimeStampToken.p7s                                                | proved
            token/granted.tsq                                                       | proved
            internal/cms/TimeStampToken.p7s                                         | proved
            token/rejection.tsq                                                     | MALFORMED: the timestamp response says that no timestamp was granted
            token/TimeStampTokenWithInvalidSignature.p7s                            | TIMESTAMP_INVALID: the timestamp was not signed with the key of the certificate that its signer names
            token/TimeStampTokenWithInvalidSigningCertificateV2.p7s                 | MALFORMED: the timestamp's signing-certificate attribute has 0 elements
            token/TimeStampTokenWithInvalideContentType.p7s                         | MALFORMED: the content of the timestamp is not a TSTInfo by its type
            token/TimeStampTokenWithSHA1CertHash.p7s                                | TIMESTAMP_INVALID: the timestamp's signer names its certificate by a hash other than SHA-256, SHA-384 and SHA-512
            token/TimeStampTokenWithSigningCertificateV1NoCert.p7s                  | MALFORMED: the timestamp's signing-certificate attribute has 0 elements, which is not from 1 to 16
            token/TimeStampTokenWithTSTInfoVersion2.p7s                             | MALFORMED: the timestamp's TSTInfo is not of version 1
            token/TimeStampTokenWithWrongSigningCertificateV2IssuerChoiceTag.p7s    | MALFORMED: the issuer in the timestamp's signing-certificate attribute does not have the tag [4]
            token/TimeStampTokenWithoutSigningCertificate.p7s                       | MALFORMED: the timestamp's signer signed no signing-certificate attribute
            internal/cms/SignedDataWithoutSignedAttributes.p7s                      | MALFORMED: the content of the timestamp is not a TSTInfo by its type
            internal/cms/TimeStampTokenInvalidSignedAttributeContentType.p7s        | MALFORMED: the content-type that the timestamp's signer signed is not TSTInfo
            internal/cms/TimeStampTokenWithInvalidCertificates.p7s                  | MALFORMED: the certificate is not of X.509 version 3
            internal/cms/TimeStampTokenWithInvalidSignature.p7s                     | TIMESTAMP_INVALID: the timestamp was not signed with the key of the certificate that its signer names
            internal/cms/TimeStampTokenWithSignedAttributeSHA1.p7s                  | TIMESTAMP_INVALID: the timestamp is signed over a hash other than SHA-256, SHA-384 and SHA-512
            internal/cms/TimeStampTokenWithUnknownSignerIssuer.p7s                  | of an authority that is not trusted
            internal/cms/TimeStampTokenWithoutSignedAttributeContentType.p7s        | MALFORMED: the content-type that the timestamp's signer signed is not TSTInfo
            internal/cms/TimeStampTokenWithoutSignedAttributes.p7s                  | MALFORMED: the timestamp has no signed attributes
            """)
    void tokens_of_the_notary_project_s_client_hold_or_fail_for_their_one_defect(String file, String answer)
            throws Exception {
        Path folder = Shared.path("corpus/tspclient-go");
        String pem = Files.readString(folder.resolve("token/GlobalSignRootCA.crt"));
        var globalSign = new TimestampAuthority("GlobalSign", Certificate.parsePem(pem, 1), Validity.ALWAYS);
        byte[] token = Shared.bytes(folder.resolve(file));
        assertThat(answer(token, "notation".getBytes(StandardCharsets.UTF_8), List.of(globalSign)))
                .startsWith(answer);
    }

    /**
     * The manifest of the corpus expects this one to be accepted, as the project does whose test looks at nothing but the
     * attributes: the time was written behind the others afterwards. RFC 5652 section 5.3: "SignedAttributes MUST be DER
     * encoded, even if the rest of the structure is BER encoded", and in DER a set is sorted. Nor does the signature hold.
     */
    @Test
    void a_signing_time_that_was_added_to_a_signed_token_stands_at_the_wrong_place() throws Exception {
        tokens_of_the_notary_project_s_client_hold_or_fail_for_their_one_defect(
                "internal/cms/TimeStampTokenWithSigningTime.p7s",
                "MALFORMED: the timestamp's set of signed attributes is not DER");
    }

    @Test
    void a_response_of_sigstore_s_staging_authority_with_its_certificate_proves_its_time() throws Exception {
        byte[] token = Shared.bytes(Shared.path(
                "corpus/sigstore-java/timestamp-response/valid/sigstage_tsa_response_with_embedded_certs.tsr"));
        List<TimestampAuthority> staging =
                authorities(Shared.path("corpus/sigstore-trust-roots/staging/targets/trusted_root.json"));
        VerifiedTimestamp proved = TimestampToken.parse(token)
                .prove("test\n".getBytes(StandardCharsets.UTF_8), staging)
                .orElseThrow();
        assertThat(proved.time()).isEqualTo("2025-05-28T15:15:55Z");
        assertThat(proved.accuracy()).contains(Duration.ofSeconds(1));
        assertThat(answer(token, "test".getBytes(StandardCharsets.UTF_8), staging))
                .isEqualTo("TIMESTAMP_INVALID: the timestamp is over something else than this signature");
    }

    /**
     * RFC 3161 section 2.4.1: "Its length MUST match the length of the hash value for that algorithm". In this response the
     * hash stands in hexadecimal; it can be read, and is over nothing.
     */
    @Test
    void a_response_over_a_hash_in_hexadecimal_can_be_read_and_proves_nothing() throws Exception {
        byte[] token = Shared.bytes(Shared.path(
                "corpus/sigstore-java/timestamp-response/valid/sigstore_tsa_response_with_embedded_certs.tsr"));
        TimestampAuthority publicGood = authorities(
                        Shared.path("corpus/sigstore-trust-roots/public-good/targets/trusted_root.json"))
                .get(0);
        var always = new TimestampAuthority(publicGood.name(), publicGood.chain(), Validity.ALWAYS);
        assertThat(answer(token, new byte[0], List.of(always)))
                .isEqualTo("TIMESTAMP_INVALID: the timestamp is over something else than this signature");
    }

    @Test
    void a_response_that_ends_in_its_middle_is_malformed() throws Exception {
        byte[] token = Shared.bytes(
                Shared.path("corpus/sigstore-java/timestamp-response/invalid/sigstore_tsa_response_invalid.tsr"));
        assertThat(answer(token, new byte[0], List.of())).isEqualTo("MALFORMED: the timestamp is not DER");
    }

    @Test
    void tokens_of_the_conformance_suite_hold_but_for_those_whose_defect_is_theirs() throws Exception {
        Path suite = Shared.path("corpus/sigstore-conformance/bundle-verify");
        Path usual = Shared.path("corpus/sigstore-trust-roots/public-good/targets/trusted_root.json");
        Map<String, String> answers = new TreeMap<>();
        for (Path folder : folders(suite)) {
            Path own = folder.resolve("trusted_root.json");
            List<TimestampAuthority> trusted = authorities(Files.exists(own) ? own : usual);
            for (Stamped one : tokensOf(folder.resolve("bundle.sigstore.json"))) {
                answers.put(folder.getFileName().toString(), answer(one.token(), one.signature(), trusted));
            }
        }
        assertThat(answers).hasSizeGreaterThanOrEqualTo(20);
        assertThat(answers.remove("rekor2-timestamp-outside-trust-root-tsa-validity_fail"))
                .startsWith("TIMESTAMP_INVALID: the timestamp's time 2025-06-")
                .contains("lies outside the time for which");
        assertThat(answers.remove("rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail"))
                .isEqualTo(STRANGER);
        assertThat(answers)
                .allSatisfy((name, answer) -> assertThat(answer).as(name).isEqualTo(PROVED));
    }

    @Test
    void tokens_that_cosign_put_into_bundles_and_annotations_hold() throws Exception {
        List<TimestampAuthority> stack = authorities(Shared.path("samples/trusted_root.json"));
        List<String> answers = new ArrayList<>();
        for (Path file : filesWithTimestamps(Shared.path("samples"))) {
            for (Stamped one : tokensOf(file)) {
                answers.add(file.getFileName() + " " + answer(one.token(), one.signature(), stack));
            }
        }
        assertThat(answers).hasSizeGreaterThanOrEqualTo(30).allMatch(answer -> answer.endsWith(PROVED));
    }

    private static String answer(byte[] token, byte[] stamped, List<TimestampAuthority> trusted) {
        try {
            Optional<VerifiedTimestamp> proved = TimestampToken.parse(token).prove(stamped, trusted);
            return proved.isPresent() ? PROVED : STRANGER;
        } catch (UnprovenException e) {
            return e.rejection() + ": " + e.saw();
        } catch (MalformedEvidenceException e) {
            return Rejection.MALFORMED + ": " + e.getMessage();
        }
    }

    private record Stamped(byte[] token, byte[] signature) {}

    /** The tokens of a bundle, or of a manifest with cosign's annotations, beside what they must be over. */
    private static List<Stamped> tokensOf(Path file) throws IOException {
        List<Stamped> tokens = new ArrayList<>();
        try {
            JsonObject json = StrictJson.parseObject(Files.readAllBytes(file), "file", 64 << 20);
            Optional<JsonObject> material = json.findObject("verificationMaterial");
            if (material.isPresent()) {
                Optional<JsonObject> data = material.get().findObject("timestampVerificationData");
                byte[] signature = base64(signature(json));
                for (JsonValue one :
                        data.isEmpty() ? List.<JsonValue>of() : data.get().arrayOrEmpty("rfc3161Timestamps", 40)) {
                    tokens.add(new Stamped(base64(one.asObject("token").getString("signedTimestamp")), signature));
                }
            }
            for (JsonValue layer : json.arrayOrEmpty("layers", 100)) {
                Map<String, String> annotations = layer.asObject("layer").stringsOrEmpty("annotations", 100);
                String annotation = annotations.get("dev.sigstore.cosign/rfc3161timestamp");
                if (annotation != null) {
                    byte[] wrapped = annotation.getBytes(StandardCharsets.UTF_8);
                    tokens.add(new Stamped(
                            base64(StrictJson.parseObject(wrapped, "annotation", 1 << 20)
                                    .getString("SignedRFC3161Timestamp")),
                            base64(annotations.get("dev.cosignproject.cosign/signature"))));
                }
            }
        } catch (MalformedEvidenceException e) {
            return List.of(); // a case about JSON
        }
        return tokens;
    }

    private static String signature(JsonObject bundle) throws MalformedEvidenceException {
        Optional<JsonObject> message = bundle.findObject("messageSignature");
        return message.isPresent()
                ? message.get().getString("signature")
                : bundle.getObject("dsseEnvelope")
                        .arrayOrEmpty("signatures", 1)
                        .get(0)
                        .asObject("signature")
                        .getString("sig");
    }

    private static byte[] base64(String text) throws MalformedEvidenceException {
        return StrictBase64.decode(text, "base64");
    }

    /** The timestamp authorities of a trusted_root.json, read here by hand. */
    private static List<TimestampAuthority> authorities(Path trustedRoot) throws MalformedEvidenceException {
        List<TimestampAuthority> authorities = new ArrayList<>();
        for (JsonValue value : Shared.object(trustedRoot).arrayOrEmpty("timestampAuthorities", 40)) {
            JsonObject authority = value.asObject("authority");
            List<Certificate> chain = new ArrayList<>();
            for (JsonValue one : authority.getObject("certChain").arrayOrEmpty("certificates", 10)) {
                chain.add(Certificate.parse(base64(one.asObject("certificate").getString("rawBytes"))));
            }
            Optional<JsonObject> validity = authority.findObject("validFor");
            Optional<Instant> start = Optional.empty();
            Optional<Instant> end = Optional.empty();
            if (validity.isPresent()) {
                start = validity.get().findString("start").map(Instant::parse);
                end = validity.get().findString("end").map(Instant::parse).map(last -> last.plusNanos(1));
            }
            authorities.add(new TimestampAuthority(
                    authority.findString("uri").orElse("without an address"), chain, new Validity(start, end)));
        }
        return authorities;
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static List<Path> filesWithTimestamps(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().equals("case.json"))
                    .filter(file -> new String(Shared.bytes(file), StandardCharsets.ISO_8859_1).contains("rfc3161"))
                    .sorted()
                    .toList();
        }
    }
}
