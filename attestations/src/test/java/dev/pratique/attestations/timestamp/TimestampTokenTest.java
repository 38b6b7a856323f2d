package dev.pratique.attestations.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.FakeTimestamp;
import dev.pratique.attestations.testing.FakeTimestampAuthority;
import dev.pratique.attestations.testing.FakeTimestampAuthority.Profile;
import dev.pratique.attestations.testing.TestKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTokenTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final byte[] SIGNATURE = "the signature".getBytes(StandardCharsets.UTF_8);
    private static final FakeTimestampAuthority TSA = FakeTimestampAuthority.named("tsa");

    private static FakeTimestamp token() {
        return TSA.token(SIGNATURE, AT);
    }

    private static VerifiedTimestamp proved(byte[] token, TimestampAuthority... trusted) throws Exception {
        return TimestampToken.parse(token).prove(SIGNATURE, List.of(trusted)).orElseThrow();
    }

    private static void assertInvalid(byte[] token, String saw) {
        assertInvalid(token, saw, TSA.authority());
    }

    private static void assertInvalid(byte[] token, String saw, TimestampAuthority trusted) {
        assertThatThrownBy(() -> TimestampToken.parse(token).prove(SIGNATURE, List.of(trusted)))
                .isInstanceOfSatisfying(UnprovenException.class, e -> {
                    assertThat(e.rejection()).isEqualTo(Rejection.TIMESTAMP_INVALID);
                    assertThat(e.saw()).contains(saw);
                });
    }

    private static void assertMalformed(byte[] token, String message) {
        assertThatThrownBy(() -> TimestampToken.parse(token))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(message);
    }

    @Test
    void a_response_and_the_bare_token_in_it_prove_the_same_time() throws Exception {
        assertThat(proved(token().response(), TSA.authority()).time()).isEqualTo(AT);
        assertThat(proved(token().token(), TSA.authority()).time()).isEqualTo(AT);
        assertThat(proved(token().token(), TSA.authority()).authority()).isEqualTo("tsa");
    }

    @Test
    void a_signer_s_certificate_may_come_with_the_token_where_the_authority_is_known_by_its_root() throws Exception {
        byte[] token = token().embedding(TSA.certificate(), TSA.root()).response();
        assertThat(proved(token, TSA.rootOnly()).time()).isEqualTo(AT);
    }

    @Test
    void a_signer_may_name_its_certificate_by_the_key_identifier() throws Exception {
        assertThat(proved(token().byKeyIdentifier().response(), TSA.authority()).time())
                .isEqualTo(AT);
    }

    @Test
    void a_signer_may_name_its_certificate_in_the_older_attribute() throws Exception {
        byte[] token = token().namingCertificateBySha1(TSA.certificate()).response();
        assertThat(proved(token, TSA.authority()).time()).isEqualTo(AT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void granted_and_granted_with_modifications_are_granted(int status) throws Exception {
        assertThat(proved(token().status(status).response(), TSA.authority()).time())
                .isEqualTo(AT);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 3, 5, 256})
    void a_response_that_grants_nothing_has_no_token_whatever_it_carries(int status) {
        assertMalformed(token().status(status).response(), "says that no timestamp was granted");
    }

    @Test
    void RSA_keys_and_larger_curves_sign_too() throws Exception {
        var rsa = FakeTimestampAuthority.named("rsa", Profile.usual().withKey(TestKey.pair("RSA", 2048)));
        byte[] byName = rsa.token(SIGNATURE, AT)
                .signedWith(
                        "SHA-384",
                        NISTObjectIdentifiers.id_sha384,
                        "SHA384withRSA",
                        PKCSObjectIdentifiers.sha384WithRSAEncryption)
                .response();
        assertThat(proved(byName, rsa.authority()).time()).isEqualTo(AT);
        byte[] plain = rsa.token(SIGNATURE, AT)
                .signedWith(
                        "SHA-512",
                        NISTObjectIdentifiers.id_sha512,
                        "SHA512withRSA",
                        PKCSObjectIdentifiers.rsaEncryption)
                .response();
        assertThat(proved(plain, rsa.authority()).time()).isEqualTo(AT);
        var p384 = FakeTimestampAuthority.named("p384", Profile.usual().withKey(TestKey.pair("EC", 384)));
        assertThat(proved(p384.stamp(SIGNATURE, AT), p384.authority()).time()).isEqualTo(AT);
    }

    // --- TSA-01

    @Test
    void TSA_01_refuses_a_token_over_anything_but_the_signature() {
        for (String other : List.of("the artefact", "DSSEv1 …", "another signature", "")) {
            byte[] token = TSA.stamp(other.getBytes(StandardCharsets.UTF_8), AT);
            assertInvalid(token, "the timestamp is over something else than this signature");
        }
    }

    @Test
    void TSA_01_refuses_a_token_over_the_beginning_of_the_signature_s_hash() {
        byte[] token = token().over("SHA-512", NISTObjectIdentifiers.id_sha256, SIGNATURE)
                .response();
        assertInvalid(token, "the timestamp is over something else than this signature");
    }

    // --- TSA-02

    @Test
    void TSA_02_a_token_of_a_stranger_says_nothing_though_it_brings_its_whole_chain() throws Exception {
        FakeTimestampAuthority stranger = FakeTimestampAuthority.named("tsa");
        byte[] token = stranger.token(SIGNATURE, AT)
                .embedding(stranger.certificate(), stranger.root())
                .response();
        Optional<VerifiedTimestamp> proved =
                TimestampToken.parse(token).prove(SIGNATURE, List.of(TSA.rootOnly(), TSA.authority()));
        assertThat(proved).isEmpty();
    }

    @Test
    void TSA_02_an_authority_that_is_known_by_its_signer_has_no_other_though_its_root_made_one() throws Exception {
        FakeTimestampAuthority other = TSA.another(Profile.usual());
        byte[] token = other.token(SIGNATURE, AT).embedding(other.certificate()).response();
        assertThat(TimestampToken.parse(token).prove(SIGNATURE, List.of(TSA.authority())))
                .isEmpty();
        assertThat(proved(token, TSA.rootOnly()).time()).isEqualTo(AT);
    }

    @Test
    void TSA_02_nothing_is_proved_where_no_authority_is_trusted() throws Exception {
        byte[] token = token().embedding(TSA.certificate(), TSA.root()).response();
        assertThat(TimestampToken.parse(token).prove(SIGNATURE, List.of())).isEmpty();
    }

    // --- TSA-06

    @Test
    void TSA_06_refuses_a_SHA_1_imprint() {
        assertInvalid(token().overSha1(SIGNATURE).response(), "over a hash other than SHA-256, SHA-384 and SHA-512");
    }

    @Test
    void TSA_06_refuses_signed_attributes_that_are_signed_over_SHA_1() {
        byte[] token = token().signedWith(
                        "SHA-1", OIWObjectIdentifiers.idSHA1, "SHA1withECDSA", X9ObjectIdentifiers.ecdsa_with_SHA1)
                .response();
        assertInvalid(token, "signed over a hash other than SHA-256, SHA-384 and SHA-512");
    }

    @Test
    void TSA_06_refuses_a_SHA_1_signature_over_a_SHA_256_digest() {
        byte[] token = token().signedWith(
                        "SHA-256",
                        NISTObjectIdentifiers.id_sha256,
                        "SHA1withECDSA",
                        X9ObjectIdentifiers.ecdsa_with_SHA1)
                .response();
        assertInvalid(token, "signature algorithm is not verified");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 256, 257})
    void TSA_06_refuses_a_TSTInfo_of_another_version(int version) {
        assertMalformed(token().version(version).response(), "is not of version 1");
    }

    @Test
    void TSA_06_refuses_a_content_that_is_not_a_TSTInfo_by_its_type() {
        assertMalformed(token().contentType(PKCSObjectIdentifiers.data).response(), "is not a TSTInfo by its type");
    }

    @Test
    void TSA_06_refuses_a_content_type_attribute_that_says_otherwise() {
        assertMalformed(
                token().attribute(CMSAttributes.contentType, PKCSObjectIdentifiers.data)
                        .response(),
                "the content-type that the timestamp's signer signed is not TSTInfo");
    }

    @Test
    void TSA_06_refuses_a_token_without_a_signing_certificate_attribute() {
        assertMalformed(
                token().attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, null)
                        .response(),
                "signed no signing-certificate attribute");
    }

    @Test
    void TSA_06_refuses_a_signer_that_names_another_certificate_for_the_same_key() {
        assertInvalid(token().namingCertificate(TSA.root()).response(), "names another certificate than its own");
        assertInvalid(token().namingCertificateBySha1(TSA.root()).response(), "names another certificate than its own");
    }

    @Test
    void TSA_06_refuses_a_signer_of_whose_two_attributes_only_one_names_its_certificate() {
        byte[] token = token().namingCertificateBySha1(TSA.root())
                .namingCertificate(TSA.certificate())
                .response();
        assertInvalid(token, "names another certificate than its own");
    }

    @Test
    void TSA_06_refuses_an_issuer_and_serial_number_of_another_certificate() {
        FakeTimestamp token = token();
        ASN1Encodable id = new DERSequence(new ASN1Encodable[] {
            new DEROctetString(dev.pratique.attestations.key.Hash.SHA_256.of(TSA.certificate())),
            token.issuerSerial(BigInteger.valueOf(4711))
        });
        token.attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSequence(new DERSequence(id)));
        assertInvalid(token.response(), "names the issuer and serial number of another certificate");
    }

    @Test
    void TSA_06_refuses_a_signer_that_names_its_certificate_by_SHA_1_in_the_newer_attribute() {
        ASN1Encodable id = new DERSequence(
                new ASN1Encodable[] {new DERSequence(OIWObjectIdentifiers.idSHA1), new DEROctetString(new byte[20])});
        byte[] token = token().attribute(
                        PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSequence(new DERSequence(id)))
                .response();
        assertInvalid(token, "names its certificate by a hash other than");
    }

    @Test
    void TSA_06_refuses_more_or_fewer_signers_than_one() {
        assertMalformed(token().signers(2).response(), "set of signers has 2 elements");
        assertMalformed(token().signers(0).response(), "set of signers has 0 elements");
    }

    @Test
    void TSA_06_refuses_a_signature_by_another_key() {
        assertInvalid(token().withFlippedSignature().response(), "was not signed with the key");
        assertInvalid(
                TSA.another(Profile.usual())
                        .token(SIGNATURE, AT)
                        .signerOf(TSA.certificate())
                        .response(),
                "was not signed with the key");
    }

    @Test
    void TSA_06_refuses_a_TSTInfo_that_was_exchanged_after_signing() {
        byte[] honest = token().response();
        byte[] later = TSA.token(SIGNATURE, AT.plusSeconds(86_400)).response();
        byte[] spliced = honest.clone();
        byte[] before = "20260301120000Z".getBytes(StandardCharsets.US_ASCII);
        byte[] after = "20260302120000Z".getBytes(StandardCharsets.US_ASCII);
        int at = Collections.indexOfSubList(boxed(honest), boxed(before));
        System.arraycopy(after, 0, spliced, at, after.length);
        assertThat(Collections.indexOfSubList(boxed(later), boxed(after))).isEqualTo(at);
        assertInvalid(spliced, "signed another TSTInfo than the timestamp has");
    }

    private static List<Byte> boxed(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        Arrays.setAll(boxed, i -> bytes[i]);
        return List.of(boxed);
    }

    @Test
    void TSA_06_refuses_algorithms_that_differ_from_those_that_were_signed() throws Exception {
        ASN1ObjectIdentifier protect = CMSAttributes.cmsAlgorithmProtect;
        byte[] fits = token().attribute(
                        protect, protection(NISTObjectIdentifiers.id_sha256, X9ObjectIdentifiers.ecdsa_with_SHA256))
                .response();
        assertThat(proved(fits, TSA.authority()).time()).isEqualTo(AT);
        byte[] differs = token().attribute(
                        protect, protection(NISTObjectIdentifiers.id_sha512, X9ObjectIdentifiers.ecdsa_with_SHA512))
                .response();
        assertInvalid(differs, "algorithms are not those that its signer signed");
    }

    private static ASN1Encodable protection(ASN1ObjectIdentifier digest, ASN1ObjectIdentifier signature) {
        return new DERSequence(new ASN1Encodable[] {
            new DERSequence(new ASN1Encodable[] {digest, DERNull.INSTANCE}),
            new DERTaggedObject(false, 1, new DERSequence(signature))
        });
    }

    @Test
    void TSA_06_refuses_a_signature_algorithm_with_another_hash_than_the_digest_algorithm() {
        byte[] token = token().signedWith(
                        "SHA-256",
                        NISTObjectIdentifiers.id_sha256,
                        "SHA384withECDSA",
                        X9ObjectIdentifiers.ecdsa_with_SHA384)
                .response();
        assertInvalid(token, "has another hash than its digest algorithm");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "202603011200Z",
                "20260301120000",
                "20260301120000+0100",
                "20260301120000.0Z",
                "20260301120000.10Z",
                "20260301120000.1234567891Z",
                "20260230120000Z",
                "20260301126000Z",
                "20260301120060Z"
            })
    void a_genTime_has_one_form_and_is_a_time(String time) {
        assertThatThrownBy(() -> TimestampToken.parse(token().time(time).response()))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageMatching("the timestamp's (genTime|TSTInfo|) ?is (not in the form|no time|not DER).*");
    }

    @Test
    void a_genTime_may_have_a_fraction() throws Exception {
        byte[] token = token().time("20260301120000.25Z").response();
        assertThat(proved(token, TSA.authority()).time()).isEqualTo(AT.plusMillis(250));
    }

    @Test
    void the_accuracy_is_the_sum_of_its_parts() throws Exception {
        byte[] token = token().followedBy(new DERSequence(new ASN1Encodable[] {
                    new ASN1Integer(2),
                    new DERTaggedObject(false, 0, new ASN1Integer(5)),
                    new DERTaggedObject(false, 1, new ASN1Integer(7))
                }))
                .response();
        assertThat(proved(token, TSA.authority()).accuracy())
                .contains(Duration.ofSeconds(2).plusMillis(5).plusNanos(7000));
        assertThat(proved(token().response(), TSA.authority()).accuracy()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1000, 100_000})
    void an_accuracy_of_so_many_milliseconds_is_none(int millis) {
        byte[] token = token().followedBy(new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(millis))))
                .response();
        assertMalformed(token, "a part that is not from 1 to 999");
    }

    @Test
    void an_accuracy_of_billions_of_seconds_is_none() {
        byte[] token = token().followedBy(new DERSequence(new ASN1Integer(BigInteger.ONE.shiftLeft(70))))
                .response();
        assertMalformed(token, "no number of seconds");
    }

    @Test
    void what_a_TSTInfo_may_say_besides_is_read_over() throws Exception {
        byte[] token = token().followedBy(
                        ASN1Boolean.FALSE,
                        new ASN1Integer(BigInteger.TEN.pow(30)),
                        new DERTaggedObject(true, 0, new GeneralName(new X500Name("CN=somebody"))),
                        extensions(false))
                .response();
        assertThat(proved(token, TSA.authority()).time()).isEqualTo(AT);
    }

    @Test
    void a_critical_extension_of_a_TSTInfo_is_not_read_over() {
        assertMalformed(token().followedBy(extensions(true)).response(), "a critical extension that is not known");
    }

    private static ASN1Encodable extensions(boolean critical) {
        Extension extension =
                new Extension(new ASN1ObjectIdentifier("1.2.3.4.5"), critical, new DEROctetString(new byte[3]));
        return new DERTaggedObject(false, 1, new DERSequence(extension));
    }

    @Test
    void what_stands_behind_the_last_element_of_a_TSTInfo_is_not_read_over() {
        assertMalformed(token().followedBy(new DEROctetString(new byte[3])).response(), "an element that is not known");
    }

    // --- the authority's certificate and its validity

    @Test
    void a_signer_s_certificate_must_be_for_timestamps_only() {
        assertUnfit(Profile.usual().withPurposes());
        assertUnfit(Profile.usual().withPurposes(KeyPurposeId.id_kp_codeSigning));
        assertUnfit(Profile.usual().withPurposes(KeyPurposeId.id_kp_timeStamping, KeyPurposeId.id_kp_codeSigning));
        assertUnfit(Profile.usual().withPurposes(KeyPurposeId.anyExtendedKeyUsage));
        assertUnfit(Profile.usual().withPurposesNotCritical());
        assertUnfit(Profile.usual().withUsage(KeyUsage.keyEncipherment));
    }

    private static void assertUnfit(Profile profile) {
        FakeTimestampAuthority unfit = FakeTimestampAuthority.named("unfit", profile);
        assertInvalid(unfit.stamp(SIGNATURE, AT), "", unfit.authority());
        byte[] embedded =
                unfit.token(SIGNATURE, AT).embedding(unfit.certificate()).response();
        assertInvalid(embedded, "", unfit.rootOnly());
    }

    @Test
    void a_certification_authority_signs_no_timestamps() {
        FakeTimestampAuthority unfit =
                FakeTimestampAuthority.named("ca", Profile.usual().asAuthority());
        byte[] token = unfit.token(SIGNATURE, AT).embedding(unfit.certificate()).response();
        assertInvalid(token, "", unfit.rootOnly());
    }

    @Test
    void a_token_counts_where_its_time_lies_within_the_certificates_whenever_it_is_judged() throws Exception {
        Profile lastYear =
                Profile.usual().validFrom(Instant.parse("2021-01-01T00:00:00Z"), Instant.parse("2022-01-01T00:00:00Z"));
        FakeTimestampAuthority tsa = FakeTimestampAuthority.named("ended", lastYear);
        Instant within = Instant.parse("2021-12-31T23:59:59Z");
        assertThat(proved(tsa.stamp(SIGNATURE, within), tsa.authority()).time()).isEqualTo(within);
        assertInvalid(tsa.stamp(SIGNATURE, Instant.parse("2020-12-31T23:59:59Z")), "", tsa.authority());
        assertInvalid(tsa.stamp(SIGNATURE, Instant.parse("2022-01-01T00:00:01Z")), "", tsa.authority());
    }

    @Test
    void the_end_of_an_authority_is_the_last_moment_at_which_it_counts() throws Exception {
        Validity until = closed(Optional.of(AT.minusSeconds(60)), Optional.of(AT));
        assertThat(proved(TSA.stamp(SIGNATURE, AT), TSA.authority(until)).time())
                .isEqualTo(AT);
        assertThat(proved(TSA.stamp(SIGNATURE, AT.minusSeconds(60)), TSA.authority(until))
                        .time())
                .isEqualTo(AT.minusSeconds(60));
        assertInvalid(
                TSA.stamp(SIGNATURE, AT.plusSeconds(1)),
                "lies outside the time for which tsa is trusted",
                TSA.authority(until));
        assertInvalid(
                TSA.stamp(SIGNATURE, AT.minusSeconds(61)),
                "lies outside the time for which tsa is trusted",
                TSA.authority(until));
    }

    @Test
    void an_authority_that_stands_twice_with_two_windows_counts_in_both() throws Exception {
        Validity first = closed(Optional.empty(), Optional.of(AT.minusSeconds(1)));
        Validity second = closed(Optional.of(AT), Optional.empty());
        TimestampAuthority[] both = {TSA.authority(first), TSA.authority(second)};
        assertThat(proved(TSA.stamp(SIGNATURE, AT), both).time()).isEqualTo(AT);
        assertThat(proved(TSA.stamp(SIGNATURE, AT.minusSeconds(9)), both).time())
                .isEqualTo(AT.minusSeconds(9));
    }

    /** From the first to the last moment, both within, as trusted_root.json has it; an operator's end is none that counts. */
    private static Validity closed(Optional<Instant> first, Optional<Instant> last) {
        return new Validity(first, last.map(moment -> moment.plusNanos(1)));
    }

    // --- BND-05

    @Test
    void BND_05_two_tokens_of_one_authority_count_as_one() throws Exception {
        FakeTimestampAuthority twin = TSA.another(Profile.usual());
        VerifiedTimestamp first = proved(TSA.stamp(SIGNATURE, AT), TSA.authority());
        VerifiedTimestamp again = proved(TSA.stamp(SIGNATURE, AT.plusSeconds(5)), TSA.authority());
        VerifiedTimestamp other =
                proved(twin.token(SIGNATURE, AT).embedding(twin.certificate()).response(), TSA.rootOnly());
        assertThat(List.of(again.authorityKey(), other.authorityKey())).containsOnly(first.authorityKey());
        FakeTimestampAuthority elsewhere = FakeTimestampAuthority.named("tsa");
        assertThat(proved(elsewhere.stamp(SIGNATURE, AT), elsewhere.authority()).authorityKey())
                .isNotEqualTo(first.authorityKey());
    }

    // --- limits and form

    @Test
    void a_token_is_read_up_to_64_KiB() {
        assertMalformed(new byte[(64 << 10) + 1], "65537 bytes; up to 65536 are read");
    }

    @Test
    void a_token_with_more_certificates_than_any_chain_has_is_malformed() {
        byte[][] many = new byte[11][];
        Arrays.fill(many, TSA.certificate());
        assertMalformed(token().embedding(many).response(), "set of certificates has 11 elements");
    }

    @Test
    void nothing_stands_behind_a_token_and_nothing_is_left_out() {
        byte[] token = token().response();
        assertMalformed(Arrays.copyOf(token, token.length + 1), "is not DER");
        for (int length = 0; length < token.length; length++) {
            byte[] cut = Arrays.copyOf(token, length);
            assertThatThrownBy(() -> TimestampToken.parse(cut)).isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void no_bit_of_a_token_can_be_flipped() throws Exception {
        byte[] token = token().token();
        int accepted = 0;
        for (int bit = 0; bit < token.length * 8; bit++) {
            byte[] flipped = token.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                Optional<VerifiedTimestamp> proved =
                        TimestampToken.parse(flipped).prove(SIGNATURE, List.of(TSA.authority()));
                accepted += proved.isPresent() ? 1 : 0;
            } catch (MalformedEvidenceException | UnprovenException e) {
                continue;
            }
        }
        assertThat(accepted).isZero();
    }

    // --- tokens of strangers in other forms

    private static Optional<VerifiedTimestamp> offered(byte[] token, TimestampAuthority... trusted) throws Exception {
        return TimestampToken.offered(token).prove(SIGNATURE, List.of(trusted));
    }

    private static void assertSpoils(byte[] token, TimestampAuthority... trusted) throws Exception {
        assertThat(TimestampToken.offered(token).claimsToBeOf(List.of(trusted))).isTrue();
        assertThatThrownBy(() -> offered(token, trusted))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("not of version 1");
    }

    @Test
    void TSA_06_a_token_that_cannot_be_read_spoils_where_it_names_the_signer_of_a_trusted_authority() throws Exception {
        byte[] byName = token().version(2).response();
        byte[] byKey = token().version(2)
                .byKeyIdentifier()
                .namingCertificateBySha1(TSA.certificate())
                .response();
        assertSpoils(byName, TSA.authority());
        assertSpoils(byKey, TSA.authority());
        // Where any signer may speak for the authority, it comes along, and names who certified it.
        assertSpoils(token().version(2).embedding(TSA.certificate()).response(), TSA.rootOnly());
        assertThat(offered(token().response(), TSA.authority())).isPresent();
    }

    @Test
    void TSA_02_a_token_that_cannot_be_read_says_nothing_where_it_names_nobody_who_is_trusted() throws Exception {
        FakeTimestampAuthority stranger = FakeTimestampAuthority.named("free");
        byte[] odd = stranger.token(SIGNATURE, AT)
                .version(2)
                .embedding(stranger.certificate(), stranger.root())
                .response();
        byte[] another =
                TSA.another(Profile.usual()).token(SIGNATURE, AT).version(2).response();
        for (byte[] token : List.of(odd, new byte[] {0x30, 0}, new byte[] {0x30, (byte) 0x80, 0, 0})) {
            assertThat(offered(token, TSA.authority(), TSA.rootOnly())).isEmpty();
            assertThat(TimestampToken.offered(token).claimsToBeOf(List.of(TSA.authority(), TSA.rootOnly())))
                    .isFalse();
        }
        assertThat(offered(another, TSA.authority())).isEmpty();
    }

    @Test
    void what_is_cut_off_or_is_no_sequence_is_no_token_in_any_form() {
        byte[] whole = token().response();
        byte[] indefinite = {0x30, (byte) 0x80, 0, 1};
        byte[] huge = {0x30, (byte) 0x85, 0, 0, 0, 0, 0};
        List<byte[]> none = new ArrayList<>(List.of(SIGNATURE, new byte[] {0x30}, new byte[] {1, 0}, indefinite, huge));
        none.add(new byte[] {0x30, (byte) 0x84, -1, -1, -1, -1});
        none.add(Arrays.copyOf(whole, whole.length + 1));
        for (int length = 0; length < whole.length; length += 7) {
            none.add(Arrays.copyOf(whole, length));
        }
        for (byte[] token : none) {
            assertThatThrownBy(() -> TimestampToken.offered(token)).isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void TSA_02_a_strangers_certificate_need_not_be_one_for_timestamps() throws Exception {
        for (Profile unfit : List.of(
                Profile.usual().withPurposesNotCritical(),
                Profile.usual().withPurposes(KeyPurposeId.id_kp_codeSigning),
                Profile.usual().asAuthority())) {
            FakeTimestampAuthority stranger = FakeTimestampAuthority.named("free", unfit);
            byte[] token = stranger.token(SIGNATURE, AT)
                    .embedding(stranger.certificate(), stranger.root())
                    .response();
            assertThat(offered(token, TSA.rootOnly())).isEmpty();
        }
        FakeTimestampAuthority unfit = TSA.another(Profile.usual().withPurposesNotCritical());
        byte[] token = unfit.token(SIGNATURE, AT).embedding(unfit.certificate()).response();
        assertInvalid(token, "is not for time stamping alone", TSA.rootOnly());
    }

    @Test
    void says_which_bytes_it_says_were_stamped() throws Exception {
        TimestampToken token = TimestampToken.parse(token().response());
        assertThat(token.names(SIGNATURE)).isTrue();
        assertThat(token.names(new byte[] {1})).isFalse();
        assertThat(TimestampToken.offered(new byte[] {0x30, 0}).names(SIGNATURE))
                .isFalse();
    }
}
