package dev.pratique.attestations.testing;

import static dev.pratique.attestations.testing.Evidence.map;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A whole Sigstore for tests: an authority for certificates, one log of each kind, a timestamp authority. */
public final class FakeSigstore {
    /** Within the certificates that it issues. */
    public static final Instant AT = Pki.SIGNED.plusSeconds(30);

    public static final String STRANGER = "https://github.com/stranger/app/.github/workflows/any.yml@refs/heads/main";

    public final Pki.Authority fulcio;
    public final FakeCertificateLog certificateLog;
    public final FakeLog v1;
    public final FakeLog v2;
    public final FakeTimestampAuthority tsa;

    public FakeSigstore(String name) {
        this.fulcio = Pki.root(name).intermediate(name + "-intermediate");
        this.certificateLog = FakeCertificateLog.named("ct." + name + ".example");
        this.v1 = FakeLog.v1("rekor1." + name + ".example", TestKey.p256());
        this.v2 = FakeLog.v2("rekor2." + name + ".example", TestKey.ED25519.another());
        this.tsa = FakeTimestampAuthority.named("tsa." + name + ".example");
    }

    public TrustedRoot material() {
        return material(Map.of());
    }

    /** @param operators by their keys */
    public TrustedRoot material(Map<Digest, String> operators) {
        return new TrustedRoot(
                List.of(fulcio.trusted()),
                List.of(v1.trusted(), v2.trusted()),
                List.of(certificateLog.trusted()),
                List.of(tsa.authority()),
                operators,
                List.of());
    }

    /** That asks for a log and a certificate log, as those do of which nothing more is said. */
    public Root root(String name) {
        return root(name, 1, 0);
    }

    public Root root(String name, int logs, int timestamps) {
        return new Root(name, material(), List.of(), logs, timestamps, 1, Optional.empty());
    }

    public Root staleFrom(String name, Instant since) {
        return new Root(name, material(), List.of(), 1, 0, 1, Optional.of(since));
    }

    public static Root neverFetched(String name) {
        TrustedRoot nothing = new TrustedRoot(List.of(), List.of(), List.of(), List.of());
        return new Root(name, nothing, List.of(), 1, 0, 1, Optional.of(Instant.EPOCH));
    }

    /** Whom the certificate of {@link #leaf(TestKey)} names, by these roots or by any. */
    public static NamedSigner workflow(String signer, String... roots) {
        return identity(signer, Pki.WORKFLOW, roots);
    }

    public static NamedSigner identity(String signer, String subject, String... roots) {
        IdentityRule rule = new IdentityRule(
                Optional.of(new TextPattern.Exact(Pki.ISSUER)), Optional.of(new TextPattern.Exact(subject)), Map.of());
        return new NamedSigner(
                signer, List.of(), List.of(new TrustedIdentity(rule, Set.of(roots))), Set.of(Counts.SIGN));
    }

    /** A certificate of {@link Pki#WORKFLOW}. */
    public Certificate leaf(TestKey key) {
        return fulcio.issue(Pki.fulcio(key), Pki.SIGNED, certificateLog);
    }

    /** A certificate of {@link #STRANGER}, as good as any. */
    public Certificate strangersLeaf(TestKey key) {
        return fulcio.issue(Pki.fulcio(key, Pki.ISSUER, Pki.uri(STRANGER)), Pki.SIGNED, certificateLog);
    }

    /** A signature of a statement, and all that shall come along with it. */
    public final class Signing {
        private final byte[] payload;
        private final byte[] signature;
        private final Optional<Certificate> leaf;
        private final byte[] verifier;
        private final List<Map<String, Object>> entries = new ArrayList<>();
        private final List<Object> timestamps = new ArrayList<>();
        private final List<String> tokens = new ArrayList<>();
        private List<byte[]> signatures;

        private Signing(byte[] payload, TestKey key, Optional<Certificate> leaf) {
            this.payload = payload;
            this.signature = key.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload));
            this.leaf = leaf;
            this.verifier = leaf.map(Certificate::der).orElseGet(key::spki);
            this.signatures = List.of(signature);
        }

        /** So many entries of the log with promises, each another. */
        public Signing logged(int times) {
            for (int i = 0; i < times; i++) {
                entries.add(v1.add(body(), AT));
            }
            return this;
        }

        /** An entry of the log with promises that says this, whatever it says. */
        public Signing logged(byte[] other) {
            return logged(v1.add(other, AT));
        }

        /** An entry of any log. */
        public Signing logged(Map<String, Object> entry) {
            entries.add(entry);
            return this;
        }

        /** What was signed with the key. */
        public byte[] signature() {
            return signature.clone();
        }

        /** An entry of the log with tiles. */
        public Signing inTiles() {
            entries.add(v2.add(LogBodies.dsseOfTiles(payload, signature, verifier), AT));
            return this;
        }

        private byte[] body() {
            return LogBodies.dsse(payload, signature, verifier);
        }

        public Signing stamped(int times) {
            for (int i = 0; i < times; i++) {
                stamped(tsa.stamp(signature, AT.plusSeconds(i)));
            }
            return this;
        }

        public Signing stamped(Instant at) {
            return stamped(tsa.stamp(signature, at));
        }

        public Signing stamped(byte[] token) {
            timestamps.add(map("signedTimestamp", Evidence.base64(token)));
            tokens.add(Evidence.base64(token));
            return this;
        }

        public Signing stampedBy(FakeTimestampAuthority other) {
            return stamped(other.stamp(signature, AT));
        }

        /** Others stand before the good one. */
        public Signing behind(List<byte[]> others) {
            signatures = new ArrayList<>(others);
            signatures.add(signature);
            return this;
        }

        public EvidenceBytes bundle() {
            Map<String, Object> material = new LinkedHashMap<>();
            if (leaf.isPresent()) {
                material.put(
                        "certificate",
                        map("rawBytes", Evidence.base64(leaf.get().der())));
            } else {
                material.put("publicKey", map("hint", "any"));
            }
            material.put("tlogEntries", entries);
            material.put("timestampVerificationData", map("rfc3161Timestamps", timestamps));
            Map<String, Object> bundle =
                    Evidence.bundleOf(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, signatures));
            bundle.put("verificationMaterial", material);
            byte[] bytes = JsonWriter.bytes(bundle);
            return new EvidenceBytes(MediaType.BUNDLE_V03, bytes, Map.of(), Digest.sha256(bytes), "referrer");
        }

        /** As cosign's older layers have it, of a key: with the first timestamp alone. */
        public EvidenceBytes attestation() {
            byte[] envelope = JsonWriter.bytes(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, signatures));
            Map<String, String> annotations = new LinkedHashMap<>();
            if (!tokens.isEmpty()) {
                annotations.put(
                        "dev.sigstore.cosign/rfc3161timestamp",
                        "{\"SignedRFC3161Timestamp\":\"" + tokens.get(0) + "\"}");
            }
            return new EvidenceBytes(MediaType.DSSE_ENVELOPE, envelope, annotations, Digest.sha256(envelope), "tag");
        }
    }

    public Signing sign(byte[] payload, TestKey key, Certificate leaf) {
        return new Signing(payload, key, Optional.of(leaf));
    }

    public Signing sign(byte[] payload, TestKey key) {
        return new Signing(payload, key, Optional.empty());
    }

    /** What is proved of an image by this alone, in this order. */
    public static Verification verify(TrustRoots roots, Digest image, List<EvidenceBytes> items, Instant now) {
        FoundEvidence found = new FoundEvidence(items, List.of(), List.of(), Set.of(), now);
        return new Verifier(roots).verify(Shelf.REPOSITORY, Subject.of(image), found, now);
    }
}
