package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Shared;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures that other projects publish, as far as they need no certificate. */
class KeyedVectorsTest {
    private static final Path CONFORMANCE = Path.of("corpus/sigstore-conformance/bundle-verify");

    private static String pem(String folder) {
        Path file = Shared.path(CONFORMANCE.resolve(folder).resolve("key.pub").toString());
        return new String(Shared.bytes(file), StandardCharsets.UTF_8);
    }

    @Test
    void the_managed_key_of_the_conformance_suite_signed_its_artifact() throws Exception {
        byte[] artifact = Shared.bytes(Shared.path(CONFORMANCE.resolve("a.txt").toString()));
        JsonObject bundle = Shared.object(Shared.path(CONFORMANCE
                .resolve("managed-key-happy-path/bundle.sigstore.json")
                .toString()));
        byte[] signature =
                Base64.getDecoder().decode(bundle.getObject("messageSignature").getString("signature"));
        VerificationKey key = VerificationKey.parsePem(pem("managed-key-happy-path"));
        assertThat(key.verify(artifact, signature)).isEqualTo(Verified.BY_THIS_KEY);
        assertThat(key.verify(Evidence.utf8("another"), signature)).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }

    /** SIG-11: what stands there as the wrong key is not even a point, so it never comes to a signature. */
    @Test
    void SIG_11_the_wrong_managed_key_of_the_conformance_suite_is_no_key() {
        assertThatThrownBy(() -> VerificationKey.parsePem(pem("managed-key-wrong-key_fail")))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("not a point of the curve ECDSA P-256");
    }

    /** Sigstore's protobuf-specs name a key by its kind; keys before that have no SubjectPublicKeyInfo and no name here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "corpus/sigstore-trust-roots/public-good/targets/trusted_root.json",
                "corpus/sigstore-trust-roots/staging/targets/trusted_root.json",
                "corpus/sigstore-conformance/bundle-verify/rekor2-dsse-happy-path/trusted_root.json"
            })
    void every_log_key_of_sigstore_is_read_as_what_it_is_called(String file) throws Exception {
        JsonObject root = Shared.object(Shared.path(file));
        Map<String, Integer> read = new TreeMap<>();
        for (String logs : new String[] {"tlogs", "ctlogs"}) {
            for (JsonValue log : root.arrayOrEmpty(logs, 50)) {
                JsonObject named = log.asObject(logs).getObject("publicKey");
                byte[] bytes = Base64.getDecoder().decode(named.getString("rawBytes"));
                String details = named.getString("keyDetails");
                if (details.startsWith("PKCS1_")) {
                    assertThatThrownBy(() -> VerificationKey.parseSpki(bytes))
                            .isInstanceOf(MalformedEvidenceException.class);
                } else {
                    assertThat(details)
                            .startsWith("PKIX_"
                                    + VerificationKey.parseSpki(bytes).type().name());
                }
                read.merge(details, 1, Integer::sum);
            }
        }
        System.out.println(file + ": " + read);
        assertThat(read).containsKeys("PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519");
    }

    /** Its signature is two raw numbers, which is no form of Sigstore's: it counts as DER and not as it is. */
    @Test
    void the_vector_of_dsse_verifies_over_the_encoding_that_it_publishes() throws Exception {
        JsonObject vectors = Shared.object(Shared.path("corpus/dsse/vectors.json"));
        JsonObject key = vectors.getObject("key");
        var curve = ECNamedCurveTable.getByName("P-256").getCurve();
        byte[] point = curve.createPoint(new BigInteger(key.getString("X")), new BigInteger(key.getString("Y")))
                .getEncoded(false);
        AlgorithmIdentifier algorithm =
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);
        VerificationKey trusted =
                VerificationKey.parseSpki(new SubjectPublicKeyInfo(algorithm, point).getEncoded("DER"));
        JsonObject envelope = vectors.getObject("envelope");
        byte[] payload = Base64.getDecoder().decode(envelope.getString("payload"));
        byte[] signed = DsseEnvelope.pae(envelope.getString("payloadType"), payload);
        assertThat(signed)
                .isEqualTo(
                        Evidence.utf8(Shared.objects(vectors.get("pae")).get(0).getString("pae")));
        byte[] raw = Base64.getDecoder()
                .decode(Shared.objects(envelope.get("signatures")).get(0).getString("sig"));
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOf(raw, 32))));
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 32, 64))));
        assertThat(trusted.verify(signed, new DERSequence(numbers).getEncoded("DER")))
                .isEqualTo(Verified.BY_THIS_KEY);
        assertThat(trusted.verify(signed, raw)).isEqualTo(Verified.NOT_BY_THIS_KEY);
    }
}
