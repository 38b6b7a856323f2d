package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.api.Test;

/** Layers of cosign's older tags, whose material stands in their annotations, where anybody can write. */
class OlderLayersTest {
    private static final String CI = "acme-ci";
    private static final TestKey KEY = TestKey.A;
    private static final TestKey OTHER = TestKey.B;
    private static final String ENTRY = "dev.sigstore.cosign/bundle";
    private static final String TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp";

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final Shelf image = new Shelf();

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE-----\n" + Evidence.base64Lines(der) + "-----END CERTIFICATE-----\n";
    }

    /** The chain that cosign writes ends in the root; and nobody's key is looked at whom no authority certified. */
    @Test
    void CRT_10_a_chain_of_strangers_with_large_keys_and_of_the_authorities_takes_nothing_from_a_signature() {
        byte[] payload = Evidence.payload(image.subject);
        byte[] signature = KEY.sign(payload);
        Certificate leaf = sigstore.leaf(KEY);
        Pki.Authority stranger = Pki.root("stranger");
        StringBuilder chain = new StringBuilder();
        for (int i = 0; i < 14; i++) {
            byte[] large = Pki.rsa(DHStandardGroups.rfc3526_8192.getP());
            chain.append(pem(Pki.fulcio(KEY).withSpki(large).derBy(stranger)));
        }
        sigstore.material().authorities().get(0).chain().forEach(above -> chain.append(pem(above.der())));
        byte[] body = LogBodies.hashedRekord(Hash.SHA_256, payload, signature, leaf.der());
        image.sig(new Evidence.Layer(
                MediaType.SIMPLE_SIGNING,
                payload,
                Map.of(
                        Evidence.SIGNATURE,
                        Evidence.base64(signature),
                        "dev.sigstore.cosign/certificate",
                        pem(leaf.der()),
                        "dev.sigstore.cosign/chain",
                        chain.toString(),
                        ENTRY,
                        sigstore.v1.annotation(body, FakeSigstore.AT))));
        TrustRoots trust = new TrustRoots(List.of(FakeSigstore.workflow(CI)), List.of(sigstore.root("sigstore")));
        assertAdmitted(image.judge(trust, Shelf.signedBy(CI)));
    }

    /** Who speaks of one signature says nothing of the one beside it. */
    @Test
    void signatures_of_one_envelope_are_heard_of_each_on_its_own() {
        byte[] payload = Evidence.signed(image.subject);
        byte[] pae = DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload);
        byte[] signature = KEY.sign(pae);
        byte[] others = OTHER.sign(pae);
        byte[] envelope =
                JsonWriter.bytes(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, List.of(signature, others)));
        TrustRoots trust = new TrustRoots(
                List.of(NamedSigner.of("first", KEY.trusted()), NamedSigner.of("second", OTHER.trusted())),
                List.of(sigstore.root("sigstore")));
        byte[] body = LogBodies.dsse(payload, signature, KEY.spki());
        for (Map<String, String> annotations : List.of(
                Map.of(TIMESTAMP, stamped(signature)),
                Map.of(TIMESTAMP, stamped(others)),
                Map.of(ENTRY, sigstore.v1.annotation(body, FakeSigstore.AT)))) {
            image.att(new Evidence.Layer(MediaType.DSSE_ENVELOPE, envelope, annotations));
            Optional<SignedBy> both = Optional.of(SignedBy.all(Set.of("first", "second")));
            assertAdmitted(image.judge(trust, Shelf.signedBy(both)));
        }
        byte[] ofAnother = LogBodies.dsse(payload, KEY.sign(payload), KEY.spki());
        image.att(new Evidence.Layer(
                MediaType.DSSE_ENVELOPE, envelope, Map.of(ENTRY, sigstore.v1.annotation(ofAnother, FakeSigstore.AT))));
        assertRefused(image.judge(trust, Shelf.signedBy("first")), RefusalReason.LOG_ENTRY_INVALID);
        image.att(new Evidence.Layer(MediaType.DSSE_ENVELOPE, envelope, Map.of(TIMESTAMP, stamped(payload))));
        assertRefused(image.judge(trust, Shelf.signedBy("first")), RefusalReason.TIMESTAMP_INVALID);
    }

    private String stamped(byte[] message) {
        byte[] token = sigstore.tsa.stamp(message, FakeSigstore.AT);
        byte[] json = JsonWriter.bytes(map("SignedRFC3161Timestamp", Evidence.base64(token)));
        return new String(json, StandardCharsets.UTF_8);
    }
}
