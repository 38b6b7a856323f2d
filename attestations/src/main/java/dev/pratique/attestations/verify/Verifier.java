package dev.pratique.attestations.verify;

import static dev.pratique.attestations.verify.Check.EVIDENCE;
import static dev.pratique.attestations.verify.Check.IDENTITY;
import static dev.pratique.attestations.verify.Check.INTEGRITY;
import static dev.pratique.attestations.verify.Check.LOG_INCLUSION;
import static dev.pratique.attestations.verify.Check.SIGNED_TIME;
import static dev.pratique.attestations.verify.Check.SUBJECT;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.evidence.CosignAttestation;
import dev.pratique.attestations.evidence.CosignSignature;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.evidence.VerificationMaterial;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.statement.SimpleSigning;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.trust.TrustRoots.Way;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges every piece of evidence on its own: a bad one never hides or spoils a good one. Pure, so thread safe.
 */
public final class Verifier {
    /** Changes whenever the same evidence could be judged otherwise: verdicts of another revision are not used. */
    public static final String REVISION = "3";

    private final TrustRoots roots;
    private final List<Way> ways;

    public Verifier(TrustRoots roots) {
        this.roots = roots;
        this.ways = roots.ways();
    }

    /**
     * @param repository where the image is: not every root may speak for every repository
     * @param subject the digest that the evidence must be about
     * @param now for what nothing else says the time of
     * @return what is proved; never throws for what a stranger wrote
     */
    public Verification verify(Repository repository, Digest subject, FoundEvidence found, Instant now) {
        Examination all = new Examination();
        for (UnreadSource source : found.unread()) {
            all.findings.add(Finding.unknown(EVIDENCE, source.what(), source.source()));
        }
        for (UnreadSource source : found.broken()) {
            all.reject(Rejection.MALFORMED, Finding.failed(INTEGRITY, source.what(), source.source()));
        }
        for (EvidenceBytes evidence : found.items()) {
            try {
                examine(subject, evidence, all);
            } catch (MalformedEvidenceException e) {
                all.reject(Rejection.MALFORMED, Finding.failed(INTEGRITY, e.getMessage(), evidence.where()));
            }
        }
        if (all.checksLeft < 0) {
            String saw = "more signatures than are tried (" + EvidenceLimits.MAX_SIGNATURE_CHECKS + " times a key)";
            all.reject(Rejection.LIMIT, Finding.failed(EVIDENCE, saw, ""));
        }
        if (found.limitReached()) {
            String saw = "there is more evidence than is looked at (" + EvidenceLimits.MAX_ITEMS + " pieces, "
                    + EvidenceLimits.MAX_MANIFESTS + " manifests)";
            all.reject(Rejection.LIMIT, Finding.failed(EVIDENCE, saw, ""));
        }
        if (found.items().isEmpty()
                && found.unread().isEmpty()
                && found.broken().isEmpty()) {
            all.findings.add(Finding.failed(EVIDENCE, "no signature or attestation was found", ""));
        }
        return new Verification(all.statements, all.rejections, found.unread(), all.findings);
    }

    private void examine(Digest subject, EvidenceBytes evidence, Examination all) throws MalformedEvidenceException {
        switch (evidence.kind()) {
            case SIMPLE_SIGNING -> examineSimpleSigning(subject, evidence, all);
            case DSSE_ENVELOPE ->
                examineEnvelope(subject, CosignAttestation.read(evidence).envelope(), evidence.where(), all);
            case SIGSTORE_BUNDLE -> examineBundle(subject, SigstoreBundle.read(evidence), evidence.where(), all);
        }
    }

    private void examineSimpleSigning(Digest subject, EvidenceBytes evidence, Examination all)
            throws MalformedEvidenceException {
        CosignSignature signature = CosignSignature.read(evidence);
        String where = evidence.where();
        if (!signature.material().certificates().isEmpty()) {
            all.findings.add(Finding.unknown(IDENTITY, "its certificate is not judged by this version", where));
        }
        if (!signature.material().logEntries().isEmpty()) {
            all.findings.add(Finding.unknown(LOG_INCLUSION, "its log entry is not judged by this version", where));
        }
        List<Way> signedBy = waysOf(signature.signedBytes(), List.of(signature.signature()), where, all);
        if (signedBy.isEmpty()) {
            return;
        }
        SimpleSigning claim = SimpleSigning.parse(signature.signedBytes());
        if (!claim.manifestDigest().equals(subject)) {
            all.reject(Rejection.OTHER_SUBJECT, otherImage("it signs " + claim.manifestDigest(), where));
            return;
        }
        all.findings.add(Finding.passed(SUBJECT, "it signs this digest", where));
        prove(Counts.SIGN, Optional.empty(), signedBy, where, all);
    }

    private void examineBundle(Digest subject, SigstoreBundle bundle, String where, Examination all)
            throws MalformedEvidenceException {
        VerificationMaterial material = bundle.material();
        if (!material.logEntries().isEmpty()) {
            String saw = material.logEntries().size() + " log entries are not judged by this version";
            all.findings.add(Finding.unknown(LOG_INCLUSION, saw, where));
        }
        if (!material.timestamps().isEmpty()) {
            String saw = material.timestamps().size() + " timestamps are not judged by this version";
            all.findings.add(Finding.unknown(SIGNED_TIME, saw, where));
        }
        if (!material.certificates().isEmpty()) {
            String saw = "its certificate is not judged by this version: only keys are";
            all.reject(Rejection.NOT_JUDGED, Finding.unknown(IDENTITY, saw, where));
            return;
        }
        if (bundle.envelope().isEmpty()) {
            String saw = "a bundle that signs a message is not a signature of an image";
            all.reject(Rejection.NOT_JUDGED, Finding.failed(SUBJECT, saw, where));
            return;
        }
        examineEnvelope(subject, bundle.envelope().get(), where, all);
    }

    private void examineEnvelope(Digest subject, DsseEnvelope envelope, String where, Examination all)
            throws MalformedEvidenceException {
        List<Way> signedBy = waysOf(envelope.signedBytes(), envelope.signatures(), where, all);
        if (signedBy.isEmpty()) {
            return;
        }
        // in-toto envelope.md: payloadType MUST be application/vnd.in-toto+json; it is inside what was signed.
        if (!envelope.payloadType().equals(Statement.PAYLOAD_TYPE)) {
            throw new MalformedEvidenceException("the envelope's payloadType is not in-toto's");
        }
        Statement statement = Statement.parse(envelope.payload());
        if (!statement.isAbout(subject)) {
            all.reject(Rejection.OTHER_SUBJECT, otherImage("none of its subjects is this digest", where));
            return;
        }
        boolean signature = statement.predicateType().equals(Statement.COSIGN_SIGN);
        String saw =
                (signature ? "it signs this digest" : "a statement about this digest: " + statement.predicateType());
        all.findings.add(Finding.passed(SUBJECT, Printable.line(saw), where));
        prove(signature ? Counts.SIGN : Counts.ANY_STATEMENT, Optional.of(statement), signedBy, where, all);
    }

    /**
     * Every trusted key that made one of the signatures, each once for every way in which it did: who signed first must not
     * hide who signed second. Where there is none, the finding says why.
     */
    private List<Way> waysOf(byte[] message, List<byte[]> signatures, String where, Examination all)
            throws MalformedEvidenceException {
        MalformedEvidenceException malformed = null;
        List<Way> signedBy = new ArrayList<>();
        for (byte[] signature : signatures) {
            for (Way way : ways) {
                if (signedBy.contains(way)) {
                    continue;
                }
                if (!all.mayCheck(message, way.key())) {
                    break;
                }
                try {
                    if (way.key().verify(way.algorithm(), message, signature) == VerificationKey.Verified.BY_THIS_KEY) {
                        signedBy.add(way);
                    }
                } catch (MalformedEvidenceException e) {
                    malformed = e;
                }
            }
        }
        for (Way way : signedBy) {
            all.findings.add(signedBy(way, where));
        }
        if (signedBy.isEmpty() && malformed != null) {
            throw malformed;
        }
        if (signedBy.isEmpty() && all.checksLeft >= 0) {
            all.reject(Rejection.NO_TRUSTED_KEY, noTrustedKey(where));
        }
        return signedBy;
    }

    private void prove(Counts form, Optional<Statement> statement, List<Way> ways, String where, Examination all) {
        for (Way way : ways) {
            SignedBy signedBy =
                    new SignedBy(way.key().id(), "the key " + way.key().id().brief(), roots.signatories(way));
            all.statements.add(new VerifiedStatement(form, statement, signedBy, List.of(), where));
        }
    }

    private Finding signedBy(Way way, String where) {
        TreeSet<String> names = new TreeSet<>();
        roots.signatories(way).stream().map(Signatory::name).forEach(names::add);
        boolean usual = way.algorithm().equals(way.key().defaultAlgorithm());
        return Finding.passed(
                IDENTITY,
                "signed by " + String.join(", ", names) + " ("
                        + way.key().type().label() + " key " + way.key().id().brief()
                        + (usual ? "" : ", " + way.algorithm()) + ")",
                where);
    }

    private static Finding noTrustedKey(String where) {
        return Finding.failed(IDENTITY, "no trusted key made this signature over these bytes", where);
    }

    private static Finding otherImage(String saw, String where) {
        return Finding.failed(SUBJECT, saw + ", not the image that was asked for", where);
    }

    private static final class Examination {
        private final List<VerifiedStatement> statements = new ArrayList<>();
        private final Set<Rejection> rejections = EnumSet.noneOf(Rejection.class);
        private final List<Finding> findings = new ArrayList<>();
        private int checksLeft = EvidenceLimits.MAX_SIGNATURE_CHECKS;

        boolean mayCheck(byte[] message, VerificationKey key) {
            checksLeft -= key.cost() + message.length / EvidenceLimits.BYTES_PER_CHECK;
            return checksLeft >= 0;
        }

        void reject(Rejection rejection, Finding finding) {
            rejections.add(rejection);
            findings.add(finding);
        }
    }
}
