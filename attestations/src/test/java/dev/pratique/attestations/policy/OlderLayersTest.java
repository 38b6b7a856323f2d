package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
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
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.verify.Finding;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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

    // cosign v2.6.0 attest.go: "Historically, cosign sent `signedPayload`, which is the entire JSON DSSE Envelope".
    @Test
    void a_timestamp_over_the_envelope_as_it_lies_in_the_layer_is_one_over_its_signature() {
        byte[] envelope = envelope(KEY);
        TrustRoots key = new TrustRoots(List.of(NamedSigner.of(CI, KEY.trusted())), List.of(stamping()));
        stampedLayer(envelope, envelope, Map.of());
        Verdict keyed = image.judge(key, Shelf.signedBy(CI));
        assertAdmitted(keyed);
        assertThat(keyed.findings())
                .extracting(Finding::saw)
                .contains("signed at " + FakeSigstore.AT + ", says timestamp authority tsa.sigstore.example");

        TrustRoots keyless = new TrustRoots(List.of(FakeSigstore.workflow(CI)), List.of(stamping()));
        Map<String, String> certificate =
                Map.of("dev.sigstore.cosign/certificate", pem(sigstore.leaf(KEY).der()));
        stampedLayer(envelope, envelope, certificate);
        assertAdmitted(image.judge(keyless, Shelf.signedBy(CI)));
        image.att(new Evidence.Layer(MediaType.DSSE_ENVELOPE, envelope, certificate));
        assertRefused(image.judge(keyless, Shelf.signedBy(CI)), RefusalReason.NOT_STAMPED);
    }

    @Test
    void TSA_01_a_timestamp_over_anything_else_than_envelope_and_signature_is_refused() {
        byte[] envelope = envelope(KEY);
        byte[] payload = Evidence.signed(image.subject);
        byte[] spaced = Evidence.utf8(new String(envelope, StandardCharsets.UTF_8) + " ");
        TrustRoots key = new TrustRoots(List.of(NamedSigner.of(CI, KEY.trusted())), List.of(sigstore.root("sigstore")));
        for (byte[] other : List.of(
                payload, DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload), envelope(OTHER), envelope(KEY), spaced)) {
            stampedLayer(envelope, other, Map.of());
            assertRefused(image.judge(key, Shelf.signedBy(CI)), RefusalReason.TIMESTAMP_INVALID);
        }
    }

    /** Whose text is not what its signer wrote; sigstore_bundle.proto has the signature stamped. */
    @Test
    void TSA_01_a_bundle_whose_envelope_was_stamped_is_refused() {
        byte[] payload = Evidence.signed(image.subject);
        FakeSigstore.Signing signing = sigstore.sign(payload, KEY);
        byte[] envelope =
                JsonWriter.bytes(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, List.of(signing.signature())));
        EvidenceBytes bundle =
                signing.stamped(sigstore.tsa.stamp(envelope, FakeSigstore.AT)).bundle();
        TrustRoots key = new TrustRoots(List.of(NamedSigner.of(CI, KEY.trusted())), List.of(sigstore.root("sigstore")));
        image.referrer(new Evidence.Layer(bundle.mediaType(), bundle.bytes(), Map.of()));
        assertRefused(image.judge(key, Shelf.signedBy(CI)), RefusalReason.TIMESTAMP_INVALID);
    }

    /** Asks for a timestamp, and neither for a log nor for one of certificates. */
    private Root stamping() {
        return new Root("sigstore", sigstore.material(), List.of(), 0, 1, 0, Optional.empty());
    }

    private byte[] envelope(TestKey key) {
        return JsonWriter.bytes(Evidence.envelopeOf(Evidence.signed(image.subject), key));
    }

    private void stampedLayer(byte[] envelope, byte[] stamped, Map<String, String> annotations) {
        Map<String, String> all = new HashMap<>(annotations);
        all.put(TIMESTAMP, stamped(stamped));
        image.att(new Evidence.Layer(MediaType.DSSE_ENVELOPE, envelope, all));
    }

    private String stamped(byte[] message) {
        byte[] token = sigstore.tsa.stamp(message, FakeSigstore.AT);
        byte[] json = JsonWriter.bytes(map("SignedRFC3161Timestamp", Evidence.base64(token)));
        return new String(json, StandardCharsets.UTF_8);
    }
}
